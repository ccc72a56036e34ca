"""kill -9 of every process at random points: what may be lost is lost at a death, nothing else."""

from __future__ import annotations

import time

import pytest

from tests.faults.conftest import MakeLab
from tests.faults.lab import Entry, Lab, Running, seeded, until
from tests.faults.lab_source import SERVICES

pytestmark = pytest.mark.slow

RATE = 800
"""So that what waits for a process until it counts as away is less than what may wait for it."""
ROOMY = "[mailboxes]\nsampler = 1000000\npicker = 1000000"
"""Nobody drops or refuses for want of room on a slow machine: that would be no loss at a death."""
BEFORE = 150
"""So many messages at least between a process that serves again and the next kill."""


def lost_ranges(sent: list[Entry], got: list[Entry]) -> list[list[Entry]]:
    """What was sent and not got, in runs without anything got between."""
    have = set(got)
    ranges: list[list[Entry]] = []
    fresh = True
    for entry in sent:
        if entry in have:
            fresh = True
        elif fresh:
            ranges.append([entry])
            fresh = False
        else:
            ranges[-1].append(entry)
    return ranges


def ledgers(lab: Lab, service: str) -> tuple[list[Entry], int]:
    lives = lab.lives(service)
    return [entry for life in lives for entry in life], len(lives)


def serves_again(lab: Lab, running: Running, process: str, old: int) -> None:
    """Waits until the killed process and everybody behind it have got further."""
    until(lambda: running.pids().get(process, old) != old, f"{process} again")
    for service in SERVICES:
        at = lab.size(service)
        until(
            lambda s=service, n=at: lab.size(s) > n + BEFORE,  # type: ignore[misc]
            f"{service} goes on after {process} was killed",
        )


def test_what_is_lost_is_lost_at_a_death(lab: MakeLab, port: int) -> None:
    """Each loss on a way ends where one of its two processes began a new life."""
    chance = seeded()
    transport = chance.choice(["unix", "tcp"])
    deployment = f'transport = "{transport}"\ntcp = "127.0.0.1:{port}"'
    system = lab(deployment, tables=ROOMY, feeder={"rate": RATE})
    victims = list(SERVICES)
    chance.shuffle(victims)
    with system.running() as running:
        until(lambda: system.size("taker") > BEFORE, "the first messages at the end of the way")
        for victim in victims:
            time.sleep(chance.uniform(0, 0.2))  # the point is random; nothing waits for it
            old = running.pids()[victim]
            running.kill(victim)
            serves_again(system, running, victim, old)
        last = system.last_fed()
        until(lambda: system.last("taker") == last, "the last message at the end of the way")
        for service in ("sampler", "picker"):
            until(lambda s=service: system.last(s) == last, f"the last message at {service}")  # type: ignore[misc]
        assert running.stop() == 0, running.said
    for publisher, subscriber in (
        ("feeder", "relay"),
        ("relay", "taker"),
        ("feeder", "sampler"),
        ("feeder", "picker"),
    ):
        sent, births = ledgers(system, publisher)
        got, rebirths = ledgers(system, subscriber)
        ranges = lost_ranges(sent, got)
        print(
            f"{transport} {publisher} -> {subscriber}: sent {len(sent)}, got {len(got)}, "
            f"lost {[len(r) for r in ranges]}, lives {births} and {rebirths}"
        )
        assert len(set(got)) == len(got), "nothing twice"
        assert got == sorted(got), "in order"
        assert len(ranges) <= births - 1 + rebirths - 1
        ends = {life[-1] for life in system.lives(publisher)[:-1]}
        begins = {life[0] for life in system.lives(subscriber)[1:]}
        following = dict(zip(sent, [*sent[1:], None], strict=True))
        for lost in ranges:
            assert lost[-1] in ends or following[lost[-1]] in begins


def test_what_dies_with_a_subscriber_is_counted_by_its_publisher(lab: MakeLab) -> None:
    """Nobody else is left who could: what it had not confirmed was lost, or handled just before."""
    chance = seeded()
    system = lab(tables=ROOMY, feeder={"rate": RATE})
    ways = {"sampler": "feeder", "picker": "feeder", "taker": "relay"}
    with system.running() as running:
        until(lambda: system.size("taker") > BEFORE, "the first messages at the end of the way")
        for victim in ways:
            time.sleep(chance.uniform(0, 0.2))
            old = running.pids()[victim]
            running.kill(victim)
            serves_again(system, running, victim, old)
        last = system.last_fed()
        for victim in ways:
            until(lambda s=victim: system.last(s) == last, f"the last message at {victim}")  # type: ignore[misc]
        for victim, publisher in ways.items():
            message = "Passed" if publisher == "relay" else "Quote"
            counts = system.counts(publisher)
            counted = counts.of("unconfirmed", victim, message)
            dropped = counts.of("dropped", victim, message)  # while it was being started again
            lost = system.size(publisher) - system.size(victim)
            print(f"{publisher} -> {victim}: lost {lost}, dropped {dropped}, counted {counted}")
            assert 0 <= lost - dropped <= counted
        assert running.stop() == 0, running.said
