"""Values of the analysis as texts: what a key, a path or a statement may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from torq_gen.lint.facts import unions, values
from torq_gen.lint.facts.library import Argument, Call
from torq_gen.lint.facts.model import Unproven
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.values import Value

Told: TypeAlias = "Text | Unproven"

COMPUTED = "it is known to the running program alone"
_MISSING = "it is not given"
_HOLDERS = (values.Container, values.Items, values.Tuple)


def texts(argument: Argument | None) -> Iterator[Told]:
    """What an argument may be as text, each possibility once."""
    if argument is None:
        yield Unproven(_MISSING)
        return
    yield from dict.fromkeys(told(value) for value in unions.alternatives(argument.value))


def told(value: Value) -> Told:
    """One value as text: strings and bytes are, a number is its digits."""
    if isinstance(value, Text):
        return value
    if isinstance(value, values.Literal):
        return _of_literal(value.value)
    if isinstance(value, values.Unknown) and value.reason:
        return Unproven(value.reason)
    return Unproven(COMPUTED)


def held(call: Call, value: Value) -> Iterator[Value]:
    """What a list, a tuple or an iterator holds; a value that is none of them itself."""
    for one in unions.alternatives(value):
        if isinstance(one, values.Tuple):
            yield from one.items
        elif isinstance(one, _HOLDERS):
            yield from unions.alternatives(call.elements(one))
        else:
            yield one


def _of_literal(value: object) -> Told:
    if isinstance(value, bytes):
        try:
            return Text.of((value.decode(),))
        except UnicodeDecodeError:
            return Unproven("it is bytes that are no UTF-8 text")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Text.of((str(value),))
    return Unproven(f"it is {value}")


def data(call: Call) -> Value:
    """The result of what gives mere data."""
    return values.DATA
