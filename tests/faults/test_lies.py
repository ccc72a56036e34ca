"""A publisher that lies: what it may not say is refused and counted, the rest is handled."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable

import pytest

from mycelium.protocol import MAGIC, encode_frame
from mycelium.transports.stream import control
from tests.faults.conftest import MakeLab
from tests.faults.lab import rss, seeded, until
from tests.transports.peers import Caller

pytestmark = pytest.mark.slow

SECS = float(os.environ.get("FUZZ_SECS", "2"))
EACH = 2000
MAY_GROW = 16 << 20
RELAY, FEEDER, NOBODY = 2, 1, 77
PASSED, STATE, UNKNOWN = 2, 3, 999
LIES = {
    ("feeder", "Passed"): (FEEDER, PASSED),
    ("feeder", "State"): (FEEDER, STATE),  # it may, but it does not run where this comes from
    ("source 77", "Passed"): (NOBODY, PASSED),
    ("relay", "State"): (RELAY, STATE),
    ("relay", f"type {UNKNOWN}"): (RELAY, UNKNOWN),
}
PLACES = [*range(24), *range(28, 56)]
"""Of a frame's bytes all but its size: within the limit a wrong one only makes others wait."""
CLAIM = MAGIC.to_bytes(4, "little") + b"\2\1\1\0" + b"\1" * 16 + b"\xff" * 8


def frame(source: int, kind: int, number: int) -> bytes:
    """A message of two u64, whoever says it."""
    body = (1).to_bytes(8, "little") + number.to_bytes(8, "little")
    tlv = kind.to_bytes(2, "little") + b"\1\0" + len(body).to_bytes(4, "little") + body
    return encode_frame(tlv, domain=1, source=source, sequence=number, timestamp=number)


class Liar:
    """Listens in the relay's place. Each call gets the truth, then lies, then worse."""

    def __init__(self, chance: random.Random) -> None:
        self.calls = self.number = 0
        self.noisy = True
        self._chance = chance

    def truth(self) -> bytes:
        self.number += 1
        return frame(RELAY, PASSED, self.number)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller = Caller(reader, writer)
        self.calls += 1
        try:
            await caller.hear()
            caller.say(control.Welcome("relay", "1", 0))
            caller.say(self.truth())
            if self.calls == 1:
                for number in range(1, EACH + 1):
                    for source, kind in LIES.values():
                        caller.say(frame(source, kind, number))
                    await writer.drain()
                caller.say(self.truth())
                caller.say(CLAIM)
                while True:
                    caller.say(b"x" * 65536)
                    await writer.drain()
            while self.noisy:
                spoilt = bytearray(self.truth())
                spoilt[self._chance.choice(PLACES)] = self._chance.randrange(256)
                caller.say(bytes(spoilt))
                caller.say(self._chance.randbytes(self._chance.randrange(100)))
                await writer.drain()
                await asyncio.sleep(0.001)
            while not isinstance(await caller.hear(), control.Bye):
                pass
            caller.say(control.End())
            await caller.ended()
        except (EOFError, OSError):
            pass
        finally:
            caller.close()


def test_a_lying_publisher_harms_itself_alone(lab: MakeLab) -> None:
    liar = Liar(seeded())
    system = lab(f'dead_letters = "{lab().folder}/letters"\nretry_secs = 0.05')
    (system.folder / "s").mkdir()

    async def when(holds: Callable[[], object], what: str) -> None:
        await asyncio.to_thread(until, holds, what)

    async def scene() -> None:
        where = str(system.folder / "s/relay.sock")
        server = await asyncio.start_unix_server(liar.serve, where)
        with system.running(process="taker") as taker:
            await when(lambda: system.size("taker"), "the first truth")
            pid = taker.parent.pid
            before = rss(pid)
            await when(lambda: liar.calls > 1, "the claim of 4 GiB to be cut off")
            counts = await asyncio.to_thread(system.counts, "taker")
            refused = {pair: counts.of("refused", *pair) for pair in LIES}
            assert set(refused.values()) == {EACH}, refused
            end = time.monotonic() + SECS
            calls = liar.calls
            await when(lambda: time.monotonic() > end and liar.calls > calls + 3, "noise")
            liar.noisy = False
            await when(lambda: system.last("taker") == (1, liar.number), "the last truth")
            grown = rss(pid) - before
            letters = sum(
                path.read_bytes().count(b"\n") for path in (system.folder / "letters").iterdir()
            )
            print(
                f"refused {sum(refused.values())}, letters {letters}, calls {liar.calls}, "
                f"handled {system.size('taker')}, memory {before >> 20} MiB {grown >> 20:+} MiB"
            )
            assert grown < MAY_GROW
            assert await asyncio.to_thread(taker.stop) == 0, taker.said
            assert "Traceback" not in taker.said
        server.close()

    asyncio.run(scene())
