"""The nats-server is killed and started again, and subscribers with it: what is lost is counted."""

from __future__ import annotations

import signal

import pytest

from tests.faults.conftest import MakeLab
from tests.faults.lab import LONG, Entry, Lab, seeded, until
from tests.transports.nats_servers import NatsServer, nats_server

pytestmark = pytest.mark.slow

RATE = 100
BEFORE = 20
RESTARTS = 2 if LONG else 1


def lab_on(lab: MakeLab, server: NatsServer, *, jetstream: bool) -> Lab:
    return lab(
        'transport = "nats"\nretry_secs = 0.5',
        f'[nats]\nurl = "{server.url}"\njetstream = {str(jetstream).lower()}\n',
        feeder={"rate": RATE},
    )


def goes_on(system: Lab, what: str) -> None:
    for service in ("relay", "taker", "sampler", "picker"):
        at = system.size(service)
        until(
            lambda s=service, n=at: system.size(s) > n + BEFORE,  # type: ignore[misc]
            f"{service} goes on after {what}",
        )


def entries(system: Lab, service: str) -> list[Entry]:
    return [entry for life in system.lives(service) for entry in life]


def last_arrives(system: Lab) -> None:
    last = system.last_fed()
    for service in ("relay", "taker", "sampler", "picker"):
        until(lambda s=service: last in entries(system, s)[-20:], f"the last at {service}")  # type: ignore[misc]


def test_a_restarted_server_loses_only_what_is_counted(lab: MakeLab) -> None:
    """NATS core: sent = received + missed."""
    seeded()
    with nats_server(lab().folder) as server:
        system = lab_on(lab, server, jetstream=False)
        with system.running() as running:
            goes_on(system, "the start")
            for _ in range(RESTARTS):
                server.stop(signal.SIGKILL)
                server.start()
                goes_on(system, "a restart of the server")
            last_arrives(system)
            sent = system.counts("feeder").of("published", "feeder")
            for service in ("relay", "sampler", "picker"):
                counts = system.counts(service)
                received = counts.of("received", "feeder")
                missed = counts.of("sequence_missed", "feeder")
                print(f"core, {service}: sent {sent}, received {received}, missed {missed}")
                assert received + missed == sent
                assert system.size(service) == received
            assert running.stop() == 0, running.said


def test_jetstream_loses_nothing_that_it_took(lab: MakeLab) -> None:
    """Each message is handled at least once; twice only around a death."""
    chance = seeded()
    with nats_server(lab().folder) as server:
        system = lab_on(lab, server, jetstream=True)
        with system.running() as running:
            goes_on(system, "the start")
            faults = ["server"] * RESTARTS
            if LONG:  # what was in hand at a death is given again after 15 s
                faults += ["taker", "relay"]
            chance.shuffle(faults)
            for fault in faults:
                if fault == "server":
                    server.stop(signal.SIGKILL)
                    server.start()
                else:
                    old = running.pids()[fault]
                    running.kill(fault)
                    until(lambda: running.pids().get(fault, old) != old, f"{fault} again")  # noqa: B023
                goes_on(system, f"{fault} was killed")
            last_arrives(system)
            sent = system.lives("feeder")[0]
            print(f"JetStream: {faults}, sent {len(sent)}")
            for service in ("relay", "taker"):
                until(lambda s=service: set(entries(system, s)) == set(sent), f"all at {service}")  # type: ignore[misc]
                twice = system.size(service) - len(sent)
                print(f"{service}: handled {system.size(service)}, twice {twice}")
                assert twice <= len(faults) - RESTARTS  # one is in flight to who dies
            for service in ("sampler", "picker"):  # what does not block is not kept, but counted
                counts, there = system.counts(service), system.counts("feeder")
                figures = {
                    "handled": system.size(service),
                    "missed": counts.of("sequence_missed", "feeder"),
                    "dropped": there.of("dropped", service),
                }
                print(f"{service}: {figures}")
                assert figures["handled"] + figures["missed"] == len(sent)
            assert running.stop() == 0, running.said
