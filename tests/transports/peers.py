"""What stands at the other end of a connection in tests: attackers, impostors, bad networks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from mycelium.manifest import OnFull
from mycelium.transports.shared.schemas import schemas
from mycelium.transports.stream import control
from mycelium.transports.stream.cutting import Cutter
from tests.transports.streams import FIRST, SECOND
from tests.unit.mycelium.helpers import Meta, Tick

Tamper = Callable[[list[bytes]], Sequence[bytes]]


def hello(**parts: object) -> control.Hello:
    """What the second process would say."""
    known = {
        "protocol": control.CONNECTION_PROTOCOL,
        "system": "sample",
        "process": SECOND,
        "instance": "1",
        "blocking": True,
        "needs": {Tick.TYPE_ID: OnFull.BLOCK},
        "schemas": schemas([Tick, Meta]),
    }
    return control.Hello(**{**known, **parts})  # type: ignore[arg-type]


class Caller:
    """A raw connection to a publishers' process."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._cutter = Cutter(1 << 20)
        self._frames: list[bytes] = []

    @classmethod
    async def unix(cls, path: Path) -> Caller:
        return cls(*await asyncio.open_unix_connection(str(path)))

    def say(self, what: control.Control | bytes) -> None:
        self.writer.write(what if isinstance(what, bytes) else control.encode(what))

    async def hear(self) -> control.Control:
        """The next control; messages before it are passed over."""
        while True:
            frame = await self.frame()
            if control.is_control(frame):
                return control.decode(frame)

    async def frame(self) -> bytes:
        """The next frame.

        Raises:
            EOFError: there is none
        """
        while not self._frames:
            piece = await self.reader.read(1 << 16)
            if not piece:
                raise EOFError
            self._frames += self._cutter.feed(piece)
        return self._frames.pop(0)

    async def ended(self) -> bool:
        """Whether the other end hangs up, whatever it says before."""
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(1 << 16):
                pass
        self.close()
        return True

    def close(self) -> None:
        self.writer.transport.abort()


@asynccontextmanager
async def impostor(
    path: Path, frames: Sequence[bytes | control.Control], process: str = FIRST
) -> AsyncIterator[list[Caller]]:
    """Listens as a publishers' process would, answers, and sends what it likes."""
    callers: list[Caller] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller = Caller(reader, writer)
        callers.append(caller)
        with contextlib.suppress(EOFError, ConnectionError):
            await caller.hear()
            caller.say(control.Welcome(process, "1", 0))
            for frame in frames:
                caller.say(frame)
            while not isinstance(await caller.hear(), control.Bye):
                pass
            caller.say(control.End())
            await caller.ended()

    server = await asyncio.start_unix_server(serve, str(path))
    try:
        yield callers
    finally:
        server.close()
        for caller in callers:
            caller.close()


class Proxy:
    """Stands between subscriber and publisher. ``tamper`` changes the frames of a batch."""

    def __init__(self, inside: Path) -> None:
        self._inside = inside
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.tamper: Tamper = list
        self.open = asyncio.Event()
        self.open.set()
        self.connections = 0

    @asynccontextmanager
    async def at(self, path: Path) -> AsyncIterator[Proxy]:
        server = await asyncio.start_unix_server(self._serve, str(path))
        try:
            yield self
        finally:
            server.close()
            self.open.set()
            self.cut()

    def cut(self) -> None:
        """Cuts every connection."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        await self.open.wait()
        try:
            inner, out = await asyncio.open_unix_connection(str(self._inside))
        except OSError:
            writer.transport.abort()
            return
        self._writers.append(out)
        self.connections += 1
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(
                self._pump(reader, out, list), self._pump(inner, writer, lambda f: self.tamper(f))
            )
        writer.transport.abort()
        out.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tamper: Tamper
    ) -> None:
        cutter = Cutter(1 << 20)
        while piece := await reader.read(1 << 16):
            if frames := cutter.feed(piece):
                writer.write(b"".join(tamper(frames)))
                await writer.drain()
        writer.close()
