"""Classes whose instances never change: cheap to declare, to make and to compare."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def immutable(cls: type[T]) -> type[T]:
    """A slotted dataclass that is frozen for type checkers alone.

    What freezes at run time makes each new instance two and a half times as dear, and an analysis
    makes tens of thousands. ``dataclass`` compiles each method of each class on its own, which is
    most of what it takes to import a model of fifty classes; only ``__init__`` has to be.
    """
    made = dataclass(slots=True, eq=False, repr=False)(cls)
    for name, method in _methods(made).items():
        if name not in cls.__dict__:
            setattr(made, name, method)
    return made


def _methods(cls: type[Any]) -> dict[str, Callable[..., object]]:
    """How instances are compared, hashed and shown: as those of any dataclass."""
    found = fields(cls)
    shown = tuple(f.name for f in found if f.repr)
    compared = _values([f.name for f in found if f.compare])
    hashed = _values([f.name for f in found if (f.compare if f.hash is None else f.hash)])

    def equal(self: object, other: object) -> object:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)

    def hash_of(self: object) -> int:
        return hash(hashed(self))

    def text(self: object) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__qualname__}({values})"

    return {"__eq__": equal, "__hash__": hash_of, "__repr__": text}


def _values(names: Sequence[str]) -> Callable[[object], Any]:
    """What gives the values of attributes: of one its value, of several a tuple."""
    return attrgetter(*names) if names else lambda _: ()
