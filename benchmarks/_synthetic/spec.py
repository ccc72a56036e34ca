"""A synthetic system as system.yaml and schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from _synthetic.shape import Domain, Message, domains, services

_FIELDS: Mapping[str, str] = {
    "address": "{type: Address, doc: The account that the event is about.}",
    "u64": "u64",
    "u256": "{type: u256, unit: token base units, money: true}",
    "price": "{type: fixed<8>, unit: USD}",
    "i64": "{type: i64, unit: token base units, doc: What the event changed it by.}",
    "enum": "Kind%d",
    "struct": "Position%d",
    "string": "{type: string, doc: For a person to read.}",
    "list": "list<u64>",
    "optional": '{type: "i64?", doc: Absent where there is none.}',
    "u16": "{type: u16, validate: {in: [1, 2, 3]}, doc: A registered venue.}",
    "bool": "bool",
}


def write(root: Path, count: int) -> None:
    """Write the spec of a system of ``count`` messages."""
    (root / "schemas").mkdir(parents=True)
    (root / "system.yaml").write_text("\n".join((*_system(count), "")), "utf-8")
    for domain in domains(count):
        text = "\n".join((*_schema(domain), ""))
        (root / "schemas" / f"{domain.file}.yaml").write_text(text, "utf-8")


def _system(count: int) -> Iterator[str]:
    yield "system: {name: synthetic, package: synthetic_contracts, schemas: [schemas/*.yaml]}"
    yield "domains:"
    for domain in domains(count):
        first, last = domain.messages[0].number, domain.messages[-1].number
        yield f"  {domain.name}: {{id: {domain.number}, types: [{first}, {last}]}}"
    yield "services:"
    for number, published, subscribed in services(count):
        yield f"  service_{number}:"
        yield f"    id: {number}"
        yield f"    description: Service {number} of many."
        yield f"    publishes: {_names(published)}"
        yield f"    subscribes: {_names(subscribed)}"


def _names(numbers: range) -> str:
    return f"[{', '.join(f'Message{number}' for number in numbers)}]"


def _schema(domain: Domain) -> Iterator[str]:
    yield f"domain: {domain.name}"
    yield "types:"
    if domain.number == 1:
        yield "  Address: bytes[20]"
    yield f"  Kind{domain.number}: {{enum: u8, values: {{OPENED: 1, CHANGED: 2, CLOSED: 3}}}}"
    yield f"  Position{domain.number}:"
    yield "    struct:"
    yield "      - block_number: u64"
    yield "      - log_index: {type: u32, doc: Counted within the block.}"
    yield "messages:"
    for message in domain.messages:
        yield from _message(message, domain.number)


def _message(message: Message, domain: int) -> Iterator[str]:
    yield f"  {message.name}:"
    yield f"    type: {message.number}"
    yield f"    doc: Event {message.number} of an account, as its log says."
    yield "    key: account"
    yield "    fields:"
    for name, kind in message.fields:
        text = _FIELDS[kind]
        yield f"      - {name}: {text % domain if '%' in text else text}"
