"""A process's instruments: off unless asked for, and on from its start to its end."""

from __future__ import annotations

import socket
from http.client import HTTPConnection
from typing import Any

import pytest
from msgspec.json import decode

from mycelium.errors import HealthAddressError
from mycelium.runner import ExitCode, Process
from mycelium.topology import MONOLITH, ProcessPlan, Topology, Tracing
from mycelium.topology.model import Address
from mycelium.worker import Worker
from tests.unit.mycelium.health.http_client import get
from tests.unit.mycelium.helpers import BRAIN, Tick, asynchronous, collecting, manifest, values


def process(**parts: Any) -> Process:
    health = parts.pop("health", None)
    plan = ProcessPlan(name=MONOLITH, services=("brain",), health=health)
    topology = Topology(processes=(plan,), **parts)
    return Process(manifest(), topology, {"brain": collecting(BRAIN, [])})


def free_address() -> Address:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return Address("127.0.0.1", server.getsockname()[1])


@asynchronous
async def test_health_readiness_and_metrics_are_served_while_the_process_runs() -> None:
    address = free_address()
    running = process(health=address)
    async with running:
        assert running.instruments.address == address
        await values(running.bus, Tick, 3, service="feed")
        await running.bus.idle()
        health = await get(address, "/health")
        ready = await get(address, "/ready")
        metrics = await get(address, "/metrics")
    ok = {"status": "ok", "process": "monolith", "problems": [], "services": {"brain": "running"}}
    assert (health.status, decode(health.body)) == (200, ok)
    assert (ready.status, decode(ready.body)) == (200, ok)
    assert 'mycelium_handled_total{message="Tick",service="brain"} 3.0\n' in metrics.body
    assert 'mycelium_handler_seconds_count{message="Tick",service="brain"} 3.0\n' in metrics.body
    assert running.instruments.address is None
    with pytest.raises(ConnectionRefusedError):
        await get(address, "/health")
    assert running.exit_code is ExitCode.CLEAN


@asynchronous
async def test_without_an_address_nothing_is_served_or_measured() -> None:
    running = process()
    worker: Worker = running.supervisor.workers["brain"]

    async def handler(_: object) -> None:
        pass

    async with running:
        assert running.instruments.address is None
        assert running.bus.around("brain", Tick, handler) is handler
    assert worker.spec is BRAIN


@asynchronous
async def test_an_address_in_use_keeps_the_process_from_starting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = Address("127.0.0.1", taken.getsockname()[1])
        running = process(health=address)
        with pytest.raises(HealthAddressError):
            await running.__aenter__()
    assert not running.supervisor.workers["brain"].started


@asynchronous
async def test_tracing_and_measuring_are_put_around_a_handler_together() -> None:
    seen: list[Any] = []

    async def handler(message: object) -> None:
        seen.append(message)

    address = free_address()
    running = process(health=address, tracing=Tracing(export="program"))
    async with running:
        assert running.bus.around("brain", Tick, handler) is not handler
        await values(running.bus, Tick, 2, service="feed")
        await running.bus.idle()
        metrics = await get(address, "/metrics")
    assert 'mycelium_handler_seconds_count{message="Tick",service="brain"} 2.0\n' in metrics.body


@asynchronous
async def test_a_process_whose_loop_is_stuck_is_still_heard() -> None:
    """This very request keeps the loop from turning."""
    address = free_address()
    async with process(health=address):
        client = HTTPConnection(*address, timeout=10)
        client.request("GET", "/health")
        assert client.getresponse().status == 200
        client.close()
