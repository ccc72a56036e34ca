"""A synthetic system: its spec, and for each service twelve files of clean code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).with_name("service")
FILES_A_SERVICE = 12
_MESSAGES_A_DOMAIN = 100
_ORIGINS = 2  # messages that the first services read, and a planned one writes
_FIELDS = """\
      - account: {type: "bytes[20]", doc: The account that the event is about.}
      - sequence: u64
      - amount: {type: u256, unit: token base units, money: true}
      - price: {type: i64, unit: USD times 10**8}
      - change: {type: i256, unit: token base units}
      - label: {type: string, doc: For a person to read.}
"""


def write(root: Path, count: int) -> None:
    """Write a system of ``count`` services; what is generated from its spec is not made."""
    (root / "schemas").mkdir(parents=True)
    (root / "system.yaml").write_text("\n".join((*_system(count), "")), "utf-8")
    for number, messages in enumerate(_domains(count), 1):
        text = "\n".join((f"domain: Domain{number}", "messages:", *map(_message, messages)))
        (root / "schemas" / f"domain_{number}.yaml").write_text(text, "utf-8")
    templates = {
        place.relative_to(TEMPLATES).with_suffix(""): Template(place.read_text("utf-8"))
        for place in sorted(TEMPLATES.rglob("*.py.txt"))
    }
    _write(root / "services" / "__init__.py", "")
    for number in range(1, count + 1):
        names = _names(number)
        for place, template in templates.items():
            _write(root / "services" / names["name"] / place, template.substitute(names))


def services(count: int) -> Iterator[str]:
    """The names of the services."""
    return (f"service_{number}" for number in range(1, count + 1))


def _write(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, "utf-8")


def _names(number: int) -> dict[str, str]:
    first, second = (f"Event{number + _ORIGINS - back}" for back in (1, 2))
    return {
        "name": f"service_{number}",
        "title": f"Service{number}",
        "base": f"Service{number}Base",
        "own": f"Event{number + _ORIGINS}",
        "first": first,
        "second": second,
        "first_handler": first.lower(),
        "second_handler": second.lower(),
    }


def _domains(count: int) -> Iterator[range]:
    last = count + _ORIGINS
    for first in range(1, last + 1, _MESSAGES_A_DOMAIN):
        yield range(first, min(first + _MESSAGES_A_DOMAIN, last + 1))


def _message(number: int) -> str:
    head = f"  Event{number}:\n    type: {number}\n    doc: Event {number} of an account.\n"
    return f"{head}    key: account\n    fields:\n{_FIELDS}"


def _system(count: int) -> Iterator[str]:
    yield "system: {name: synthetic, package: synthetic_contracts, schemas: [schemas/*.yaml]}"
    yield "domains:"
    for number, messages in enumerate(_domains(count), 1):
        yield f"  Domain{number}: {{id: {number}, types: [{messages[0]}, {messages[-1]}]}}"
    yield "stores:"
    yield "  redis: {kind: redis}"
    yield "services:"
    yield from _planned("origin", count + 1, publishes="Event1, Event2")
    yield from _planned("archive", count + 2, subscribes=f"Event{count + _ORIGINS}")
    for number in range(1, count + 1):
        names = _names(number)
        yield f"  {names['name']}:"
        yield f"    id: {number}"
        yield f"    description: Service {number} of many."
        yield f"    publishes: [{names['own']}]"
        yield f"    subscribes: [{names['first']}, {names['second']}]"
        yield "    stores:"
        keys = f'["{names["name"]}:account:{{address}}", "{names["name"]}:accounts"]'
        yield f"      redis: {{keys: {keys}, authority: read_write}}"
        yield "    libraries: [redis]"


def _planned(name: str, number: int, publishes: str = "", subscribes: str = "") -> Iterator[str]:
    yield f"  {name}:"
    yield f"    id: {number}"
    yield "    status: planned"
    yield "    description: What nobody has written yet."
    yield f"    publishes: [{publishes}]"
    yield f"    subscribes: [{subscribes}]"
