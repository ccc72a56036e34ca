"""``torq-gen tlv``: the registry of type ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torq_gen.cli._shared.terminal import paint, wants_color

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from torq_gen.model import Domain, Field, Message, System

DESCRIPTION = """\
Show which type id belongs to which message, and which ids are free in each domain; with a type id
or a message's name, its layout on the wire.
"""
_LONGEST = 20  # longer defaults are cut in text, never in JSON
EXAMPLES = """
torq-gen tlv                      the whole registry
torq-gen tlv 16                   what type 16 is, field by field
torq-gen tlv PoolStateUpdate      the same by name
torq-gen tlv --format json
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("type", metavar="TYPE", nargs="?", help="a type id or a message's name")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(arguments: Namespace) -> int:
    """Show the registry, or one message."""
    from torq_gen.cli._shared.project import find_root, load_project

    root = find_root(arguments.root)
    system = load_project(root, color=arguments.color).system
    message = _find(system, arguments.type) if arguments.type else None
    if arguments.format == "json":
        import json

        print(json.dumps(_details(system, message) if message else _registry(system)))
        return 0
    color = wants_color(arguments.color)
    for line in _message_lines(system, message, color) if message else _lines(system, color):
        print(line)
    return 0


def _find(system: System, wanted: str) -> Message:
    from torq_gen.cli._shared.failures import UsageError, did_you_mean

    try:
        number = int(wanted, 0)
    except ValueError:
        if wanted in system.messages:
            return system.messages[wanted]
        near = did_you_mean(wanted, system.messages)
        raise UsageError(
            f"no message is named {wanted!r}", near or "torq-gen tlv lists them"
        ) from None
    for message in system.messages.values():
        if message.type_id == number:
            return message
    raise UsageError(f"no message has type {number}", _about_free(system, number))


def _about_free(system: System, number: int) -> str:
    if number in system.reserved.types:
        return "it is reserved: it was used once and must not be used again"
    for domain in system.domains.values():
        if domain.holds(number):
            return f"it is free in {domain.name}"
    ranges = ", ".join(f"{d.name} {d.first_type}-{d.last_type}" for d in system.domains.values())
    return f"it lies in no domain: {ranges}"


def _lines(system: System, color: bool) -> Iterator[str]:
    width = max((len(name) for name in system.messages), default=0)
    for domain in system.domains.values():
        place = f"domain {domain.id}, types {domain.first_type} to {domain.last_type}"
        yield f"{paint(domain.name, 'bold', color)}  {place}"
        for message in system.messages_of(domain.name):
            size = message.size_at(message.version)
            shown = "varies" if size is None else f"{size} bytes"
            name = paint(message.name.ljust(width), "cyan", color)
            yield (
                f"  {message.type_id:>5}  {name}  v{message.version:<3} {shown:>10}"
                f"  {_route(system, message)}"
            )
        yield f"  {paint('free', 'dim', color)}: {_ranges(system.free_types(domain.name))}"
        if reserved := [t for t in sorted(system.reserved.types) if domain.holds(t)]:
            yield f"  {paint('reserved', 'dim', color)}: {', '.join(map(str, reserved))}"
        yield ""


def _route(system: System, message: Message) -> str:
    sources = ", ".join(s.name for s in system.publishers_of(message.name)) or "nobody"
    targets = ", ".join(s.name for s in system.subscribers_of(message.name)) or "nobody"
    return f"{sources} -> {targets}"


def _ranges(found: tuple[range, ...]) -> str:
    shown = (f"{r[0]}" if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in found)
    return ", ".join(shown) or "none"


def _message_lines(system: System, message: Message, color: bool) -> Iterator[str]:
    domain = system.domains[message.domain]
    size = message.size_at(message.version)
    yield f"{paint(message.name, 'bold', color)}  type {message.type_id}, version {message.version}"
    if message.doc:
        yield f"  {message.doc.strip()}"
    yield f"  domain  {domain.name} ({domain.id})"
    yield f"  topic   {message.topic}"
    yield f"  value   {'size varies' if size is None else f'{size} bytes'}"
    yield f"  route   {_route(system, message)}"
    yield "  fields"
    rows = list(_fields(message))
    name_width = max(len(row["name"]) for row in rows)
    type_width = max(len(row["type"]) for row in rows)
    for row in rows:
        at = "?" if row["offset"] is None else str(row["offset"])
        size_text = "?" if row["size"] is None else str(row["size"])
        name = paint(row["name"].ljust(name_width), "cyan", color)
        notes = ", ".join(row["notes"])
        line = f"    {at:>5} +{size_text:<4} {name}  {row['type']:{type_width}}  {notes}"
        yield line.rstrip()


def _fields(message: Message) -> Iterator[dict[str, Any]]:
    """Each field with its offset in the TLV's value; unknown after one whose size varies."""
    from torq_gen.model.types import size_of

    offset: int | None = 0
    for field in message.fields:
        size = size_of(field.type)
        notes = [field.unit] if field.unit else []
        notes += ["money"] if field.money else []
        notes += [f"since version {field.since}"] if field.since > 1 else []
        notes += ["deprecated"] if field.deprecated else []
        default = _default(field)
        notes += [f"default {_shown(value)}" for value in default.values()]
        yield {
            "name": field.name,
            "type": str(field.type),
            "offset": offset,
            "size": size,
            "notes": notes,
            **default,
        }
        offset = None if offset is None or size is None else offset + size


def _default(field: Field) -> dict[str, Any]:
    """``default`` in its JSON form, for a field that has one; null is an absent value."""
    if field.default is None:
        return {}
    from torq_gen.targets._shared.jsonform import to_json

    return {"default": to_json(field.type, field.default.value)}


def _shown(value: object) -> str:
    import json

    if value is None:
        return "absent"
    plain = isinstance(value, str) and value.strip() == value != ""
    text = str(value) if plain else json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _registry(system: System) -> dict[str, Any]:
    return {"domains": [_domain(system, domain) for domain in system.domains.values()]}


def _domain(system: System, domain: Domain) -> dict[str, Any]:
    return {
        "name": domain.name,
        "id": domain.id,
        "types": [domain.first_type, domain.last_type],
        "messages": [_summary(system, m) for m in system.messages_of(domain.name)],
        "free": [[r[0], r[-1]] for r in system.free_types(domain.name)],
        "reserved": [t for t in sorted(system.reserved.types) if domain.holds(t)],
    }


def _summary(system: System, message: Message) -> dict[str, Any]:
    return {
        "type": message.type_id,
        "name": message.name,
        "version": message.version,
        "size": message.size_at(message.version),
        "topic": message.topic,
        "publishers": [s.name for s in system.publishers_of(message.name)],
        "subscribers": [s.name for s in system.subscribers_of(message.name)],
    }


def _details(system: System, message: Message) -> dict[str, Any]:
    return {
        **_summary(system, message),
        "domain": message.domain,
        "doc": message.doc,
        "fields": list(_fields(message)),
    }
