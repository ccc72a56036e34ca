"""Where something stands in a YAML text, and in which form, as one number.

A large spec has a hundred thousand marks. The YAML parser's own events, kept until the system is
built, took most of the memory of a run.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Event: TypeAlias = Any  # of the YAML parser
Mark: TypeAlias = int  # the offsets of the first character and of the one after the last, the form

SCALAR, BLOCK_SCALAR, ALIAS, FLOW, BLOCK = range(5)  # the last two are collections

_BLOCK_STYLES = frozenset("|>")
_FORM_BITS = 3
_OFFSET_BITS = 32
_FORM = (1 << _FORM_BITS) - 1
_OFFSET = (1 << _OFFSET_BITS) - 1


def mark_of(event: Event, form: int) -> Mark:
    """The mark of what an event stands for."""
    start: int = event.start_mark.index
    end: int = event.end_mark.index
    return (start << _OFFSET_BITS | end) << _FORM_BITS | form


def form_of(event: Event) -> int:
    """The form of what an event stands for."""
    if hasattr(event, "style"):
        return BLOCK_SCALAR if event.style in _BLOCK_STYLES else SCALAR
    if hasattr(event, "flow_style"):
        return FLOW if event.flow_style else BLOCK
    return ALIAS


def form(mark: Mark) -> int:
    """The form of what stands there."""
    return mark & _FORM


def offsets(mark: Mark) -> tuple[int, int]:
    """Where it starts and ends."""
    return mark >> _OFFSET_BITS + _FORM_BITS, mark >> _FORM_BITS & _OFFSET
