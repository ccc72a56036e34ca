"""The parts of the NATS transport that need no server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import ClassVar

import pytest

pytest.importorskip("nats", reason="needs: python -m pip install 'torq-gen[nats]'")

from nats.aio.msg import Msg
from nats.errors import ConnectionClosedError

from mycelium.bus import Bus
from mycelium.envelope import Envelope
from mycelium.manifest import OnFull
from mycelium.protocol.errors import DecodeError
from mycelium.transports import Put
from mycelium.transports.nats import control
from mycelium.transports.nats.control import SCHEMA_HEADER
from mycelium.transports.nats.feeds import Feed, LastValues
from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.links import Taker
from mycelium.transports.nats.outbox import Outbox
from mycelium.transports.nats.reading import Reader, frames_of, schema_header
from mycelium.transports.nats.subjects import Subjects, last_token, token
from mycelium.transports.nats.window import Window
from tests.unit.mycelium.helpers import FEED, Pair, Tick, asynchronous, manifest


class Order(Pair, frozen=True, gc=False):
    TOPIC: ClassVar[str] = "orders.created"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("market-data", "market-data"),
        ("polygon_adapter", "polygon_adapter"),
        ("_all", "%5Fall"),
        ("orders.created", "orders%2Ecreated"),
        ("a*b>c d", "a%2Ab%3Ec%20d"),
        ("50%", "50%25"),
        ("é", "%C3%A9"),
        ("", "%"),
    ],
)
def test_a_token_holds_any_name(name: str, found: str) -> None:
    assert token(name) == found


def test_subjects_say_system_topic_message_and_service() -> None:
    subjects = Subjects("torq")
    assert subjects.message(Order, "shop") == "torq.orders%2Ecreated.Order.shop"
    assert subjects.message(Tick, "*") == "torq.messages.Tick.*"
    assert subjects.last("strategies", "*") == "torq._last.strategies.*"
    assert subjects.all("*") == "torq._all.*"
    assert subjects.one("a.b", "*") == "torq._one.a%2Eb.*"
    assert subjects.give("brain") == "torq._give.brain"
    assert last_token("torq.messages.Tick.feed") == "feed"


def test_a_payload_is_cut_into_its_frames() -> None:
    frames = [Tick(n, n).to_frame(source=1, sequence=n, timestamp=n) for n in range(1, 4)]
    assert frames_of(b"".join(frames)) == frames
    assert frames_of(frames[0]) == frames[:1]
    assert frames_of(b"".join(frames) + b"rest") == [*frames, b"rest"]
    assert frames_of(frames[0] + frames[1][:40]) == [frames[0], frames[1][:40]]
    assert frames_of(b"\0" * 100) == [b"\0" * 100]
    assert frames_of(b"") == [b""]


def test_a_window_forgets_by_time_and_by_number() -> None:
    now = 0.0
    window = Window(10.0, 2, lambda: now)
    window.add((1, 16, 1, 1))
    now = 10.0
    assert (1, 16, 1, 1) in window
    now = 10.5
    assert (1, 16, 1, 1) not in window
    for sequence in (2, 3, 4):
        window.add((1, 16, sequence, 1))
    assert (1, 16, 2, 1) not in window
    assert (1, 16, 3, 1) in window
    assert (1, 16, 4, 1) in window


def test_the_window_of_large_frames_is_small() -> None:
    limits = NatsLimits(window_frames=100, window_bytes=1000)
    assert [limits.window(size) for size in (1, 10, 100, 1000, 5000)] == [100, 100, 10, 1, 1]


def envelope(sequence: int) -> Envelope:
    return Envelope(Tick(sequence), 1, sequence, sequence)


def test_a_taker_is_behind_by_what_it_has_not_confirmed() -> None:
    taker = Taker("strategies", OnFull.BLOCK)
    assert [taker.send(envelope(n)) for n in (5, 6, 7)] == [1, 2, 3]
    taker.mark({1: 6, 2: 9})
    assert taker.behind(0)
    assert not taker.behind(1)
    taker.mark({1: 5})
    assert not taker.behind(1), "an older mark does not count"
    taker.mark({1: 900})
    assert taker.behind(0), "nobody can have taken what was not sent"
    taker.mark({1: 7})
    assert not taker.behind(0)


def test_only_a_silent_taker_that_somebody_waits_for_is_asked() -> None:
    taker = Taker("strategies", OnFull.BLOCK)
    taker.send(envelope(1))
    assert [taker.probe(), taker.probe()] == [False, True]
    assert taker.probed == {1: 1}
    taker.on_full = OnFull.DROP_OLDEST
    assert not taker.probe()


def test_controls_survive_the_way() -> None:
    said = control.Here("i", 3, {16: OnFull.BLOCK}, (17,), (17,), {16: ("ab",)}, asks=True)
    assert control.decode(control.encode(said)) == said


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"type":"x"}', b"[" * 9999])
def test_what_is_no_control_is_a_decode_error(data: bytes) -> None:
    with pytest.raises(DecodeError, match="a control"):
        control.decode(data)


def test_a_control_is_not_too_long() -> None:
    with pytest.raises(DecodeError, match="at most 262144 bytes"):
        control.decode(b" " * 300_000)


class Stuck:
    """A link that takes one message and then holds up."""

    subscriber = "brain"
    free = 0

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.may_go_on = asyncio.Event()

    def put(self, envelope: Envelope) -> Put:
        self.taken.append(envelope)
        return Put.HELD

    def put_all(self, envelopes: Sequence[Envelope]) -> None:
        raise NotImplementedError

    async def room(self) -> None:
        await self.may_go_on.wait()

    def checkpoint(self) -> Callable[[], bool]:
        return self.may_go_on.is_set


@asynchronous
async def test_a_publisher_that_does_not_wait_costs_bounded_memory() -> None:
    bus = Bus(manifest())
    reader = Reader(bus, 1000)
    lost: list[int] = []
    feed = Feed(
        Tick,
        FEED,
        reader,
        LastValues(bus, reader),
        NatsLimits(window_frames=5),
        admit=lambda _: True,
        marked=lambda *_: None,
        lost=lambda _, count: lost.append(count),
    )
    link = Stuck()
    feed.links = [link]
    for number in range(1, 101):
        frame = Tick(number).to_frame(source=1, sequence=number, timestamp=number)
        headers = {SCHEMA_HEADER: schema_header(Tick)}
        await feed.on_message(Msg(None, subject="x", data=frame, headers=headers))  # type: ignore[arg-type]
    assert len(link.taken) == 1
    assert sum(lost) == 100 - 1 - 21
    assert feed.handled() == 0
    link.may_go_on.set()
    assert feed.handled() == 1
    await feed.drained()
    assert len(link.taken) == 22
    assert [feed.handled(), feed.handled()] == [22, 0]
    await feed.close()


@asynchronous
async def test_a_server_that_goes_while_the_last_words_are_written_is_no_error() -> None:
    class Gone:
        asked = 0

        async def flush(self) -> None:
            self.asked += 1
            raise ConnectionClosedError

    client = Gone()
    outbox = Outbox(SimpleNamespace(client=client), NatsLimits())  # type: ignore[arg-type]
    await outbox.emptied()
    assert client.asked == 1
