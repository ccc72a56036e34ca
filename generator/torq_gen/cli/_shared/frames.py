"""Takes bytes apart into frames.

After a broken one it goes on with the next whose checksum holds. What lies between is searched for
frames whose header can be read, so that a flipped bit does not hide all the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from mycelium.protocol import (
    HEADER_SIZE,
    MAGIC,
    PROTOCOL,
    ChecksumMismatchError,
    DecodeError,
    Header,
    MalformedValueError,
    SizeMismatchError,
    TruncatedError,
    UnknownTypeError,
    WrongDomainError,
)
from mycelium.protocol.frame import MAGIC_BYTES, check_frame, read_header
from mycelium.protocol.stream import ResyncReader, Skipped
from torq_gen.cli._shared.anatomy import BrokenValueError, Node, fields_of
from torq_gen.cli._shared.scalars import timestamp
from torq_gen.model import TLV_HEADER_SIZE, Message, System

_FIRST_PROTOCOL_TLV = 65000
_LAST_PROTOCOL_TLV = 65534


@dataclass(frozen=True, slots=True)
class Part:
    """A frame, or a stretch of bytes that is none; ``problem`` says what is broken in it."""

    start: int
    end: int
    is_frame: bool
    nodes: tuple[Node, ...] = ()
    problem: DecodeError | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What the system calls its type ids, domains and sources."""

    messages: Mapping[int, Message]
    domains: Mapping[int, str]
    services: Mapping[int, str]

    @classmethod
    def of(cls, system: System) -> Names:
        """The names of a system."""
        return cls(
            {m.type_id: m for m in system.messages.values()},
            {d.id: d.name for d in system.domains.values()},
            {s.id: s.name for s in system.services.values()},
        )


def parts_of(data: bytes, names: Names) -> Iterator[Part]:
    """Every frame of ``data``, and the stretches between them that are none, in order."""
    reader = ResyncReader()
    for raw in chain(reader.feed(data), reader.end()):
        yield from _skipped(data, reader, names)
        yield _frame(data, raw.header, raw.offset, raw.offset + len(raw.data), names)
    yield from _skipped(data, reader, names)


def _skipped(data: bytes, reader: ResyncReader, names: Names) -> Iterator[Part]:
    """What the reader passed over since it was last asked; it keeps no more than a thousand."""
    for gap in reader.skipped:
        yield from _broken(data, gap, names)
    reader.skipped.clear()


def _broken(data: bytes, gap: Skipped, names: Names) -> Iterator[Part]:
    """The frames of a gap whose header can be read, and the bytes between them."""
    done = at = gap.start
    error: DecodeError | None = gap.error
    while at < gap.end:
        header = _header_at(data, at, gap.end)
        if header is None:
            at = _next_magic(data, at, gap.end)
            continue
        if done < at:
            yield Part(done, at, False, problem=error or _error_at(data, done))
            error = None
        done = min(at + HEADER_SIZE + header.payload_size, gap.end)
        yield _frame(data, header, at, done, names, error or _error_at(data, at))
        error = None
        at = done
    if done < gap.end:
        yield Part(done, gap.end, False, problem=error or _error_at(data, done))


def _header_at(data: bytes, at: int, end: int) -> Header | None:
    try:
        return read_header(data[at : min(at + HEADER_SIZE, end)])
    except DecodeError:
        return None


def _next_magic(data: bytes, at: int, end: int) -> int:
    found = data.find(MAGIC_BYTES, at + 1, end)
    return end if found < 0 else found


def _error_at(data: bytes, at: int) -> DecodeError:
    """Why no whole frame starts here."""
    try:
        check_frame(data, read_header(data, at), at)
    except DecodeError as error:
        return error
    raise AssertionError(f"a whole frame starts at byte {at}")


def _frame(
    data: bytes,
    header: Header,
    start: int,
    end: int,
    names: Names,
    problem: DecodeError | None = None,
) -> Part:
    """The frame as far as it can be read; ``problem`` is what is wrong with it as a whole."""
    nodes = [_header(data, header, start, names, broken=isinstance(problem, ChecksumMismatchError))]
    try:
        if not header.payload_size:
            raise SizeMismatchError("at least one TLV", "an empty payload", end)
        at = start + HEADER_SIZE
        found: list[Message] = []
        while at < end:
            node, message = _tlv(data, at, end, names)
            nodes.append(node)
            if message is not None:
                found.append(message)
                _check_domain(message, header, start, names)
            at = node.end
        if not found:
            raise UnknownTypeError("a message of this system", "none", start + HEADER_SIZE)
    except BrokenValueError as error:
        return Part(start, end, True, (*nodes, error.node), problem or error.cause)
    except DecodeError as error:
        return Part(start, end, True, tuple(nodes), problem or error)
    return Part(start, end, True, tuple(nodes), problem)


def _header(data: bytes, header: Header, at: int, names: Names, *, broken: bool) -> Node:
    domain = names.domains.get(header.domain, "unknown to the spec")
    source = names.services.get(header.source, "unknown to the spec")
    checksum = int.from_bytes(data[at + 28 : at + 32], "little")
    rows = (
        (4, "magic", "u32", f"0x{MAGIC:08X}"),
        (1, "protocol", "u8", str(PROTOCOL)),
        (1, "domain", "u8", f"{header.domain} ({domain})"),
        (2, "source", "u16", f"{header.source} ({source})"),
        (8, "sequence", "u64", str(header.sequence)),
        (8, "timestamp", "u64", timestamp(header.timestamp)),
        (4, "payload_size", "u32", str(header.payload_size)),
        (4, "checksum", "u32", f"0x{checksum:08X}"),
    )
    *fields, last = _rows(rows, at)
    if broken:
        last = replace(last, problem="it does not hold")
    return Node(at, at + HEADER_SIZE, "header", children=(*fields, last))


def _tlv(data: bytes, at: int, end: int, names: Names) -> tuple[Node, Message | None]:
    if end - at < TLV_HEADER_SIZE:
        raise TruncatedError(f"a TLV header of {TLV_HEADER_SIZE} bytes", str(end - at), at)
    type_id = int.from_bytes(data[at : at + 2], "little")
    version, flags = data[at + 2], data[at + 3]
    length = int.from_bytes(data[at + 4 : at + 8], "little")
    message = names.messages.get(type_id)
    rows = (
        (2, "type", "u16", f"{type_id} ({_name(type_id, message)})"),
        (1, "version", "u8", str(version)),
        (1, "flags", "u8", str(flags)),
        (4, "length", "u32", str(length)),
    )
    head = tuple(_rows(rows, at))
    body = at + TLV_HEADER_SIZE
    node = Node(at, min(body + length, end), _name(type_id, message), children=head)
    if length > end - body:
        error: DecodeError = TruncatedError(f"{length} bytes of value", str(end - body), body)
        raise BrokenValueError(node, error)
    if message is None:
        rest = Node(body, body + length, "value", value="0x" + data[body : body + length].hex())
        return _with(node, *head, rest), None
    if version == 0:
        raise BrokenValueError(node, MalformedValueError("a version from 1", "0", at + 2))
    try:
        fields = fields_of(message, version, data, body, body + length)
    except BrokenValueError as broken:
        kept = _with(node, *head, *broken.node.children)
        raise BrokenValueError(kept, broken.cause) from None
    return _with(node, *head, *fields), message


def _with(node: Node, *children: Node) -> Node:
    return Node(node.start, node.end, node.name, children=children)


def _name(type_id: int, message: Message | None) -> str:
    if message is not None:
        return message.name
    if _FIRST_PROTOCOL_TLV <= type_id <= _LAST_PROTOCOL_TLV:
        return "a protocol TLV"
    return "unknown to the spec"


def _check_domain(message: Message, header: Header, start: int, names: Names) -> None:
    found = names.domains.get(header.domain, "unknown to the spec")
    if found != message.domain:
        expected = f"{message.domain}, the domain of {message.name}"
        raise WrongDomainError(expected, f"{header.domain} ({found})", start + 5)


def _rows(rows: tuple[tuple[int, str, str, str], ...], at: int) -> Iterator[Node]:
    for size, name, type_, value in rows:
        yield Node(at, at + size, name, type_, value)
        at += size
