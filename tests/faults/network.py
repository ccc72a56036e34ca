"""A bad network between subscribers and one publishers' process, over TCP of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Final

from mycelium.transports.stream.control import is_control
from mycelium.transports.stream.cutting import Cutter

FAULTS: Final = ("cut", "corrupt", "repeat", "swap")
_PIECE: Final = 1 << 16
_MAX_FRAME: Final = 1 << 20


class Network:
    """Passes frames on; while ``bad``, a share of the batches meets a fault. All by chance.

    ``done`` counts the faults. Only whole messages are repeated or swapped, next to each other, as
    a receiver can tell; a cut loses what is in hand; a corruption flips a bit anywhere.
    """

    def __init__(self, chance: random.Random, share: float) -> None:
        self.bad = False
        self.done: Counter[str] = Counter()
        self._chance = chance
        self._share = share
        self._writers: set[asyncio.StreamWriter] = set()

    @contextlib.contextmanager
    def between(self, outside: int, inside: int) -> Iterator[Network]:
        """Listens at one port of loopback and dials another, in a thread, until left."""
        loop = asyncio.new_event_loop()
        began = threading.Event()
        over = asyncio.Event()

        async def serve() -> None:
            async def passing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await self._join(reader, writer, inside)

            server = await asyncio.start_server(passing, "127.0.0.1", outside)
            began.set()
            await over.wait()
            server.close()
            self.cut_all()

        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
        thread.start()
        try:
            assert began.wait(10), "expected the network to begin"
            yield self
        finally:
            loop.call_soon_threadsafe(over.set)
            thread.join(10)
            _finish(loop)

    def cut_all(self) -> None:
        """Cuts every connection."""
        for writer in self._writers:
            writer.transport.abort()

    async def _join(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, inside: int
    ) -> None:
        self._writers.add(writer)
        out: asyncio.StreamWriter | None = None
        try:
            inner, out = await asyncio.open_connection("127.0.0.1", inside)
            self._writers.add(out)
            asking = asyncio.create_task(_pass(reader, out))
            await self._answer(inner, writer)
            asking.cancel()
        except (OSError, EOFError):
            pass
        finally:
            for each in (writer, out):
                if each is not None:
                    self._writers.discard(each)
                    each.transport.abort()

    async def _answer(self, inner: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What publishers say.

        Raises:
            EOFError: the connection is cut
        """
        cutter = Cutter(_MAX_FRAME)
        while piece := await inner.read(_PIECE):
            frames = cutter.feed(piece)
            if self.bad and frames and self._chance.random() < self._share:
                frames = self._harmed(frames)
            writer.write(b"".join(frames))
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    def _harmed(self, frames: list[bytes]) -> list[bytes]:
        fault = self._chance.choice(FAULTS)
        at = self._chance.randrange(len(frames))
        if fault == "cut":
            self.done[fault] += 1
            raise EOFError
        if fault == "corrupt":
            self.done[fault] += 1
            spoilt = bytearray(frames[at])
            spoilt[self._chance.randrange(len(spoilt))] ^= 1 << self._chance.randrange(8)
            return [*frames[:at], bytes(spoilt), *frames[at + 1 :]]
        if fault == "repeat" and not is_control(frames[at]):
            self.done[fault] += 1
            return [*frames[: at + 1], *frames[at:]]
        pair = frames[at : at + 2]
        # of one message: between two there is no order
        alike = len(pair) == 2 and pair[0][32:34] == pair[1][32:34]
        if fault == "swap" and alike and not is_control(pair[0]):
            self.done[fault] += 1
            return [*frames[:at], *reversed(pair), *frames[at + 2 :]]
        return frames


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
        writer.write_eof()


def _finish(loop: asyncio.AbstractEventLoop) -> None:
    async def finish() -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    loop.run_until_complete(finish())
    loop.close()
