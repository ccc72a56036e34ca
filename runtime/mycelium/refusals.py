"""What is not let in: counted, kept as dead letters, and said once a minute."""

from __future__ import annotations

import logging
from typing import Final

from mycelium.clock import Clock
from mycelium.counters import Counters
from mycelium.deadletters import DeadLetter, DeadLetters

REFUSED: Final = "refused"
"""Stands in dead letters where the name of the service is that did not handle the message."""

_LOG: Final = logging.getLogger("mycelium.bus")
_PAUSE_SECS: Final = 60.0
_PAIRS: Final = 1000
_LETTERS: Final = 100
_OTHERS: Final = ("others", "others")


class _Pair:
    """One publisher and message: when it was last told, and what came since."""

    __slots__ = ("since", "told")

    def __init__(self) -> None:
        self.told: float | None = None
        self.since = 0


class Refusals:
    """Refuses frames.

    Memory and disk are bounded, whoever sends: at most a thousand pairs of publisher and message
    are told apart, and a pair makes a hundred dead letters a minute; the rest is only counted.
    """

    __slots__ = ("_clock", "_counters", "_letters", "_pairs")

    def __init__(self, counters: Counters, letters: DeadLetters, clock: Clock) -> None:
        self._counters = counters
        self._letters = letters
        self._clock = clock
        self._pairs: dict[tuple[str, str], _Pair] = {}

    def refuse(self, publisher: str, message: str, frame: bytes, why: str) -> None:
        """Refuses one frame; ``why`` is a sentence without a full stop."""
        pair = self._pair(publisher, message)
        pair.since += 1
        now = self._clock.monotonic()
        if pair.told is None or now - pair.told >= _PAUSE_SECS:
            more = f" ({pair.since} frames since it was last said)" if pair.told is not None else ""
            _LOG.warning("%s: refused%s", why, more)
            pair.told = now
            pair.since = 1
        if pair.since <= _LETTERS:
            self._keep(message, frame, why)

    def _pair(self, publisher: str, message: str) -> _Pair:
        key = (publisher, message)
        if key not in self._pairs and len(self._pairs) >= _PAIRS:
            key = _OTHERS
        self._counters.tally(*key).refused += 1
        return self._pairs.setdefault(key, _Pair())

    def _keep(self, message: str, frame: bytes, why: str) -> None:
        letter = DeadLetter(REFUSED, why, self._clock.timestamp(), message, frame.hex())
        try:
            self._letters.add(letter)
        except OSError as failure:
            _LOG.error("dead letter not kept (%s): %s", failure, letter)
