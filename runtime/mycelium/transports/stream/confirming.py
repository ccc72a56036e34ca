"""How far a subscribers' process has come, so that what dies with it can be counted.

What is in the sockets and mailboxes of a process that is killed is lost, and nobody is left there
who could tell. So it says now and then how many messages of a connection it has handled, and the
publishers' process counts what it had sent beyond that: it was lost, or handled just before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from mycelium.transports import Lane


class Progress:
    """The subscribers' end of a connection: how many messages came, by type."""

    __slots__ = ("_came", "_checkpoint", "_said")

    def __init__(self) -> None:
        self._came: Counter[int] = Counter()
        self._said: Mapping[int, int] = {}
        self._checkpoint: tuple[Mapping[int, int], list[Callable[[], bool]]] | None = None

    @property
    def open(self) -> bool:
        """Whether more has come than was said to be handled."""
        return self._came != self._said

    def came(self, type_id: int, count: int = 1) -> None:
        """So many messages were taken."""
        self._came[type_id] += count

    def handled(self, lanes: Iterable[Lane]) -> Mapping[int, int] | None:
        """How many messages were handled, if there is any news of that."""
        if self._checkpoint is None:
            if not self.open:
                return None
            self._checkpoint = dict(self._came), [lane.checkpoint() for lane in lanes]
        counts, reached = self._checkpoint
        if not all(is_reached() for is_reached in reached):
            return None
        self._checkpoint, self._said = None, counts
        return counts


class Sent:
    """The publishers' end: what one connection was given, by type.

    ``given`` tells how many messages of a type were ever given to the process, those that wait
    included; ``waiting`` has how many of each wait.
    """

    __slots__ = ("_before", "_given", "_handled")

    def __init__(self, given: Callable[[int], int]) -> None:
        self._given = given
        self._before: dict[int, int] = {}
        self._handled: Mapping[int, int] = {}

    def begin(self, types: Iterable[int], waiting: Mapping[int, int]) -> None:
        """A connection begins, and gets messages of these types."""
        self._before = {t: self._given(t) - waiting.get(t, 0) for t in types}
        self._handled = {}

    def change(self, types: Iterable[int]) -> None:
        """From now on it gets messages of these types."""
        self._before = {
            t: self._before.get(t, self._given(t) - self._handled.get(t, 0)) for t in types
        }

    def confirm(self, handled: Mapping[int, int]) -> None:
        """The process has handled so many."""
        self._handled = handled

    def unconfirmed(self, waiting: Mapping[int, int]) -> Mapping[int, int]:
        """What was sent and not confirmed: at most so many are lost if the process is gone."""
        found = {
            t: self._given(t) - waiting.get(t, 0) - before - self._handled.get(t, 0)
            for t, before in self._before.items()
        }
        return {t: count for t, count in found.items() if count > 0}
