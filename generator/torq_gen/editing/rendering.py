"""New YAML values as text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Laid:
    """A value that is laid out already: its lines with its key, and all of it in one line.

    The first line is ``key:`` or ``key: value``; further ones are indented from there.
    """

    lines: tuple[str, ...]
    flat: str


@dataclass(frozen=True, slots=True)
class EachOf:
    """What every mapping in a list is to say."""

    entries: Mapping[str, Value]


Value: TypeAlias = "str | int | Laid | EachOf | Sequence[Value] | Mapping[str, Value]"

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./@-]*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# YAML 1.1 reads these as something else than text.
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))


def scalar(value: str | int, quote: str = '"') -> str:
    """A scalar as it is written in any context; quoted where it would be read as something else.

    ``quote`` is the kind of quotes that is preferred where either would do.
    """
    if isinstance(value, int):
        return str(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return double_quoted(value)


def double_quoted(text: str) -> str:
    """A text between double quotes, which can hold any: what does not print is escaped."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if found := _ESCAPES.get(character):
        return found
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def flow(value: Value, quote: str = '"') -> str:
    """A value in one line."""
    if isinstance(value, Laid):
        return value.flat
    if isinstance(value, (str, int)):
        return scalar(value, quote)
    if isinstance(value, EachOf):
        return "[]"  # a list that is not there has no mappings
    if isinstance(value, Mapping):
        return "{" + ", ".join(pair(key, item, quote) for key, item in value.items()) + "}"
    return "[" + ", ".join(flow(item, quote) for item in value) + "]"


def pair(key: str, value: Value, quote: str = '"') -> str:
    """A key and its value in one line."""
    return f"{scalar(key, quote)}: {flow(value, quote)}"


def block(key: str, value: Value, *, step: int, lists: bool, quote: str = '"') -> list[str]:
    """The lines of a key and its value: a mapping of mappings a line each, all else in one line,
    unless the value is laid out already.

    ``step`` is by how much nested lines are indented; with ``lists`` each item of a list takes a
    line of its own.
    """
    indent = " " * step
    if isinstance(value, Laid):
        return list(value.lines)
    head = f"{scalar(key, quote)}:"
    if isinstance(value, Mapping) and any(isinstance(v, (Mapping, Laid)) for v in value.values()):
        lines = [_lines(k, v, quote) for k, v in value.items()]
        return [head, *(f"{indent}{line}" for own in lines for line in own)]
    if lists and not isinstance(value, (str, int, Mapping, EachOf)):
        return [head, *(f"{indent}- {item_of(item, quote)}" for item in value)]
    return [f"{head} {flow(value, quote)}"]


def _lines(key: str, value: Value, quote: str) -> Sequence[str]:
    return value.lines if isinstance(value, Laid) else (pair(key, value, quote),)


def item_of(value: Value, quote: str = '"') -> str:
    """An item of a block list: a mapping of one key without its braces."""
    if isinstance(value, Mapping) and len(value) == 1:
        ((key, item),) = value.items()
        return pair(key, item, quote)
    return flow(value, quote)
