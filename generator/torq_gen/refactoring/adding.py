"""New messages, services and fields as edits of the spec's files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from torq_gen.editing import EachOf, Laid, merge
from torq_gen.formatting.ordering import sort_keys
from torq_gen.formatting.positions import ANYTHING, FIELDS, MESSAGE, SERVICE, Position
from torq_gen.formatting.tree import Plain, node_of
from torq_gen.formatting.writing import render_flat, render_value
from torq_gen.refactoring.errors import AddError
from torq_gen.refactoring.homes import SYSTEM_FILE, schema_of

if TYPE_CHECKING:
    from torq_gen.editing import Value
    from torq_gen.model import Message, System

LAST_VERSION = 255
_OLDER = {"publishes": "produces", "subscribes": "consumes"}

Texts = Mapping[str, str]  # the spec's files by path from the root


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be added; ``spec`` is what its definition says but for the type id.

    ``file`` is its schema; without one, ``patterns`` say which files of the project are schemas.
    """

    name: str
    domain: str
    spec: Mapping[str, Plain]
    type_id: int | None = None
    file: str = ""
    patterns: Sequence[str] = ()
    publishers: Sequence[str] = ()
    subscribers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NewField:
    """A field to be appended; ``bump`` asks for a new version also where none is needed.

    ``example`` holds its value in the message's examples, or nothing.
    """

    message: str
    name: str
    spec: Mapping[str, Plain] = field(default_factory=dict)
    bump: bool = False
    example: tuple[Plain, ...] = ()


def add_message(
    system: System, texts: Texts, new: NewMessage, order: Sequence[str]
) -> dict[str, str]:
    """The files that change; ``order`` is that of the keys of system.yaml.

    Raises:
        AddError: no type id is free, or the domain's schema cannot be told.
        EditError: a file cannot be edited where it has to be.
    """
    number = new.type_id if new.type_id is not None else next_type(system, new.domain)
    file = new.file or schema_of(system, texts, new.domain, new.patterns)
    laid = _laid(new.name, {"type": number, **new.spec}, MESSAGE)
    text = texts.get(file, f"domain: {new.domain}\n")
    changed = {file: merge(text, {"messages": {new.name: laid}}, ("domain", "types", "messages"))}
    if services := _mentions(texts[SYSTEM_FILE], new):
        changed[SYSTEM_FILE] = merge(texts[SYSTEM_FILE], {"services": services}, order)
    return changed


def add_service(
    system: System, texts: Texts, name: str, spec: Mapping[str, Plain], order: Sequence[str]
) -> dict[str, str]:
    """The files that change; a service without an ``id`` gets the next free one.

    Raises:
        EditError: system.yaml cannot be edited where it has to be.
    """
    stated = spec["id"] if "id" in spec else next_service_id(system)
    laid = _laid(name, {"id": stated, **{k: v for k, v in spec.items() if k != "id"}}, SERVICE)
    return {SYSTEM_FILE: merge(texts[SYSTEM_FILE], {"services": {name: laid}}, order)}


def add_field(system: System, texts: Texts, new: NewField) -> dict[str, str]:
    """The files that change; the field is appended to the message's next unreleased version.

    Raises:
        AddError: the message has no version left, or the field needs a default or an example.
        EditError: the schema cannot be edited where it has to be.
    """
    message = system.messages[new.message]
    assert message.span is not None
    version = next_version(system, message, bump=new.bump)
    if version > LAST_VERSION:
        raise AddError(
            f"{message.name} has had {LAST_VERSION} versions, the most that a TLV can tell apart",
            "add a new message in its place",
        )
    spec = dict(new.spec)
    if version > 1:
        spec["since"] = version
        if "default" not in spec:
            if not str(spec["type"]).endswith("?"):
                raise AddError(
                    f"version {version} of {message.name} needs a default for {new.name}: what "
                    "readers see where an older writer left it out",
                    "state it: --default VALUE",
                )
            spec["default"] = None
    if message.examples and "default" not in spec and not new.example:
        raise AddError(
            f"the examples of {message.name} need a value for {new.name}",
            "state it: --example VALUE; or --default VALUE, which they take as well",
        )
    shown: Plain = spec["type"] if list(spec) == ["type"] else spec
    laid = _laid(new.name, shown, FIELDS.below("").below(""))
    item = Laid(laid.lines, f"{{{new.name}: {laid.flat}}}")
    edit: dict[str, Value] = {"fields": [item]}
    text = texts[message.span.file]
    if message.examples and new.example:
        shown_value = _laid(new.name, new.example[0], ANYTHING)
        edit["examples"] = EachOf({new.name: shown_value})
    if version > message.version and _states_version(text, message):
        edit["version"] = version
    return {message.span.file: merge(text, {"messages": {message.name: edit}})}


def next_type(system: System, domain: str) -> int:
    """The lowest type id of the domain that is free and was never released.

    Raises:
        AddError: there is none.
    """
    gone = {released.type_id for released in system.lock.messages.values()}
    for free in system.free_types(domain):
        if (found := next((i for i in free if i not in gone), None)) is not None:
            return found
    raise AddError(
        f"{domain} has no free type id left", f"widen its range in {SYSTEM_FILE}: domains.{domain}"
    )


def next_service_id(system: System) -> int:
    """The lowest id that no service has or had."""
    taken = {service.id for service in system.services.values()}
    taken |= {*system.lock.services.values(), *system.lock.retired.values()}
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def next_version(system: System, message: Message, *, bump: bool = False) -> int:
    """The version that appends to the message belong to: the present one until it is released."""
    released = system.lock.messages.get(message.name)
    is_released = released is not None and message.version in released.versions
    return message.version + (1 if is_released or bump else 0)


def _mentions(text: str, new: NewMessage) -> dict[str, Any]:
    """What the services that publish or subscribe the message say in addition."""
    import yaml

    services = (yaml.safe_load(text) or {}).get("services") or {}
    found: dict[str, Any] = {}
    for key, names in (("publishes", new.publishers), ("subscribes", new.subscribers)):
        for name in names:
            raw = services.get(name) or {}
            older = _OLDER[key]
            used = older if older in raw and key not in raw else key
            found.setdefault(name, {})[used] = [new.name]
    return found


def _states_version(text: str, message: Message) -> bool:
    import yaml

    return "version" in yaml.safe_load(text)["messages"][message.name]


def _laid(key: str, value: Plain | Mapping[str, Plain], position: Position) -> Laid:
    node = node_of(dict(value) if isinstance(value, Mapping) else value)
    sort_keys(node, position)
    return Laid(tuple(render_value(key, node, position)), render_flat(node))
