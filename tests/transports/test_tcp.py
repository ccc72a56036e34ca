from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from mycelium.topology import Address, Topology
from tests.transports.streams import (
    FIRST,
    SECOND,
    StreamSuite,
    bus,
    free_port,
    subscribers,
    tcp_topology,
    until,
)
from tests.transports.suite import Reader
from tests.unit.mycelium.helpers import Tick, asynchronous, manifest, values


class TestTcp(StreamSuite):
    """Two processes over TCP of this machine."""

    def topologies(self, folder: Path) -> tuple[Topology, Topology]:
        plan = tcp_topology()
        return plan, plan


@asynchronous
async def test_a_process_is_found_at_the_address_where_it_runs_in_place_of_its_own() -> None:
    here, plan = Address("127.0.0.1", free_port()), tcp_topology()
    first = replace(plan.process(FIRST), standbys=(here,))
    known = replace(plan, processes=(first, plan.process(SECOND)))
    moved = replace(plan, processes=(replace(first, tcp=here), plan.process(SECOND)))
    reader = Reader()
    async with (
        bus(known, SECOND, manifest()) as subscribing,
        bus(moved, FIRST, manifest()) as publishing,
    ):
        reader.watch(subscribing, Tick)
        await subscribing.subscribed()
        await values(publishing, Tick, 3)
        await until(lambda: reader.numbers == [0, 1, 2])


@asynchronous
async def test_a_small_frame_never_waits_for_the_answer_to_the_one_before() -> None:
    plan = tcp_topology()
    async with bus(plan, FIRST, manifest()) as publishing, bus(plan, SECOND, manifest()) as there:
        Reader().watch(there, Tick)
        await there.subscribed()
        connections = [end.connection for end in subscribers(publishing)]
        transports = [end.transport for end in connections if end is not None]
        ends = [end.get_extra_info("socket") for end in transports if end is not None]
        assert ends
        assert all(end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for end in ends)


@asynchronous
async def test_every_address_of_a_host_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, found = tcp_topology(), socket.getaddrinfo
    nobody = free_port()

    def with_another(*args: object, **kinds: object) -> list[object]:
        rows: list[object] = list(found(*args, **kinds))  # type: ignore[arg-type]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", nobody)), *rows]

    async with bus(plan, FIRST, manifest()), bus(plan, SECOND, manifest()) as subscribing:
        monkeypatch.setattr(socket, "getaddrinfo", with_another)
        Reader().watch(subscribing, Tick)
        await subscribing.subscribed()
        assert subscribing.transport.counts()[FIRST] == {"connects": 1}


@asynchronous
async def test_a_host_that_cannot_be_one_is_said_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    plan = tcp_topology()
    first = replace(plan.process(FIRST), tcp=Address("x" * 70, 1))
    strange = replace(plan, processes=(first, plan.process(SECOND)), insecure=True)
    async with bus(strange, SECOND, manifest()) as subscribing:
        Reader().watch(subscribing, Tick)
        await until(lambda: bool(caplog.messages))
        dialer = next(task for task in asyncio.all_tasks() if task.get_name().endswith(FIRST))
        assert not dialer.done()
    assert caplog.messages[0].startswith(f"no connection to {FIRST} for now: ")
