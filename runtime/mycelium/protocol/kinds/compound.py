"""Kinds made of other kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mycelium.protocol.kinds.base import Json, Kind, ValueProblem

if TYPE_CHECKING:
    from mycelium.protocol.message import Structure


class Struct(Kind):
    """A value of a struct's class; an object in JSON."""

    __slots__ = ("structure",)

    def __init__(self, structure: type[Structure]) -> None:
        self.structure = structure

    def check(self, value: Any) -> None:
        if not isinstance(value, self.structure):
            raise ValueProblem(f"a {self.structure.__name__}", value)
        for field in self.structure.FIELDS:
            try:
                field.kind.check(getattr(value, field.attribute))
            except ValueProblem as problem:
                raise problem.inside(f".{field.name}") from None

    def to_json(self, value: Any) -> Json:
        return {f.name: f.kind.to_json(getattr(value, f.attribute)) for f in self.structure.FIELDS}

    def from_json(self, value: Json) -> Any:
        names = {f.name for f in self.structure.FIELDS}
        if not isinstance(value, Mapping) or value.keys() != names:
            raise ValueProblem(f"an object with exactly {', '.join(sorted(names))}", value)
        values = {}
        for field in self.structure.FIELDS:
            try:
                values[field.attribute] = field.kind.from_json(value[field.name])
            except ValueProblem as problem:
                raise problem.inside(f".{field.name}") from None
        return self.structure(**values)


class Sequence(Kind):
    """A tuple of items, ``length`` of them unless it is None; an array in JSON."""

    __slots__ = ("item", "length")

    def __init__(self, item: Kind, length: int | None = None) -> None:
        self.item = item
        self.length = length

    @property
    def expected(self) -> str:
        """The shape in words."""
        return "a list of items" if self.length is None else f"a list of {self.length} items"

    def check(self, value: Any) -> None:
        if not isinstance(value, tuple):
            raise ValueProblem(f"{self.expected} as a tuple", value)
        self._check_length(value)
        for index, item in enumerate(value):
            try:
                self.item.check(item)
            except ValueProblem as problem:
                raise problem.inside(f"[{index}]") from None

    def to_json(self, value: Any) -> Json:
        return [self.item.to_json(item) for item in value]

    def from_json(self, value: Json) -> Any:
        if not isinstance(value, list):
            raise ValueProblem(self.expected, value)
        self._check_length(value)
        items = []
        for index, item in enumerate(value):
            try:
                items.append(self.item.from_json(item))
            except ValueProblem as problem:
                raise problem.inside(f"[{index}]") from None
        return tuple(items)

    def _check_length(self, value: list[Json] | tuple[Any, ...]) -> None:
        if self.length is not None and len(value) != self.length:
            raise ValueProblem(self.expected, value)


class Optional(Kind):
    """A value of ``item``, or None."""

    __slots__ = ("item",)

    def __init__(self, item: Kind) -> None:
        self.item = item

    def check(self, value: Any) -> None:
        if value is not None:
            self.item.check(value)

    def to_json(self, value: Any) -> Json:
        return None if value is None else self.item.to_json(value)

    def from_json(self, value: Json) -> Any:
        return None if value is None else self.item.from_json(value)
