"""What is known of streams: wholeness decides what may be called a breach."""

from __future__ import annotations

from mycelium.envelope import Envelope
from mycelium.monitors.census import Census
from mycelium.monitors.streams import Streams
from mycelium.protocol.stream import ResyncReader
from mycelium.sequences import Verdict
from tests.unit.mycelium.helpers import Meta, Tick


def frame(sequence: int, timestamp: int, *, source: int = 1) -> Envelope:
    return Envelope(Tick(1), source, sequence, timestamp)


def seen(*frames: tuple[int, int]) -> Streams:
    streams = Streams()
    for sequence, timestamp in frames:
        streams.take(frame(sequence, timestamp))
    return streams


def test_a_stream_is_whole_from_its_first_frame_until_a_gap() -> None:
    assert seen((1, 1), (2, 2)).whole(1, Tick)
    assert not seen((2, 1), (3, 2)).whole(1, Tick)
    assert not seen((1, 1), (3, 2)).whole(1, Tick)
    assert not seen((1, 1), (3, 2), (2, 1)).whole(1, Tick), (
        "it may be another frame that came twice"
    )
    assert not seen((1, 1)).whole(1, Meta), "of which none was seen"


def test_gaps_are_counted_over_restarts() -> None:
    assert seen((1, 1), (4, 2), (1, 3), (2, 4)).missed(1, Tick) == 2
    assert seen((5, 1), (3, 2)).missed(1, Tick) == 4 + 2


def test_what_runs_here_is_whole_without_being_seen() -> None:
    streams = Streams()
    streams.born(1)
    assert streams.whole(1, Meta)
    assert streams.visible(1, Meta)
    assert streams.take(frame(7, 5)) is Verdict.IN_ORDER
    assert streams.take(frame(7, 9)) is Verdict.IN_ORDER, "an envelope that nobody got comes again"
    assert streams.epoch(1) == 0


def test_each_restart_of_a_source_is_one_epoch_for_all_its_streams() -> None:
    streams = Streams()
    for time in (1, 2):
        streams.take(Envelope(Tick(1), 1, time, 2 * time))
        streams.take(Envelope(Meta(1), 1, time, 2 * time + 1))
    streams.take(Envelope(Meta(1), 1, 1, 10))
    assert streams.epoch(1) == 1
    streams.take(Envelope(Tick(1), 1, 1, 11))
    assert streams.epoch(1) == 1, "the same restart"
    streams.take(Envelope(Tick(1), 1, 1, 12))
    assert streams.epoch(1) == 2


def census(*frames: tuple[int, int], source: int = 1) -> Census:
    data = b"".join(frame(s, t, source=source).to_frame() for s, t in frames)
    return Census(ResyncReader().feed(data))


def test_a_recorded_stream_is_whole_when_every_frame_is_there_in_whatever_order() -> None:
    for whole in (((1, 1),), ((2, 2), (1, 1)), ((1, 1), (3, 3), (2, 2)), ((1, 1), (2, 2), (1, 3))):
        assert census(*whole).whole(1, 16), whole
    for other in (((2, 2),), ((1, 1), (3, 3)), ((1, 1), (3, 3), (1, 4)), ((1, 1), (3, 3), (1, 1))):
        assert not census(*other).whole(1, 16), other


def test_a_census_counts_the_frames_of_each_stream() -> None:
    found = census((1, 1), (2, 2), (2, 2))
    assert (found.frames, found.count(1, 16), found.count(1, 17), found.count(2, 16)) == (
        3,
        3,
        0,
        0,
    )
    assert list(found.streams()) == [(1, 16)]
    assert not found.whole(2, 16)
