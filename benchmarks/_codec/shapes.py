"""The messages that every codec has, and values for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

Row = tuple[Any, ...]  # the fields' values, then the frame's sequence and timestamp

SOURCE = 7
_TIME = 1_704_412_823_000_000_000


@dataclass(frozen=True, slots=True)
class Shape:
    """A message: its name and number, what is special about it, and its fields."""

    name: str
    type_id: int
    title: str
    fields: tuple[str, ...]
    values: Callable[[Random], Row]

    def rows(self, count: int) -> list[Row]:
        """Values of ``count`` messages, the same ones in every run."""
        random = Random(self.name)
        return [(*self.values(random), i + 1, _TIME + 1000 * i) for i in range(count)]


def _pool_state(random: Random) -> Row:
    reserves = (random.getrandbits(random.randint(40, 112)) for _ in range(2))
    return (
        random.randbytes(20),
        random.randint(1, 4),
        *reserves,
        18_937_000 + random.randrange(999),
    )


def _quote(random: Random) -> Row:
    bid = random.randrange(200_000_000_000, 300_000_000_000)
    sizes = (random.randrange(1, 10_000_000_000) for _ in range(2))
    return (random.getrandbits(63), bid, bid + random.randrange(10**7), *sizes, _TIME)


def _route(random: Random) -> Row:
    name = "".join(random.choices("ABCDEFGH-/", k=random.randint(8, 24)))
    hops = tuple(random.getrandbits(64) for _ in range(random.randint(2, 6)))
    return (name, hops, random.choice((None, random.randrange(-(10**12), 10**12))))


POOL_STATE = Shape(
    "PoolState",
    1,
    "20 bytes, a u16, two u256, a u64",
    ("pool", "venue", "reserve0", "reserve1", "block_number"),
    _pool_state,
)
QUOTE = Shape(
    "Quote",
    2,
    "six 64-bit numbers",
    ("instrument", "bid", "ask", "bid_size", "ask_size", "exchange_time"),
    _quote,
)
ROUTE = Shape(
    "Route",
    3,
    "a string, a list of 2 to 6 u64, an i64 that may be absent",
    ("name", "hops", "limit"),
    _route,
)
SHAPES = (POOL_STATE, QUOTE, ROUTE)


def kind_of(shape: Shape) -> int:
    """Type, version 1 and no flags, as the number with which a TLV begins."""
    return shape.type_id | 1 << 16
