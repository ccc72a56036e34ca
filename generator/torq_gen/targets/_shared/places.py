"""Which generated Python module holds which name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from torq_gen.model import (
    AliasType,
    ArrayType,
    EnumType,
    FieldType,
    FixedType,
    ListType,
    Message,
    OptionalType,
    System,
)
from torq_gen.model.names import constant_case, snake_case
from torq_gen.targets._shared.names import base_name
from torq_gen.targets._shared.python import fixed_name, fixed_point, table_of


def public_names(system: System) -> dict[str, str]:
    """Everything that a user imports, by the module to import it from."""
    names = (*message_names(system), *type_names(system))
    return {
        **dict.fromkeys(names, f"{system.package}.messages"),
        **dict.fromkeys(earlier_names(system), f"{system.package}.earlier"),
        "REGISTRY": f"{system.package}.registry",
    }


def service_names(system: System) -> dict[str, str]:
    """What the code of services imports: messages, base classes, specs; no types."""
    return {
        **dict.fromkeys(message_names(system), f"{system.package}.messages"),
        **dict.fromkeys(
            (base_name(s) for s in system.active_services()), f"{system.package}.services"
        ),
        **dict.fromkeys(map(constant_case, system.services), f"{system.package}.manifest"),
        "REGISTRY": f"{system.package}.registry",
    }


def message_names(system: System) -> Mapping[str, str]:
    """The messages, by the module that defines each."""
    return {
        m.name: f"{system.package}.messages.{snake_case(m.domain)}"
        for m in system.messages.values()
    }


def type_names(system: System) -> Mapping[str, str]:
    """The types, with the constants that belong to them, by the module that defines them."""
    names: list[str] = []
    for fixed in unnamed_fixed(system):
        names += (fixed_name(fixed), fixed_point(fixed))
    for name, type_ in system.types.items():
        names.append(name)
        match type_:
            case EnumType():
                names.append(table_of(type_))
            case AliasType(target=FixedType() as target):
                names.append(fixed_point(target, name))
    return dict.fromkeys(names, f"{system.package}.types")


def earlier_names(system: System) -> tuple[str, ...]:
    """The classes of the earlier versions of messages."""
    return tuple(e.name for m in system.messages.values() for e in earlier_versions(m))


def earlier_versions(message: Message) -> Iterator[Message]:
    """The message as it was at each version before today's that had fields of its own."""
    for version in sorted({1, *(f.since for f in message.fields)}):
        if version < message.version:
            name = f"{message.name}_V{version}"  # no name of a message has an underscore
            yield replace(message, name=name, fields=message.fields_at(version))


def unnamed_fixed(system: System) -> tuple[FixedType, ...]:
    """The fixed-point types that are used without a name of their own, each once."""
    uses = {id(t): t for t in _uses(system)}  # most are used by many fields
    return tuple(dict.fromkeys(found for t in uses.values() for found in _unnamed(t)))


def _uses(system: System) -> Iterator[FieldType]:
    for struct in system.structs():
        yield from (f.type for f in struct.fields)
    for alias in system.aliases():
        if not _is_fixed(alias):
            yield alias.target
    for message in system.messages.values():
        yield from (f.type for f in message.fields)


def _is_fixed(type_: FieldType) -> bool:
    return isinstance(type_, AliasType) and isinstance(type_.target, FixedType)


def _unnamed(type_: FieldType) -> Iterator[FixedType]:
    match type_:
        case FixedType():
            yield type_
        case ListType(item=item) | ArrayType(item=item) | OptionalType(item=item):
            yield from _unnamed(item)
