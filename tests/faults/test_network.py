"""A network that cuts, corrupts, repeats and reorders: every loss is counted, nothing hangs."""

from __future__ import annotations

import pytest

from tests.faults.conftest import MakeLab
from tests.faults.lab import LONG, Counts, seeded, until
from tests.faults.network import FAULTS, Network

pytestmark = pytest.mark.slow

RATE = 2000
FAULTS_OF_EACH = 20 if LONG else 5


def seen(counts: Counts, what: str) -> int:
    return counts.of(f"sequence_{what}", "feeder")


def test_what_a_bad_network_does_is_counted(lab: MakeLab, port: int) -> None:
    """Sent = received + missed - lates: one that comes late was counted as missed before."""
    network = Network(seeded(), share=0.04)
    system = lab(
        'transport = "tcp"\nretry_secs = 0.2',
        f'[processes.feeder]\ntcp = "127.0.0.1:{port}"\nlisten = "127.0.0.1:{port + 1}"\n'
        f'[processes.relay]\ntcp = "127.0.0.1:{port + 2}"\n',
        feeder={"rate": RATE},
    )
    with network.between(port, port + 1), system.apart() as running:
        for service in ("taker", "sampler", "picker"):
            until(lambda s=service: system.size(s) > 10, f"first messages at {service}")  # type: ignore[misc]
        network.bad = True
        until(
            lambda: all(network.done[fault] >= FAULTS_OF_EACH for fault in FAULTS),
            f"{FAULTS_OF_EACH} faults of each kind",
        )
        network.bad = False
        for service in ("taker", "sampler", "picker"):
            at = system.size(service)
            until(lambda s=service, n=at: system.size(s) > n + 100, f"{service} goes on")  # type: ignore[misc]
        last = system.last_fed()
        for service in ("relay", "taker", "sampler", "picker"):
            until(lambda s=service: last in system.lives(s)[-1][-3:], f"the last at {service}")  # type: ignore[misc]
        sent = system.counts("feeder").of("published", "feeder")
        print(f"faults {dict(network.done)}, sent {sent}")
        repeats = 0
        for service in ("relay", "sampler", "picker"):
            counts = system.counts(service)
            received = counts.of("received", "feeder")
            figures = {w: seen(counts, w) for w in ("missed", "lates", "repeats", "restarts")}
            losses = counts["connection_events", "losses", "feeder"]
            entries = [entry for life in system.lives(service) for entry in life]
            print(f"{service}: received {received}, {figures}, connections lost {losses}")
            assert received + figures["missed"] - figures["lates"] == sent
            assert received == counts.of("handled", service) == len(entries)
            assert len(set(entries)) == len(entries)
            assert figures["restarts"] == 0
            repeats += figures["repeats"]
        # State, which only the taker has, is not repeated: it is sent once
        assert 0 < repeats <= network.done["repeat"]
        assert running.stop() == 0, running.said
        assert "Traceback" not in running.said
