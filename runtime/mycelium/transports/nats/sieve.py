"""Whether a message that came is to be delivered, and that it is counted once."""

from __future__ import annotations

from collections.abc import Callable

from mycelium.envelope import Envelope
from mycelium.protocol.message import Message
from mycelium.transports import Lane, Port

Admit = Callable[[Envelope], bool]
AdmitAll = Callable[[list[Envelope]], bool]


def one_by_one(envelopes: list[Envelope]) -> bool:
    """An `AdmitAll` that is always in doubt."""
    return False


class Sieve:
    """Judges each message of this process once, whichever way it comes first."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._lanes: dict[tuple[int, type[Message]], Lane] = {}
        self._latest: dict[tuple[int, type[Message]], int] = {}

    def judged(self, envelope: Envelope) -> bool:
        """For a way on which everything comes in order: whether to deliver it."""
        return self._lane(envelope).admit(envelope)

    def judged_all(self, envelopes: list[Envelope]) -> bool:
        """`judged` of each of some that follow each other; False, and nothing done, if in doubt."""
        return self._lane(envelopes[0]).admit_all(envelopes)

    def once(self, envelope: Envelope) -> bool:
        """For one of several ways: whether to deliver it, judged unless it is known already."""
        key = (envelope.source, type(envelope.message))
        if envelope.timestamp <= self._latest.get(key, -1):
            return True
        self._latest[key] = envelope.timestamp
        return self._lane(envelope).admit(envelope)

    def unrepeated(self) -> Admit:
        """`once` for a way on which a message may follow itself: the second is dropped."""
        last = (-1, -1)

        def admit(envelope: Envelope) -> bool:
            nonlocal last
            this = (envelope.sequence, envelope.timestamp)
            repeated, last = this == last, this
            if repeated:
                publisher = self._port.manifest.source_name(envelope.source)
                name = type(envelope.message).__name__
                self._port.counters.tally(publisher, name).repeats += 1
            return not repeated and self.once(envelope)

        return admit

    def _lane(self, envelope: Envelope) -> Lane:
        key = (envelope.source, type(envelope.message))
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = self._port.lane(*key)
        return lane
