"""A codec as two expressions and a list of attributes, made into loops without a call a message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from _codec.shapes import SOURCE, Row, Shape

_LOOPS = """
def build(rows):
    for {fields}, sequence, timestamp in rows:
        {make}
        {build}

def parse(frames):
    for data in frames:
        {parse}
        {read}

def built(rows):
    frames = []
    for {fields}, sequence, timestamp in rows:
        {make}
        frames.append({build})
    return frames

def parsed(frames):
    rows = []
    for data in frames:
        {parse}
        rows.append({read})
    return rows
"""

HEADER = ("source", "sequence", "timestamp")


class WrongCodecError(Exception):
    """What a codec reads is not what was built."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One way to carry one message.

    ``build`` makes bytes of the fields' names, ``sequence`` and ``timestamp``, after the statements
    ``make``. ``parse`` are the statements that make objects of ``data``, and ``read`` gives what
    they hold: the frame's source, sequence and timestamp unless the codec has no frame, then each
    field of the message. All may use ``names``.
    """

    name: str
    build: str
    parse: tuple[str, ...]
    read: tuple[str, ...]
    names: Mapping[str, Any] = field(repr=False)
    make: tuple[str, ...] = ("pass",)

    def loops(self, shape: Shape) -> Loops:
        """The compiled loops."""
        source = _LOOPS.format(
            fields=", ".join(shape.fields),
            make="\n        ".join(self.make),
            build=self.build,
            parse="\n        ".join(self.parse),
            read=f"({', '.join(self.read)})",
        )
        space = dict(self.names)
        exec(compile(source, f"<{self.name}, {shape.name}>", "exec"), space)
        return Loops(space["build"], space["parse"], space["built"], space["parsed"])


@dataclass(frozen=True, slots=True)
class Loops:
    """``build`` and ``parse`` throw away what they make, ``built`` and ``parsed`` return it."""

    build: Callable[[list[Row]], None]
    parse: Callable[[list[bytes]], None]
    built: Callable[[list[Row]], list[bytes]]
    parsed: Callable[[list[bytes]], list[Row]]


def prepare(codec: Codec, shape: Shape, rows: list[Row]) -> tuple[Loops, list[bytes]]:
    """The loops of a codec, and the frames of the rows, which it reads as they were.

    Raises:
        WrongCodecError: it reads something else
    """
    loops = codec.loops(shape)
    frames = loops.built(rows)
    for row, found in zip(rows, loops.parsed(frames), strict=True):
        *fields, sequence, timestamp = row
        whole = (SOURCE, sequence, timestamp, *fields)
        expected = whole[-len(codec.read) :]
        if found != expected:
            message = f"{codec.name}, {shape.name}: expected {expected}, found {found}"
            raise WrongCodecError(message)
    return loops, frames
