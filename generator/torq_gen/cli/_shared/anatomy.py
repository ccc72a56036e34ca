"""Takes a message's bytes apart by the model: every field with its range, type and value.

It decodes as strictly as generated code does, but keeps what it understood of a broken value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mycelium.protocol import DecodeError, MalformedValueError, SizeMismatchError, TruncatedError
from torq_gen.cli._shared.scalars import shown
from torq_gen.model import (
    ArrayType,
    BytesType,
    FieldType,
    ListType,
    Message,
    OptionalType,
    StringType,
    StructType,
)
from torq_gen.model.types import COUNT_SIZE, minimum_size, resolved, size_of


@dataclass(frozen=True, slots=True)
class Node:
    """A range of bytes, half open, and what it means."""

    start: int
    end: int
    name: str
    type: str = ""
    value: str = ""
    children: tuple[Node, ...] = ()
    problem: str = ""


class BrokenValueError(Exception):
    """Bytes that are no value of their type; ``node`` holds what could be understood."""

    def __init__(self, node: Node, cause: DecodeError) -> None:
        super().__init__(str(cause))
        self.node = node
        self.cause = cause


def fields_of(message: Message, version: int, data: bytes, start: int, end: int) -> list[Node]:
    """The fields of a TLV value that a writer of ``version`` put into ``data[start:end]``.

    Raises:
        BrokenValueError: its node's children are the fields up to the broken one.
    """
    found: list[Node] = []
    at = start
    members = ((f.name, f.type) for f in message.fields_at(version))
    for node in _sequence(members, data, at, end, Node(start, end, message.name), found):
        at = node.end
    if at == end:
        return found
    if version > message.version:
        rest = f"fields of version {version}, which the spec does not know"
        return [*found, Node(at, end, "…", value=rest)]
    cause = SizeMismatchError(f"{at - start} bytes of value", f"{end - start}", at)
    raise BrokenValueError(Node(start, end, message.name, children=tuple(found)), cause)


def _sequence(
    members: Iterable[tuple[str, FieldType]],
    data: bytes,
    at: int,
    end: int,
    parent: Node,
    found: list[Node],
) -> Iterator[Node]:
    """Members one after the other; a broken one is kept in the parent that the error carries."""
    for name, type_ in members:
        try:
            node = _value(name, type_, data, at, end)
        except BrokenValueError as error:
            children = (*found, error.node)
            raise BrokenValueError(replace(parent, children=children), error.cause) from None
        found.append(node)
        at = node.end
        yield node


def _value(name: str, type_: FieldType, data: bytes, at: int, end: int) -> Node:
    match resolved(type_):
        case StructType(fields=fields):
            members: Iterable[tuple[str, FieldType]] = ((f.name, f.type) for f in fields)
            return _group(Node(at, at, name, str(type_)), members, data, at, end)
        case ArrayType(item=item, length=length):
            members = ((f"[{i}]", item) for i in range(length))
            return _group(Node(at, at, name, str(type_)), members, data, at, end)
        case ListType(item=item):
            return _list(name, type_, item, data, at, end)
        case OptionalType(item=item):
            return _optional(name, type_, item, data, at, end)
        case BytesType(size=None) | StringType():
            length = _count(name, type_, 1, data, at, end)
            return _scalar(name, type_, data, at, at + COUNT_SIZE, at + COUNT_SIZE + length)
        case _:
            size = size_of(type_) or 0
            _need(name, type_, size, at, end)
            return _scalar(name, type_, data, at, at, at + size)


def _group(
    empty: Node,
    members: Iterable[tuple[str, FieldType]],
    data: bytes,
    at: int,
    end: int,
    value: str = "",
) -> Node:
    found: list[Node] = []
    last = at
    for node in _sequence(members, data, at, end, replace(empty, end=end), found):
        last = node.end
    return replace(empty, end=last, children=tuple(found), value=value)


def _list(name: str, type_: FieldType, item: FieldType, data: bytes, at: int, end: int) -> Node:
    count = _count(name, type_, minimum_size(item), data, at, end)
    members = ((f"[{i}]", item) for i in range(count))
    value = f"{count} item{'' if count == 1 else 's'}"
    return _group(Node(at, at, name, str(type_)), members, data, at + COUNT_SIZE, end, value)


def _optional(name: str, type_: FieldType, item: FieldType, data: bytes, at: int, end: int) -> Node:
    _need(name, type_, 1, at, end)
    if data[at] > 1:
        raise _broken(name, type_, at, end, "presence byte 0 or 1", str(data[at]), at)
    if data[at]:
        inner = _group(Node(at, at, name, str(type_)), [(name, item)], data, at + 1, end)
        value = inner.children[0]
        return replace(value, start=at, type=str(type_))
    size = size_of(item) or 0
    _need(name, type_, 1 + size, at, end)
    blank = data[at + 1 : at + 1 + size]
    if blank.strip(b"\0"):
        first = at + 1 + len(blank) - len(blank.lstrip(b"\0"))
        raise _broken(
            name, type_, at, end, "zeros in an absent value", f"{data[first]:#04x}", first
        )
    return Node(at, at + 1 + size, name, str(type_), "absent")


def _scalar(name: str, type_: FieldType, data: bytes, at: int, start: int, end: int) -> Node:
    try:
        value = shown(resolved(type_), data[start:end], start)
    except DecodeError as error:
        node = Node(at, end, name, str(type_), problem=str(error))
        raise BrokenValueError(node, error) from None
    return Node(at, end, name, str(type_), value)


def _count(name: str, type_: FieldType, each: int, data: bytes, at: int, end: int) -> int:
    """The u32 count at ``at``, checked against the bytes that remain."""
    _need(name, type_, COUNT_SIZE, at, end)
    count = int.from_bytes(data[at : at + COUNT_SIZE], "little")
    left = end - at - COUNT_SIZE
    if count * each > left:
        raise _broken(name, type_, at, end, f"at most {left // each}", f"a count of {count}", at)
    return count


def _need(name: str, type_: FieldType, size: int, at: int, end: int) -> None:
    if end - at < size:
        error = TruncatedError(f"{size} bytes of {name}", str(end - at), at)
        raise BrokenValueError(Node(at, end, name, str(type_), problem=str(error)), error)


def _broken(
    name: str, type_: FieldType, at: int, end: int, expected: str, found: str, offset: int
) -> BrokenValueError:
    error = MalformedValueError(f"{name}: {expected}", found, offset)
    return BrokenValueError(Node(at, end, name, str(type_), problem=str(error)), error)
