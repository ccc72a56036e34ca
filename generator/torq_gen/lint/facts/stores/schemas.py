"""Options of a connection that change which tables the names in its statements mean."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.library import Call, Effect
from torq_gen.lint.facts.model import Fact
from torq_gen.lint.facts.stores.queries import Database
from torq_gen.lint.facts.stores.reasons import SEARCH_OPTION
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import Value

_OPTION = "search_path"
_DEEPEST = 3


def connecting(database: Database) -> Effect:
    """The effect of a connection: none, unless an option names another search path."""

    def effect(call: Call) -> Iterator[Fact]:
        for name, argument in (*(("", a) for a in call.positional), *call.keywords.items()):
            if name == _OPTION or _mentions(call, argument.value, _DEEPEST):
                yield from database.unproven(call, argument.span, SEARCH_OPTION)
                return

    return effect


def _mentions(call: Call, value: Value, levels: int) -> bool:
    """Whether a text, or a dictionary at any level, speaks of a search path."""
    for one in alternatives(value):
        if isinstance(one, Text):
            if any(isinstance(part, str) and _OPTION in part for part in one.parts):
                return True
        elif levels:
            entries = call.entries(one) or {}
            if _OPTION in entries or any(_mentions(call, v, levels - 1) for v in entries.values()):
                return True
    return False
