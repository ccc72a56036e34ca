"""Attackers at the door: bounded memory, and everybody else is served meanwhile."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable

import pytest

from tests.faults.conftest import MakeLab
from tests.faults.lab import Lab, rss, seeded, until
from tests.faults.siege import Siege

pytestmark = pytest.mark.slow

SECS = float(os.environ.get("FUZZ_SECS", "3"))
CROWD = int(os.environ.get("TORQ_CROWD", "1000"))
MAY_GROW = 16 << 20
MAY_STALL_SECS = 5.0
HANDSHAKE_SECS = 5.0


class Watch:
    """Looks at memory and progress until something holds."""

    def __init__(self, system: Lab, pid: int) -> None:
        self._system = system
        self._pid = pid
        self.before = self.peak = rss(pid)
        self.longest_stall = 0.0

    def until(self, holds: Callable[[], object], what: str) -> None:
        size, since = self._system.size("taker"), time.monotonic()

        def look() -> object:
            nonlocal size, since
            now, found = time.monotonic(), self._system.size("taker")
            self.longest_stall = max(self.longest_stall, now - since)
            if found != size:
                size, since = found, now
            self.peak = max(self.peak, rss(self._pid))
            return holds()

        until(look, what, 60 + SECS)


def test_others_are_served_while_strangers_storm_the_door(lab: MakeLab, port: int) -> None:
    chance = seeded()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    crowd = min(CROWD, limit - 500)
    system = lab(
        f'transport = "tcp"\ntcp = "127.0.0.1:{port}"\nretry_secs = 0.2', feeder={"rate": 500}
    )
    with system.running() as running:
        until(lambda: system.size("taker") > 100, "the first messages at the end of the way")
        watch = Watch(system, running.pids()["feeder"])
        siege = Siege(port, chance)
        end = time.monotonic() + SECS
        with siege.of(siege.claims, siege.noise, siege.drips):
            watch.until(lambda: siege.done["drips"] >= 20, "those who send a byte a second cut off")
            watch.until(lambda: time.monotonic() > end, "the time to be over")
        drip = siege.longest_drip
        calm, watch.longest_stall = watch.longest_stall, 0.0
        with siege.of(lambda: siege.crowd(crowd)):
            watch.until(lambda: siege.done["idle"] >= crowd, f"{crowd} idle ones ended")
            crowded = watch.longest_stall
            old = running.pids()["relay"]
            running.kill("relay")
            watch.until(lambda: running.pids().get("relay", old) != old, "a new relay")
            at = system.size("taker")
            watch.until(lambda: system.size("taker") > at + 100, "the relay back in the crowd")
        last = system.last_fed()
        until(lambda: system.last("taker") == last, "the last message at the taker")
        print(
            f"{dict(siege.done)}, crowd of {crowd}; longest stall {calm:.2f} s, "
            f"in the crowd {crowded:.2f} s; longest drip {drip:.1f} s; "
            f"memory {watch.before >> 20} MiB, at most {watch.peak >> 20} MiB"
        )
        assert watch.peak - watch.before < MAY_GROW
        assert max(calm, crowded) < MAY_STALL_SECS
        assert drip < HANDSHAKE_SECS + 3
        assert siege.done["claims"] > 0 < siege.done["noise"]
        for service in ("sampler", "picker"):  # nobody else has noticed
            until(lambda s=service: system.last(s) == last, f"the last message at {service}")  # type: ignore[misc]
            assert system.size(service) == system.size("feeder")
        assert running.stop() == 0, running.said
        assert "Traceback" not in running.said
