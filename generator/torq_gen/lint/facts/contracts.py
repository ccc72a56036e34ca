"""What the generated package offers, read off the system instead of off the generated files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    NONE,
    Amount,
    Generated,
    Items,
    MessageClass,
    MessageValue,
    Plain,
    Unknown,
    Value,
)
from torq_gen.model import (
    AliasType,
    ArrayType,
    EnumType,
    FieldType,
    FixedType,
    FloatType,
    IntType,
    ListType,
    OptionalType,
    StringType,
    StructType,
    System,
)
from torq_gen.model.names import handler_name, pascal_case, snake_case
from torq_gen.model.types import resolved


class Contracts:
    """The names of the generated package and the values of its messages' fields."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.package = system.package
        self._fields: dict[tuple[str, bool], Mapping[str, Value]] = {}

    @cached_property
    def bases(self) -> Mapping[str, str]:
        """The service of each generated base class."""
        return {f"{pascal_case(name)}Base": name for name in self._system.services}

    @cached_property
    def handlers(self) -> Mapping[str, str]:
        """The message of each handler's name."""
        return {handler_name(name): name for name in self._system.messages}

    def owns(self, module: str) -> bool:
        """Whether a dotted name lies in the generated package."""
        return module == self.package or module.startswith(f"{self.package}.")

    def value(self, path: str) -> Value:
        """What a dotted path inside the package names."""
        inside = path[len(self.package) + 1 :]
        name = inside.rpartition(".")[2]
        if name in self._system.messages:
            return MessageClass(name)
        if isinstance(self._system.types.get(name), StructType):
            return MessageClass(name, struct=True)
        return self._misspelt(inside, name) or Generated(path)

    def _misspelt(self, inside: str, name: str) -> Unknown | None:
        """Why a name is none of a message or type, if it is looked for among those."""
        modules = inside.split(".")[:-1]
        if modules[:1] != ["messages"] or not all(module.islower() for module in modules):
            return None
        is_class = name[:1].isupper() and not name.isupper() and not name.startswith("Fixed")
        if not is_class or name in self._named_types:
            return None
        from difflib import get_close_matches

        near = get_close_matches(name, (*self._system.messages, *self._named_types), n=1)
        meant = f" (did you mean `{near[0]}`?)" if near else ""
        return Unknown(f"`{self.package}.{'.'.join(modules)}` has no `{name}`{meant}")

    def service_of(self, value: Generated) -> str | None:
        """The service whose base class a value is."""
        return self.bases.get(value.path.rpartition(".")[2])

    def instance(self, value: Generated) -> Value:
        """What a parameter holds that is annotated with a generated name."""
        name = value.path.rpartition(".")[2]
        if name in self._named_types:
            return self._of_type(self._named_types[name], name, money=False)
        if name in self.bases:
            return Unknown(f"it is annotated with {name}")
        return DATA

    @cached_property
    def _named_types(self) -> Mapping[str, FieldType]:
        aliases = {pascal_case(name): type_ for name, type_ in self._system.types.items()}
        return aliases | dict(self._fixed_types)

    @cached_property
    def _fixed_types(self) -> Mapping[str, FieldType]:
        """The fixed-point types without a name in the schema, by the name in Python."""
        found: dict[str, FieldType] = {}
        for message in self._system.messages.values():
            for field in message.fields:
                if isinstance(field.type, FixedType):
                    scale, base = field.type.scale, str(field.type.base)
                    found[f"Fixed{scale}{base.upper()}"] = field.type
        return found

    def is_constant(self, value: Generated) -> bool:
        """Whether the name is a fixed-point type's constant, which converts amounts."""
        return value.path.rpartition(".")[2] in self._constants

    @cached_property
    def _constants(self) -> frozenset[str]:
        fixed = (n for n, t in self._named_types.items() if isinstance(resolved(t), FixedType))
        return frozenset(snake_case(name).upper() for name in fixed)

    def all_names(self) -> Iterator[tuple[str, Value]]:
        """Every message, type and base class, for ``import *``."""
        for name in (*self._system.messages, *self._named_types, *self.bases):
            yield name, self.value(f"{self.package}.{name}")

    def field(self, owner: str, name: str, *, struct: bool) -> Value | None:
        """What a field of a message or struct holds; None when there is no such field."""
        return self.fields(owner, struct=struct).get(name)

    def fields(self, owner: str, *, struct: bool) -> Mapping[str, Value]:
        """What the fields of a message or struct hold, by attribute, in their order."""
        found = self._fields.get((owner, struct))
        if found is None:
            found = self._fields[owner, struct] = dict(self._read_fields(owner, struct))
        return found

    def _read_fields(self, owner: str, struct: bool) -> Iterator[tuple[str, Value]]:
        if struct:
            type_ = self._system.types.get(owner)
            members = type_.fields if isinstance(type_, StructType) else ()
            in_money = False
        else:
            message = self._system.messages[owner]
            members = message.fields  # type: ignore[assignment]
            domain = self._system.domains.get(message.domain)
            in_money = domain is not None and domain.money
        for member in members:
            money = member.money or (in_money and _is_integer(member.type))
            of = f"{owner}.{member.name}"
            yield member.attribute, self._of_type(member.type, of, money=money)

    def _of_type(self, type_: FieldType, of: str, *, money: bool) -> Value:
        match type_:
            case AliasType(target=target):
                return self._of_type(target, of, money=money)
            case FixedType():
                return Amount(of)
            case IntType():
                return Amount(of) if money else Plain("int")
            case FloatType():
                return Plain("float")
            case StringType():
                return ANY_TEXT
            case StructType(name=name):
                return MessageValue(name, struct=True)
            case EnumType():
                return Plain("enum")
            case ListType(item=item) | ArrayType(item=item):
                return Items(self._of_type(item, of, money=money))
            case OptionalType(item=item):
                return join((self._of_type(item, of, money=money), NONE))
            case _:
                return DATA


def _is_integer(type_: FieldType) -> bool:
    found = resolved(type_)
    if isinstance(found, OptionalType | ListType | ArrayType):
        return _is_integer(found.item)
    return isinstance(found, IntType | FixedType)
