"""What comes from other processes: who may say it is checked, then it is judged and delivered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from mycelium.counters import Tally
from mycelium.envelope import Envelope
from mycelium.protocol.message import Message
from mycelium.retention import Retention
from mycelium.sequences import Track, Verdict
from mycelium.transports import Entrance, Link, Put

_TAKEN: Final = Put.TAKEN
_MANY: Final = 1 << 16


class DeliveryLane:
    """The way of one source's messages of one type to the subscribers in this process."""

    __slots__ = ("_inlets", "_retention", "_tally", "_watchers", "track")

    def __init__(
        self,
        inlets: Sequence[Entrance],
        watchers: Sequence[Callable[[Envelope], None]],
        retention: Retention | None,
        tally: Tally,
    ) -> None:
        self._inlets = inlets
        self._watchers = watchers
        self._retention = retention
        self._tally = tally
        self.track = Track()

    @property
    def free(self) -> int:
        """How many envelopes `take_all` may get now: none while somebody watches."""
        if self._watchers:
            return 0
        return min((inlet.free for inlet in self._inlets), default=_MANY)

    def take_all(self, envelopes: list[Envelope]) -> None:
        """As `take` of each; all at once if they follow what was before, as they mostly do."""
        if self.admit_all(envelopes):
            for inlet in self._inlets:
                inlet.put_all(envelopes)
        else:
            for each in envelopes:
                self.take(each)

    def take(self, envelope: Envelope) -> list[tuple[Link, Put]] | None:
        """Judges, counts and delivers; the links that were in trouble, if any was."""
        track = self.track
        # what is almost always so is checked here, because a call would cost as much as the rest
        if envelope.sequence == track.sequence + 1 and envelope.timestamp > track.timestamp:
            track.sequence += 1
            track.timestamp = envelope.timestamp
            self._tally.published += 1
        elif not self._judge(envelope):
            return None
        if self._watchers:
            for watch in tuple(self._watchers):  # a tap may close itself meanwhile
                watch(envelope)
        troubled: list[tuple[Link, Put]] | None = None
        for link in self._inlets:
            outcome = link.put(envelope)
            if outcome is not _TAKEN:
                troubled = troubled or []
                troubled.append((link, outcome))
        return troubled

    def checkpoint(self) -> Callable[[], bool]:
        """What tells later whether all that has been taken until now was handled."""
        reached = [inlet.checkpoint() for inlet in self._inlets]
        return lambda: all(is_reached() for is_reached in reached)

    def admit(self, envelope: Envelope) -> bool:
        """Judges and counts as `take` does; whether the caller is to deliver it."""
        track = self.track
        if envelope.sequence == track.sequence + 1 and envelope.timestamp > track.timestamp:
            track.sequence += 1
            track.timestamp = envelope.timestamp
            self._tally.published += 1
        elif not self._judge(envelope):
            return False
        for watch in tuple(self._watchers):
            watch(envelope)
        return True

    def admit_all(self, envelopes: list[Envelope]) -> bool:
        """As `admit` of each, if all are to be delivered; False, and nothing done, if in doubt."""
        track, first, last = self.track, envelopes[0], envelopes[-1]
        if (
            self._watchers
            or first.sequence != track.sequence + 1
            or first.timestamp <= track.timestamp
        ):
            return False
        track.sequence, track.timestamp = last.sequence, last.timestamp
        self._tally.published += len(envelopes)
        return True

    def take_retained(self, envelope: Envelope) -> list[tuple[Link, Put]] | None:
        """Delivers a last value, marked as such, unless it is known here already.

        It is not judged: what came before and after it was not asked for.
        """
        if self._retention is None or not self._retention.renew(envelope):
            return None
        marked = envelope.as_retained()
        outcomes: list[tuple[Link, Put]] = [(link, link.put(marked)) for link in self._inlets]
        return outcomes if any(outcome for _, outcome in outcomes) else None

    def _judge(self, envelope: Envelope) -> bool:
        tally = self._tally
        verdict, missed = self.track.judge(envelope.sequence, envelope.timestamp)
        if verdict is Verdict.REPEAT:
            tally.repeats += 1
            return False
        tally.published += 1
        if verdict is Verdict.GAP:
            tally.gaps += 1
            tally.missed += missed
        elif verdict is Verdict.RESTART:
            tally.restarts += 1
        elif verdict is Verdict.LATE:
            tally.lates += 1
        return True


class RefusingLane:
    """Lets nothing in."""

    __slots__ = ("_publisher", "_refuse", "_why")

    def __init__(
        self, publisher: str, why: str, refuse: Callable[[str, str, bytes, str], None]
    ) -> None:
        self._publisher = publisher
        self._why = why
        self._refuse = refuse

    @property
    def free(self) -> int:
        """None: each is refused alone."""
        return 0

    def take_all(self, envelopes: list[Envelope]) -> None:
        """Refuses."""
        for envelope in envelopes:
            self.take(envelope)

    def take(self, envelope: Envelope) -> None:
        """Refuses."""
        name = type(envelope.message).__name__
        self._refuse(self._publisher, name, _frame(envelope), self._why)

    def checkpoint(self) -> Callable[[], bool]:
        """Nothing is left to do."""
        return lambda: True

    def admit(self, envelope: Envelope) -> bool:
        """Refuses."""
        self.take(envelope)
        return False

    def admit_all(self, envelopes: list[Envelope]) -> bool:
        """Each is refused alone."""
        return False

    def take_retained(self, envelope: Envelope) -> None:
        """Refuses."""
        self.take(envelope)


def may_not_publish(publisher: str, message: type[Message]) -> str:
    """Why a lane of what the manifest does not declare is closed."""
    return f"{publisher} may not publish {message.__name__}"


def _frame(envelope: Envelope) -> bytes:
    try:
        return envelope.to_frame()
    except Exception:  # noqa: BLE001 - this reports an offence and must not raise an error
        return b""
