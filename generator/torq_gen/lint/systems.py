"""What is worked out of a system once, however many of its services are looked at."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from torq_gen.model import System

T = TypeVar("T")


def once_a_system(make: Callable[[System], T]) -> Callable[[System], T]:
    """Keeps what a function gave for the last system that it was asked about."""
    kept: list[tuple[System, T]] = []

    @wraps(make)
    def known(system: System) -> T:
        if not kept or kept[0][0] is not system:
            kept[:] = [(system, make(system))]
        return kept[0][1]

    return known
