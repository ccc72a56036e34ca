"""A limited memory that knows what it has forgotten."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from hashlib import blake2b
from typing import Final, Generic, TypeVar

V = TypeVar("V")

DEFAULT_LIMIT: Final = 10_000
"""Keys that a monitor remembers."""

_BITS: Final = 1 << 20
_PARTS: Final = range(0, 16, 4)


class Memory(Generic[V]):
    """The values of the ``limit`` keys that were put most recently.

    A key that was forced out is `forgotten` from then on. That is answered by a Bloom filter of
    128 KiB, so rarely a key that was never put counts as forgotten, too; more often after some
    hundred thousand of them.
    """

    __slots__ = ("_filter", "_limit", "_values")

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        if limit < 1:
            raise ValueError(f"expected a limit of at least 1 key, found {limit}")
        self._limit = limit
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._filter: bytearray | None = None

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._values

    def get(self, key: Hashable) -> V | None:
        """The key's value, or None when it was not put or is forgotten."""
        return self._values.get(key)

    def put(self, key: Hashable, value: V) -> None:
        """Remembers the value, and forgets the key that was put longest ago."""
        values = self._values
        values[key] = value
        values.move_to_end(key)
        if len(values) > self._limit:
            self._forget(values.popitem(last=False)[0])

    def forgotten(self, key: Hashable) -> bool:
        """Whether the key may have been put, and is not remembered."""
        found = self._filter
        if found is None or key in self._values:
            return False
        return all(found[place >> 3] & 1 << (place & 7) for place in _places(key))

    def _forget(self, key: Hashable) -> None:
        if self._filter is None:
            self._filter = bytearray(_BITS >> 3)
        for place in _places(key):
            self._filter[place >> 3] |= 1 << (place & 7)


def _places(key: Hashable) -> Iterator[int]:
    # not hash(): its values for bytes and texts differ from run to run, and so would the findings
    digest = blake2b(repr(key).encode("utf-8", "surrogatepass"), digest_size=16).digest()
    for at in _PARTS:
        yield int.from_bytes(digest[at : at + 4], "little") % _BITS
