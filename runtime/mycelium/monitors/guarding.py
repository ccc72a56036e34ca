"""What keeps frames of other processes out when they break a promise that is enforced."""

from __future__ import annotations

from collections.abc import Callable

from mycelium.envelope import Envelope
from mycelium.errors import BrokenPromiseError
from mycelium.transports import Lane, Link, Put


class GuardedLane:
    """A lane whose watchers may refuse a frame: it is counted, kept as a dead letter, and gone."""

    __slots__ = ("_lane", "_publisher", "_refuse")

    def __init__(
        self, lane: Lane, publisher: str, refuse: Callable[[str, str, bytes, str], None]
    ) -> None:
        self._lane = lane
        self._publisher = publisher
        self._refuse = refuse

    @property
    def free(self) -> int:
        """None: each is looked at alone."""
        return 0

    def take_all(self, envelopes: list[Envelope]) -> None:
        """As `take` of each."""
        for envelope in envelopes:
            self.take(envelope)

    def take(self, envelope: Envelope) -> list[tuple[Link, Put]] | None:
        """Judges, counts and delivers, unless a promise is broken."""
        try:
            return self._lane.take(envelope)
        except BrokenPromiseError as error:
            self._keep_out(envelope, error)
            return None

    def checkpoint(self) -> Callable[[], bool]:
        """As the lane's."""
        return self._lane.checkpoint()

    def admit(self, envelope: Envelope) -> bool:
        """Judges and counts as `take` does; whether the caller is to deliver it."""
        try:
            return self._lane.admit(envelope)
        except BrokenPromiseError as error:
            self._keep_out(envelope, error)
            return False

    def admit_all(self, envelopes: list[Envelope]) -> bool:
        """Each is looked at alone."""
        return False

    def take_retained(self, envelope: Envelope) -> list[tuple[Link, Put]] | None:
        """Delivers a last value; retained messages are not monitored."""
        return self._lane.take_retained(envelope)

    def _keep_out(self, envelope: Envelope, error: BrokenPromiseError) -> None:
        name = type(envelope.message).__name__
        self._refuse(self._publisher, name, envelope.to_frame(), str(error))
