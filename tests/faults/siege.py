"""Attacks on the listening end of a process, from a thread of their own."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final

from mycelium.protocol import MAGIC, encode_frame
from mycelium.transports.stream import control

_CLAIM: Final = MAGIC.to_bytes(4, "little") + b"\2\1\1\0" + b"\1" * 16 + b"\xff" * 8
"""A header that claims a frame of 4 GiB."""
_BODY_AT: Final = 40

_HELLO: Final = control.Hello(1, "lab", "intruder", "1", True, {}, {})

Attack = Callable[[], Coroutine[Any, Any, None]]
Work = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


class Siege:
    """Attacks one TCP port of loopback; ``done`` counts what was tried and how it ended."""

    def __init__(self, port: int, chance: random.Random) -> None:
        self.done: Counter[str] = Counter()
        self.longest_drip = 0.0
        self._port = port
        self._chance = chance
        self._over = asyncio.Event()

    @contextlib.contextmanager
    def of(self, *attacks: Attack) -> Iterator[None]:
        """Goes on with the attacks, side by side, until left; an error in one is raised."""
        failures: list[BaseException] = []

        async def together() -> None:
            await asyncio.gather(*(attack() for attack in attacks))

        def run() -> None:
            try:
                loop.run_until_complete(together())
            except Exception as error:  # noqa: BLE001 - told to who waits for the thread
                failures.append(error)

        self._over = asyncio.Event()
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(self._over.set)
            thread.join(60)
            loop.close()
        if failures:
            raise failures[0]

    async def claims(self) -> None:
        """Connections that claim a frame of 4 GiB and send as much as is taken."""

        async def work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(_CLAIM)
            while not self._over.is_set():
                writer.write(b"x" * 65536)
                await writer.drain()

        await self._again("claims", work)

    async def noise(self) -> None:
        """Random bytes, and hellos of nobody whose JSON is changed at random."""
        good = control.encode(_HELLO)

        async def work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for _ in range(self._chance.randrange(1, 4)):
                writer.write(self._spoilt(good) if self._chance.random() < 0.5 else self._raw())
            writer.write_eof()
            await self._hung_up(reader)

        await self._again("noise", work)

    async def drips(self, count: int = 20) -> None:
        """Connections that send a byte of a hello a second."""
        hello = control.encode(_HELLO)

        async def work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            began = time.monotonic()
            ended = asyncio.ensure_future(self._hung_up(reader))
            for byte in hello:
                writer.write(bytes([byte]))
                over = asyncio.ensure_future(self._over.wait())
                await asyncio.wait([over, ended], timeout=1, return_when=asyncio.FIRST_COMPLETED)
                over.cancel()
                if ended.done() or self._over.is_set():
                    break
            if not ended.done():
                ended.cancel()
                return
            self.longest_drip = max(self.longest_drip, time.monotonic() - began)

        await asyncio.gather(*(self._again("drips", work) for _ in range(count)))

    async def crowd(self, count: int) -> None:
        """So many connections that say nothing; again, a while after each was ended."""

        async def work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            over = asyncio.ensure_future(self._over.wait())
            ended = asyncio.ensure_future(self._hung_up(reader))
            await asyncio.wait([over, ended], return_when=asyncio.FIRST_COMPLETED)
            for task in (over, ended):
                task.cancel()
            await asyncio.gather(over, ended, return_exceptions=True)

        await asyncio.gather(*(self._again("idle", work, pause=1.0) for _ in range(count)))

    async def _again(self, attack: str, work: Work, pause: float = 0.0) -> None:
        """Connects, does the work and is hung up on, again and again."""
        while not self._over.is_set():
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                self.done["not taken"] += 1
                await asyncio.sleep(0.05)
                continue
            with contextlib.suppress(OSError):
                await work(reader, writer)
            writer.transport.abort()
            self.done[attack] += 1
            await asyncio.sleep(pause * self._chance.uniform(0.5, 1.5))

    async def _hung_up(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while await reader.read(4096):
                pass

    def _raw(self) -> bytes:
        return self._chance.randbytes(self._chance.randrange(300))

    def _spoilt(self, good: bytes) -> bytes:
        body = bytearray(good[_BODY_AT:])
        for _ in range(self._chance.randrange(1, 4)):
            body[self._chance.randrange(len(body))] = self._chance.randrange(256)
        tlv = good[32:_BODY_AT] + bytes(body)
        return encode_frame(tlv, domain=0, source=0, sequence=0, timestamp=0)
