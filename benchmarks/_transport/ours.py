"""Ours: a bus for each process, and the transport of their topology."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from _transport.load import Figures, Gauge, Load, bench, messages, rest_of
from mycelium import transports
from mycelium.bus import Bus
from mycelium.service import Service
from mycelium.supervisor import Supervisor
from mycelium.topology import Address, LinkKind, Mode, Nats, ProcessPlan, Tls, Topology
from mycelium.worker import Worker

_PUBLISHER, _SUBSCRIBER = "feeder", "taker"


def _topology(load: Load, process: str) -> Topology:
    kind = load.contestant.partition("+")[0]
    folder = Path(load.address)
    port = int((folder / "port").read_text("ascii"))
    tls = None
    if load.contestant.endswith("+tls"):
        tls = Tls(
            ca=folder / "ca.pem",
            certificate=folder / f"{process}.pem",
            key=folder / f"{process}.key",
        )
    return Topology(
        mode=Mode.DISTRIBUTED,
        transport=LinkKind(kind),
        tls=tls,
        nats=Nats(
            url=f"nats://127.0.0.1:{port}",
            jetstream=load.contestant.endswith("+jetstream"),
            stream="bench",
        ),
        processes=(
            ProcessPlan(
                name=_PUBLISHER,
                services=(_PUBLISHER,),
                unix=folder / "socket",
                tcp=Address("127.0.0.1", port),
            ),
            ProcessPlan(name=_SUBSCRIBER, services=(_SUBSCRIBER,)),
        ),
    )


def _bus(load: Load, process: str) -> Bus:
    manifest = bench("manifest").MANIFEST
    if load.contestant == "local":
        return Bus(manifest)
    return Bus(manifest, transport=transports.of(_topology(load, process), process, manifest))


async def publish(load: Load) -> None:
    """The publishers' process."""
    async with _bus(load, _PUBLISHER) as bus:
        await _until_subscribed(bus)
        await _send(load, bus)


async def subscribe(load: Load) -> Figures:
    """The subscribers' process."""
    async with _bus(load, _SUBSCRIBER) as bus:
        if load.contestant.endswith("+jetstream"):
            return await _receive_as_service(load, bus)
        return await _receive(load, bus)


async def both(load: Load) -> Figures:
    """Publisher and subscriber in one process."""
    async with _bus(load, "") as bus:
        receiving = asyncio.create_task(_receive(load, bus))
        await asyncio.sleep(0)
        await _send(load, bus)
        return await receiving


async def _until_subscribed(bus: Bus) -> None:
    """The observer is no service that the topology could name, so it is looked for here."""
    quote = bench("messages").Quote
    route = bus.transport.links(7, quote)
    while not route:  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(0.001)


async def _send(load: Load, bus: Bus) -> None:
    quote = bench("messages").Quote
    send: Any = bus.publisher(quote).publish
    rest = rest_of(load)
    for message in messages(load, quote):
        await send(message)
        if rest is not None:
            await rest()


async def _receive(load: Load, bus: Bus) -> Figures:
    quote = bench("messages").Quote
    gauge = Gauge(load)
    got = gauge.got
    done = asyncio.Event()

    async def on_quote(message: Any) -> None:
        if got(message.exchange_time):
            done.set()

    bus.subscribe(quote, on_quote)
    await done.wait()
    return gauge.figures()


async def _receive_as_service(load: Load, bus: Bus) -> Figures:
    """JetStream keeps what it has for services alone."""
    gauge = Gauge(load)
    got = gauge.got
    done = asyncio.Event()
    spec = bus.manifest.service(_SUBSCRIBER)

    class Taker(Service):
        SPEC = spec
        HANDLERS = {bench("messages").Quote: "on_quote"}  # noqa: RUF012 - as generated code has it

        async def on_quote(self, message: Any) -> None:
            if got(message.exchange_time):
                done.set()

    supervisor = Supervisor(bus, [Worker(bus, spec, lambda: Taker({}), 1024)])
    await supervisor.start()
    await done.wait()
    await supervisor.stop()
    return gauge.figures()
