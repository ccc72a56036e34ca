"""Python source in the form that ``ruff format`` leaves as it is.

Ruff joins what fits on one line unless a trailing comma keeps it open, and splits what does not
fit. So what fits in `WIDTH` is written on one line, and the rest one item a line with a trailing
comma, which stays as it is under any wider limit too. Code is built from three kinds of node, and
only `render` knows how deep each one stands. Nodes are named tuples, which are made in half the
time that a frozen dataclass takes: a message has about a hundred of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

WIDTH = 88
STEP = "    "


class Call(NamedTuple):
    """``head``, items between commas, ``tail``; a ``closed`` tuple of one keeps its comma.

    ``short`` is its one-line form where that differs: ``A | B`` for ``Union[A, B]``.
    """

    head: str
    items: Sequence[str | Call]
    tail: str = ")"
    closed: bool = False
    short: str | None = None

    def flat(self) -> str:
        """The call on one line."""
        if self.short is not None:
            return self.short
        items = ", ".join(item if isinstance(item, str) else item.flat() for item in self.items)
        comma = "," if self.closed and len(self.items) == 1 else ""
        return f"{self.head}{items}{comma}{self.tail}"


class Block(NamedTuple):
    """A statement with a body."""

    head: str | Call
    body: Code


Node: TypeAlias = str | Call | Block
Code: TypeAlias = tuple[Node, ...]


def render(code: Iterable[Node], depth: int = 0) -> str:
    """The source text of nodes that stand ``depth`` levels deep; no newline at its end."""
    lines: list[str] = []
    _render(code, STEP * depth, lines)
    return "\n".join(lines)


def _render(code: Iterable[Node], indent: str, lines: list[str]) -> None:
    for node in code:
        if isinstance(node, str):
            lines.append(f"{indent}{node}" if node else "")
        elif isinstance(node, Call):
            _call(node, indent, "", lines)
        else:
            _render((node.head,), indent, lines)
            _render(node.body, indent + STEP, lines)


def _call(call: Call, indent: str, tail: str, lines: list[str]) -> None:
    flat = _flat(call, WIDTH - len(indent) - len(tail))
    if flat is not None:
        lines.append(f"{indent}{flat}{tail}")
        return
    inside = indent + STEP
    lines.append(indent + call.head)
    for item in call.items:
        if isinstance(item, str):
            lines.append(f"{inside}{item},")
        else:
            _call(item, inside, ",", lines)
    if call.closed and len(call.items) == 1:
        lines.append(f"{inside}*(),")  # the comma of a tuple of one does not keep it open
    lines.append(f"{indent}{call.tail}{tail}")


def _flat(call: Call, room: int) -> str | None:
    """The call on one line, or None when it takes more than ``room`` and can be split."""
    head, items, tail, closed, short = call
    if not items:
        return head + tail
    if short is not None:
        return short if len(short) <= room else None
    left = room - len(head) - len(tail)
    parts = []
    for item in items:
        part = item if isinstance(item, str) else _flat(item, left)
        if part is None or len(part) > left:
            return None
        parts.append(part)
        left -= len(part) + 2
    comma = "," if closed and len(parts) == 1 else ""
    line = f"{head}{', '.join(parts)}{comma}{tail}"
    return line if len(line) <= room else None


def tuple_of(head: str, items: Sequence[str | Call], tail: str = ")") -> Call:
    """A call whose items are a tuple's."""
    return Call(head, items, tail, closed=True)


def prefixed(prefix: str, node: str | Call) -> str | Call:
    """The node with ``prefix`` before it on its first line."""
    if isinstance(node, str):
        return f"{prefix}{node}"
    short = None if node.short is None else f"{prefix}{node.short}"
    return Call(f"{prefix}{node.head}", node.items, node.tail, node.closed, short)


def union(members: Sequence[str | Call]) -> str | Call:
    """``A | B``, or a ``Union`` of several lines where that is too long."""
    flat = " | ".join(m if isinstance(m, str) else m.flat() for m in members)
    return members[0] if len(members) == 1 else Call("Union[", members, "]", short=flat)


def text(value: str) -> str:
    """A string literal in the quotes that ruff prefers: double, unless they need more escapes."""
    body = repr(f"'\"{value}")[4:-1].replace("\\'", "'")
    quote = '"' if body.count('"') <= body.count("'") else "'"
    return quote + body.replace(quote, f"\\{quote}") + quote


class Entry(NamedTuple):
    """An entry of a list in a docstring: further lines are indented under its first."""

    name: str
    description: str


def docstring(summary: str, *parts: str | Sequence[Entry], depth: int = 1) -> str:
    """A docstring of paragraphs and lists, wrapped; a list's first entry is its heading."""
    indent = STEP * depth
    width = WIDTH - len(indent)
    first = _wrapped(escaped(summary), width - (3 if parts else 6))
    if not parts and len(first) == 1:
        return f'{indent}"""{first[0]}"""'
    lines = [f'"""{first[0]}', *first[1:]]
    for part in parts:
        lines.append("")
        lines += _wrapped(escaped(part), width) if isinstance(part, str) else _listed(part, width)
    return "\n".join(f"{indent}{line}" if line else "" for line in (*lines, '"""'))


def _listed(entries: Sequence[Entry], width: int) -> list[str]:
    lines = [entries[0].name]
    for entry in entries[1:]:
        prose = escaped(f"{entry.name}: {entry.description}")
        lines += _wrapped(prose, width, STEP, STEP * 2)
    return lines


def _wrapped(prose: str, width: int, initial: str = "", subsequent: str = "") -> list[str]:
    """Lines of at most ``width``, broken at the single spaces between words and nowhere else."""
    lines = []
    rest, margin = initial + prose, len(initial)
    while len(rest) > width:
        at = rest.rfind(" ", margin, width + 1)
        if at < 0:
            at = rest.find(" ", width)  # a word that is too long has a line to itself
        if at < 0:
            break
        lines.append(rest[:at])
        rest, margin = subsequent + rest[at + 1 :], len(subsequent)
    return [*lines, rest]


def prose_or(prose: str, otherwise: str) -> str:
    """The prose, or something else where it says nothing that can be printed."""
    return prose if escaped(prose) else otherwise


def escaped(prose: str) -> str:
    """Prose on one line that may stand in a docstring."""
    if not prose.isprintable():
        prose = "".join(c if c.isprintable() else " " for c in prose)
    clean = " ".join(prose.split()).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if clean.startswith('"'):
        clean = f"\\{clean}"
    if not clean.endswith('"'):
        return clean
    backslashes = len(clean) - 1 - len(clean[:-1].rstrip("\\"))
    return clean if backslashes % 2 else f'{clean[:-1]}\\"'
