"""Which streams a recording holds, and whether all their frames are in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mycelium.protocol.frame import HEADER_SIZE, TLV_HEADER_SIZE
from mycelium.protocol.stream import RawFrame
from mycelium.sequences import Track, Verdict


class _Life:
    """The frames of one stream from one start of its source to the next."""

    __slots__ = ("count", "highest", "total")

    def __init__(self) -> None:
        self.count = self.highest = self.total = 0

    def add(self, sequence: int) -> None:
        self.count += 1
        self.total += sequence
        self.highest = max(self.highest, sequence)

    @property
    def whole(self) -> bool:
        """Whether every sequence from 1 on came once, in whatever order."""
        highest = self.highest
        return self.count == highest and self.total == highest * (highest + 1) // 2


class _Stream:
    __slots__ = ("broken", "frames", "life", "track")

    def __init__(self) -> None:
        self.track = Track()
        self.life = _Life()
        self.broken = False
        self.frames = 0

    def add(self, sequence: int, timestamp: int) -> None:
        self.frames += 1
        verdict, _ = self.track.judge(sequence, timestamp)
        if verdict is Verdict.REPEAT:
            return
        if verdict is Verdict.RESTART:
            self.broken = self.broken or not self.life.whole
            self.life = _Life()
        self.life.add(sequence)


class Census:
    """The streams of a recording: what a first reading of it is for."""

    __slots__ = ("_streams", "frames")

    def __init__(self, frames: Iterable[RawFrame]) -> None:
        self.frames = 0
        self._streams: dict[tuple[int, int], _Stream] = {}
        for raw in frames:
            self.frames += 1
            header = raw.header
            for type_id in _type_ids(raw.data):
                stream = self._streams.setdefault((header.source, type_id), _Stream())
                stream.add(header.sequence, header.timestamp)

    def count(self, source: int, type_id: int) -> int:
        """How many frames of the stream there are."""
        stream = self._streams.get((source, type_id))
        return 0 if stream is None else stream.frames

    def whole(self, source: int, type_id: int) -> bool:
        """Whether the stream is there, from its first frame on, and no frame of it is missing."""
        stream = self._streams.get((source, type_id))
        return stream is not None and not stream.broken and stream.life.whole

    def streams(self) -> Iterator[tuple[int, int]]:
        """Source and type id of every stream."""
        return iter(self._streams)


def _type_ids(data: bytes) -> Iterator[int]:
    """The type ids of a frame's TLVs, as far as they can be read."""
    at, end = HEADER_SIZE, len(data)
    while end - at >= TLV_HEADER_SIZE:
        yield int.from_bytes(data[at : at + 2], "little")
        at += TLV_HEADER_SIZE + int.from_bytes(data[at + 4 : at + 8], "little")
