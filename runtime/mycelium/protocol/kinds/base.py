"""What a kind is, and the fields that have one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, TypeAlias

import msgspec

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class ValueProblem(Exception):  # noqa: N818 - not an error of the API: it always becomes one
    """A value that is not of its kind; ``where`` leads to it inside the field."""

    def __init__(self, expected: str, found: object, where: str = "") -> None:
        super().__init__(expected, found, where)
        self.expected = expected
        self.found = found
        self.where = where

    def inside(self, where: str) -> ValueProblem:
        """The same problem seen from one level further out."""
        return ValueProblem(self.expected, self.found, where + self.where)

    def __str__(self) -> str:
        return f"expected {self.expected}, found {shown(self.found)}"


def shown(value: object) -> str:
    """A value as it stands in a message: its repr, cut when long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


class Kind(ABC):
    """What a field's values are. Kinds are immutable and shared."""

    __slots__ = ()

    @abstractmethod
    def check(self, value: Any) -> None:
        """Raises `ValueProblem` unless ``value`` can be encoded."""

    @abstractmethod
    def to_json(self, value: Any) -> Json:
        """The JSON form of a value that was checked."""

    @abstractmethod
    def from_json(self, value: Json) -> Any:
        """The value that a JSON form stands for; raises `ValueProblem`."""


class Rule(ABC):
    """What a schema's ``validate`` asks of a value."""

    __slots__ = ()

    @property
    @abstractmethod
    def expected(self) -> str:
        """The rule in words."""

    @abstractmethod
    def holds(self, value: Any) -> bool:
        """Whether a value of the field's kind keeps the rule."""


class FieldSpec(msgspec.Struct, frozen=True):
    """One field: its name in the schema, its attribute in Python, its kind, its rule if any."""

    name: str
    kind: Kind
    rule: Rule | None = None
    attribute: str = ""
    since: int = 1

    def __post_init__(self) -> None:
        if not self.attribute:
            msgspec.structs.force_setattr(self, "attribute", self.name)
