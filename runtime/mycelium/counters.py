"""What the bus counts, per service and message."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one message at one service.

    At its publisher:

    - ``published``: given to the bus, or received from elsewhere
    - ``gaps``: jumps of the sequence; ``missed`` is how many frames they skipped
    - ``repeats``: frames seen before, not delivered again
    - ``restarts``: sequences that began anew
    - ``lates``: frames that came after a later one
    - ``refused``: frames of a source that may not publish them, not delivered

    At its subscriber:

    - ``handled``: handlers that returned; ``failed``: handlers that raised or were cancelled
    - ``dropped``: lost to a full mailbox, by ``on_full``
    - ``retained``: last values given to a late or restarted subscriber
    - ``dead``: dead letters
    - ``undelivered``: still waiting when the service was stopped or given up
    - ``unconfirmed``: sent to a process that died before it had said that they were handled: so
      many were lost, or handled just before
    """

    published: int = 0
    gaps: int = 0
    missed: int = 0
    repeats: int = 0
    restarts: int = 0
    lates: int = 0
    refused: int = 0
    handled: int = 0
    failed: int = 0
    dropped: int = 0
    retained: int = 0
    dead: int = 0
    undelivered: int = 0
    unconfirmed: int = 0


class Tally:
    """The counts while they change."""

    __slots__ = Counts.__struct_fields__

    published: int
    gaps: int
    missed: int
    repeats: int
    restarts: int
    lates: int
    refused: int
    handled: int
    failed: int
    dropped: int
    retained: int
    dead: int
    undelivered: int
    unconfirmed: int

    def __init__(self) -> None:
        for name in self.__slots__:
            setattr(self, name, 0)

    def counts(self) -> Counts:
        """The counts as they are now."""
        return Counts(**{name: getattr(self, name) for name in self.__slots__})


class Snapshot(msgspec.Struct, frozen=True):
    """All counts at one moment; ``rows`` by names of service and message."""

    rows: Mapping[tuple[str, str], Counts]
    crashes: Mapping[str, int]

    def of(self, service: str, message: str) -> Counts:
        """The counts of a message at a service; all zero when it was never seen there."""
        return self.rows.get((service, message), Counts())

    def total(self) -> Counts:
        """The sums over all services and messages."""
        names = Counts.__struct_fields__
        rows = self.rows.values()
        return Counts(**{name: sum(getattr(row, name) for row in rows) for name in names})


class Counters:
    """The tallies of one bus."""

    __slots__ = ("_crashes", "_tallies")

    def __init__(self) -> None:
        self._tallies: dict[tuple[str, str], Tally] = {}
        self._crashes: dict[str, int] = {}

    def tally(self, service: str, message: str) -> Tally:
        """The one tally of a message at a service."""
        key = (service, message)
        found = self._tallies.get(key)
        if found is None:
            found = self._tallies[key] = Tally()
        return found

    def crashed(self, service: str) -> None:
        """Counts a crash of the service."""
        self._crashes[service] = self._crashes.get(service, 0) + 1

    def snapshot(self) -> Snapshot:
        """The counts as they are now."""
        # a copy first: metrics are read by a thread of their own
        rows = {key: tally.counts() for key, tally in self._tallies.copy().items()}
        return Snapshot(MappingProxyType(rows), MappingProxyType(dict(self._crashes)))
