"""Settings, which stand in environment variables and in files: known by their names.

A default is a hint only: the name tells what the running program has.
"""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Span
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.outside.paths import HANDLES
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    NOTHING,
    Container,
    External,
    Literal,
    Plain,
    Thing,
    Unknown,
    Value,
)

FILE = "settings.File"
"""The type of what is read from a file of settings."""
_CONTENT = Thing(FILE)

_OPEN_FILE = HANDLES[0]
_LONGEST = 100
"""Characters; of a setting with a longer name nothing is known."""
_ANY = "*"
_HINTS = (Text, Literal, Plain, Unknown, External)


def read(span: Span) -> Value:
    """What is read from a file of settings; the code may put something beside that."""
    return join((_CONTENT, Container("dict", span)))


def environment(name: Value, default: Argument | None = None) -> Value:
    """The environment variable of a name, which is text."""
    return join((*(one or ANY_TEXT for one in _named("", name)), _beside(default)))


def of(name: Value, default: Argument | None = None, *, within: str = "") -> Value:
    """The setting of a name; within a table of settings, by the names of both: ``mq.channel``."""
    before = f"{within}." if within else ""
    return join((*(one or DATA for one in _named(before, name)), _beside(default)))


def of_call(given: Given, within: str = "") -> Value:
    """What ``get`` gives, or another method that takes a name and a default."""
    return of(given.first_value, given.argument(1, "default"), within=within)


def each_of(value: Value) -> Value | None:
    """An entry of a table or list of settings, whichever; None of what is neither."""
    if value == _CONTENT:
        return Text((Hole(_ANY),))
    table = value.setting if isinstance(value, Text) else None
    if table is None:
        return None
    return value if table.endswith(_ANY) else Text((Hole(f"{table}.{_ANY}"),))


def beside(table: str) -> Container:
    """What the code itself puts into a table of settings, or a list: whoever reads it may get that.

    A table is known by its name alone, and so is this: whichever place the code puts it there.
    """
    return Container("dict", Span(f"{{{table}}}", 0, 0, 0, 0))


def taken(value: Value, name: str) -> Value:
    """What the parameter of a name gets of ``**``, when that gives it whichever entry."""
    return join(_taken(one, name) for one in alternatives(value))


def _taken(value: Value, name: str) -> Value:
    table = value.setting if isinstance(value, Text) else None
    if table is None or not table.endswith(_ANY):
        return value
    return Text((Hole(f"{table.removesuffix(_ANY)}{name}"),))


def is_open_file(value: Value) -> bool:
    """Whether a value is a file that was opened before."""
    return all(isinstance(one, Thing) and one.type == _OPEN_FILE for one in alternatives(value))


def _named(before: str, name: Value) -> Iterator[Text | None]:
    for one in alternatives(name):
        known = one.exact if isinstance(one, Text) else None
        short = known and len(before) + len(known) <= _LONGEST
        yield Text((Hole(f"{before}{known}"),)) if short else None


def _beside(default: Argument | None) -> Value:
    """What a default may be that can act, or holds what can."""
    if default is None:
        return NOTHING
    return join(one for one in alternatives(default.value) if not isinstance(one, _HINTS))
