"""Methods that may be meant to be handlers, but for a slip in their names."""

from __future__ import annotations

from collections.abc import Iterable

from torq_gen.model.names import LIFE_CYCLE, handler_name

_LIKENESS = 0.8


def misspelt(handler: str, methods: Iterable[str], messages: Iterable[str]) -> list[str]:
    """Those of a class's methods that have nearly the name of a handler, the nearest first.

    What handles one of the ``messages`` is no slip, nor is what the runtime calls besides.
    """
    return _near(handler, set(methods) - {*LIFE_CYCLE, *map(handler_name, messages)})


def meant(method: str, messages: Iterable[str]) -> list[str]:
    """The handlers of which a method has nearly the name, the nearest first."""
    return _near(method, {*map(handler_name, messages)})


def _near(name: str, among: set[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, sorted(among), n=len(among) or 1, cutoff=_LIKENESS)
