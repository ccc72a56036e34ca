"""Taps: the frames of messages as they are published, for recorders."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from mycelium.envelope import Envelope
from mycelium.outlet import Watcher

FrameSink: TypeAlias = Callable[[bytes], None]

_LOG: Final = logging.getLogger("mycelium.tap")


class Tap:
    """Hands frames to a sink until it is closed; ``error`` is what the sink raised, if it did.

    ``behind`` is how many watchers of each place come first: those that may refuse a message.
    """

    __slots__ = ("_behind", "_places", "_sink", "error")

    def __init__(
        self, sink: FrameSink, places: Sequence[list[Watcher]], *, behind: int = 0
    ) -> None:
        self._sink = sink
        self._places = places
        self._behind = behind
        self.error: Exception | None = None

    def open(self) -> None:
        """Starts. Taps come before retention: what cannot be encoded must not be retained."""
        for watchers in self._places:
            watchers.insert(self._behind, self._see)

    def close(self) -> None:
        """Ends; closing twice is fine."""
        for watchers in self._places:
            watchers.remove(self._see)
        self._places = ()

    def _see(self, envelope: Envelope) -> None:
        frame = envelope.to_frame()  # an error here is the publisher's
        try:
            self._sink(frame)
        except Exception as error:  # noqa: BLE001 - whatever it is, publishers must not pay for it
            self.error = error
            self.close()
            _LOG.error("tap closed, its sink failed", exc_info=error)
