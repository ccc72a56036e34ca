"""A synthetic system as .proto files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from _synthetic.shape import Domain, Message, domains

_FIELDS: Mapping[str, str] = {
    "address": "bytes",
    "u64": "uint64",
    "u256": "bytes",
    "price": "sint64",
    "i64": "sint64",
    "enum": "Kind",
    "struct": "Position",
    "string": "string",
    "list": "repeated uint64",
    "optional": "optional sint64",
    "u16": "uint32",
    "bool": "bool",
}


def write(root: Path, count: int) -> list[str]:
    """Write the files of a system of ``count`` messages; their names."""
    root.mkdir(parents=True)
    names = []
    for domain in domains(count):
        names.append(f"{domain.file}.proto")
        (root / names[-1]).write_text("\n".join((*_file(domain), "")), "utf-8")
    return names


def _file(domain: Domain) -> Iterator[str]:
    yield 'syntax = "proto3";'
    yield f"package synthetic.{domain.file};"
    yield "enum Kind { NONE = 0; OPENED = 1; CHANGED = 2; CLOSED = 3; }"
    yield "message Position {"
    yield "  uint64 block_number = 1;"
    yield "  // Counted within the block."
    yield "  uint32 log_index = 2;"
    yield "}"
    for message in domain.messages:
        yield from _message(message)


def _message(message: Message) -> Iterator[str]:
    yield f"// Event {message.number} of an account, as its log says."
    yield f"message {message.name} {{"
    for number, (name, kind) in enumerate(message.fields, 1):
        yield f"  {_FIELDS[kind]} {name} = {number};"
    yield "}"
