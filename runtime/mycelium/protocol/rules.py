"""The rules that a schema's ``validate`` puts on a field. Absent optional values always pass."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any

from mycelium.protocol.kinds import Rule, shown


class OneOf(Rule):
    """The value is one of ``values``."""

    __slots__ = ("values",)

    def __init__(self, *values: object) -> None:
        self.values = values

    @property
    def expected(self) -> str:
        return "one of " + ", ".join(shown(v) for v in self.values)

    def holds(self, value: Any) -> bool:
        return value in self.values


class InRange(Rule):
    """The value lies between ``low`` and ``high``, both included."""

    __slots__ = ("high", "low")

    def __init__(self, low: Any, high: Any) -> None:
        self.low = low
        self.high = high

    @property
    def expected(self) -> str:
        return f"{self.low} to {self.high}"

    def holds(self, value: Any) -> bool:
        return bool(self.low <= value <= self.high)


class Matches(Rule):
    """The whole text matches a regular expression."""

    __slots__ = ("pattern",)

    def __init__(self, pattern: str) -> None:
        self.pattern = re.compile(pattern)

    @property
    def expected(self) -> str:
        return f"text that matches {self.pattern.pattern}"

    def holds(self, value: Any) -> bool:
        return self.pattern.fullmatch(value) is not None


class NonZero(Rule):
    """The number is not zero; bytes are not all zero."""

    __slots__ = ()

    @property
    def expected(self) -> str:
        return "a value other than zero"

    def holds(self, value: Any) -> bool:
        return any(value) if isinstance(value, bytes) else value != 0


class Predicate(Rule):
    """A function ``module:name`` of the value says yes. It is imported when first called."""

    __slots__ = ("_function", "target")

    def __init__(self, target: str) -> None:
        self.target = target
        self._function: Callable[[Any], bool] | None = None

    @property
    def expected(self) -> str:
        return f"a value that {self.target} accepts"

    def holds(self, value: Any) -> bool:
        if self._function is None:
            module, _, name = self.target.partition(":")
            self._function = getattr(importlib.import_module(module), name)
        return bool(self._function(value))
