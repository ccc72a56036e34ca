"""What is known of each source's streams: restarts, and whether frames of them are missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from mycelium.envelope import Envelope
from mycelium.protocol.message import Message
from mycelium.sequences import Track, Verdict

Whole: TypeAlias = Callable[[int, type[Message]], bool]


class Streams:
    """One stream is the frames of a source and a message type.

    ``whole`` answers for what is seen whether a stream has all its frames; without it that is
    judged by what came so far: the first frame seen was sequence 1, and no gap followed. A frame
    that comes late does not fill its gap, because it cannot be told from one that comes twice.
    """

    __slots__ = ("_born", "_epochs", "_missed", "_tracks", "_whole")

    def __init__(self, whole: Whole | None = None) -> None:
        self._whole = whole
        self._born: set[int] = set()
        self._tracks: dict[tuple[int, type[Message]], Track] = {}
        self._missed: dict[tuple[int, type[Message]], int] = {}
        self._epochs: dict[int, tuple[int, int]] = {}

    def born(self, source: int) -> None:
        """Says that the source runs here: all that it sends is seen, in order, from its start."""
        self._born.add(source)

    def take(self, envelope: Envelope) -> Verdict:
        """Notes the frame; asked again about the same one it says that it is a repeat."""
        source, sequence = envelope.source, envelope.sequence
        if source in self._born:
            return Verdict.IN_ORDER
        stream = (source, type(envelope.message))
        track = self._tracks.get(stream)
        if track is None:
            track = self._tracks[stream] = Track()
        before = track.timestamp
        verdict, missed = track.judge(sequence, envelope.timestamp)
        if verdict is Verdict.FIRST:
            self._missed[stream] = sequence - 1
        elif verdict is Verdict.GAP:
            self._missed[stream] += missed
        elif verdict is Verdict.RESTART:
            self._missed[stream] += sequence - 1
            self._restart(source, before, envelope.timestamp)
        return verdict

    def epoch(self, source: int) -> int:
        """How many restarts of the source were seen."""
        return self._epochs.get(source, (0, 0))[0]

    def whole(self, source: int, message: type[Message]) -> bool:
        """Whether every frame of the stream so far has been seen."""
        if source in self._born:
            return True
        if self._whole is not None:
            return self._whole(source, message)
        return self._missed.get((source, message), 1) == 0

    def visible(self, source: int, message: type[Message]) -> bool:
        """Whether frames of the stream are seen here at all."""
        if source in self._born or (source, message) in self._missed:
            return True
        return self._whole is not None and self._whole(source, message)

    def missed(self, source: int, message: type[Message]) -> int:
        """How many frames of the stream were not seen."""
        return self._missed.get((source, message), 0)

    def _restart(self, source: int, before: int, timestamp: int) -> None:
        """Begins an epoch, unless another stream of the source began it already."""
        epoch, since = self._epochs.get(source, (0, 0))
        if before >= since:
            self._epochs[source] = (epoch + 1, timestamp)
