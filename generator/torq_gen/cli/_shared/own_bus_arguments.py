"""Whether a function of the project's own bus has the arguments that the settings place."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torq_gen.cli._shared.failures import did_you_mean

Function = ast.FunctionDef | ast.AsyncFunctionDef
_STATIC = "staticmethod"
_KEPT = (_STATIC, "classmethod")
"""Decorators that leave a function's arguments what they are."""


def trouble(function: Function, places: Mapping[str, Any], *, method: bool) -> tuple[str, str]:
    """What is wrong with the first place that names no argument, and what to do; or nothing."""
    decorators = [ast.unparse(decorator) for decorator in function.decorator_list]
    if any(decorator not in _KEPT for decorator in decorators):
        return "", ""  # nobody can tell which arguments the decorated one takes
    taken = _Arguments.of(function, bound=method and _STATIC not in decorators)
    for key, place in places.items():
        stated = place if isinstance(place, list) else [place]
        position = next((part for part in stated if isinstance(part, int)), None)
        name = next((part for part in stated if isinstance(part, str)), None)
        found = taken.trouble(position, name)
        if found:
            misspelt = name is not None and name not in taken.named
            hint = did_you_mean(name or "", taken.named) if misspelt else ""
            return f"{found} for '{key}'", hint or taken.shown()
    return "", ""


@dataclass(frozen=True, slots=True)
class _Arguments:
    """What a caller may give: by position, by name, and whether any more of either."""

    placed: tuple[str, ...]
    named: tuple[str, ...]
    more_placed: bool
    more_named: bool

    @classmethod
    def of(cls, function: Function, *, bound: bool) -> _Arguments:
        given = function.args
        placed = [a.arg for a in (*given.posonlyargs, *given.args)][1 if bound else 0 :]
        only_placed = {a.arg for a in given.posonlyargs}
        named = [name for name in placed if name not in only_placed]
        named += [a.arg for a in given.kwonlyargs]
        return cls(tuple(placed), tuple(named), given.vararg is not None, given.kwarg is not None)

    def trouble(self, position: int | None, name: str | None) -> str:
        """What is wrong with a place; empty when nothing is."""
        if name is not None and name not in self.named and not self.more_named:
            return f"no argument {name}"
        if position is None:
            return ""
        if position >= len(self.placed):
            return "" if self.more_placed else f"no argument at position {position}"
        at = self.placed[position]
        if name in self.placed and name != at:
            return f"{at} at position {position}, not {name}"
        return ""

    def shown(self) -> str:
        """The arguments in words, each with its position."""
        known = [f"{at} {name}" for at, name in enumerate(self.placed)]
        known += [name for name in self.named if name not in self.placed]
        return f"arguments: {', '.join(known)}" if known else "it takes no arguments"
