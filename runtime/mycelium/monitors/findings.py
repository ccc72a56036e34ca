"""What monitors find."""

from __future__ import annotations

from collections.abc import Hashable
from enum import Enum
from typing import TypeAlias

import msgspec

from mycelium.envelope import Envelope
from mycelium.promises import Promise, Ref


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """A promise that was not kept.

    ``frames`` are the one or two that show it, in the order in which they were seen. ``missing``
    names what did not come. ``refusable`` says that the last frame should not have been sent: it
    did no harm if nobody gets it.
    """

    service: str
    promise: Promise
    key: Hashable
    text: str
    frames: tuple[Envelope, ...]
    missing: tuple[Ref, ...] = ()
    refusable: bool = True


class Unknown(msgspec.Struct, frozen=True, kw_only=True):
    """A promise of which nobody can say whether it was kept, and why not."""

    service: str
    promise: Promise
    key: Hashable
    text: str
    frames: tuple[Envelope, ...]


Finding: TypeAlias = Breach | Unknown


def shown_key(key: Hashable) -> str:
    """A key as a person reads it."""
    match key:
        case bytes():
            return "0x" + key.hex()
        case Enum(name=name):
            return name
        case str():
            return repr(key)
        case _:
            return str(key)


def shown_time(nanoseconds: int) -> str:
    """A span of time in the largest unit that it is a whole number of."""
    for unit, size in (("h", 3600 * 10**9), ("m", 60 * 10**9), ("s", 10**9), ("ms", 10**6)):
        if nanoseconds % size == 0:
            return f"{nanoseconds // size} {unit}"
    return f"{nanoseconds / 1000:g} us"
