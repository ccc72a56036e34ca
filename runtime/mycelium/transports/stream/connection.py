"""One connection: bytes to frames, and signs of life."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import Final, Generic, Protocol, TypeVar, cast

from mycelium.protocol.errors import DecodeError
from mycelium.transports.errors import ConnectionLostError
from mycelium.transports.stream import control
from mycelium.transports.stream.limits import Limits

F = TypeVar("F")

_PIECE: Final = 1 << 16
_NO_BUFFER: Final = memoryview(b"")
_WRITE_HIGH: Final = 1 << 16
_BEATS_MISSED: Final = 4


class Cutting(Protocol[F]):
    """What makes frames of the stream's pieces; see `Cutter` and `Batcher`."""

    @property
    def error(self) -> DecodeError | None:
        """What is wrong with the bytes after the last frame."""

    def feed(self, piece: bytes) -> list[F]:
        """Takes the next piece; the frames that are whole now."""


class Connection(asyncio.BufferedProtocol, Generic[F]):
    """What both ends have in common.

    A piece of the stream is at most 64 KiB, so that one connection does not keep the loop for long.
    ``closed`` is done once nothing more comes or goes; ``error`` is why, unless it was in order.
    """

    def __init__(self, limits: Limits, cutter: Cutting[F]) -> None:
        self.limits = limits
        self.loop = asyncio.get_running_loop()
        self.closed: asyncio.Future[None] = self.loop.create_future()
        self.error: Exception | None = None
        self.transport: asyncio.Transport | None = None
        self.cutter = cutter
        self._buffer = _NO_BUFFER
        self._heard = self.loop.time()
        self._beating: asyncio.TimerHandle | None = None

    # called by asyncio --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands; nobody has said who they are."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's do not derive from it
        self.transport.set_write_buffer_limits(high=_WRITE_HIGH)
        if self.error is not None:  # it was given up before it stood
            self.transport.abort()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next piece goes: who says nothing costs no buffer."""
        if not self._buffer:
            self._buffer = memoryview(bytearray(_PIECE))
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """A piece has come."""
        frames = self.cutter.feed(bytes(self._buffer[:nbytes]))
        if frames:
            self._heard = self.loop.time()
            self.received(frames)
        elif self.cutter.error is not None:
            self.fail(self.cutter.error)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more comes or goes."""
        if self._beating is not None:
            self._beating.cancel()
        self.error = self.error or exc
        self.transport = None
        self._buffer = _NO_BUFFER  # this object may wait for the collector of cycles
        self.lost()
        self.finish()

    # for the two ends ---------------------------------------------------------------------------

    @abstractmethod
    def received(self, frames: list[F]) -> None:
        """Frames have come, at least one; only magic and size were looked at."""

    @abstractmethod
    def lost(self) -> None:
        """Nothing more comes or goes."""

    @abstractmethod
    def beat(self) -> None:
        """Says something."""

    def finish(self) -> None:
        """Lets those go on who wait for the end."""
        if not self.closed.done():
            self.closed.set_result(None)

    def say(self, what: control.Control) -> None:
        """Sends a control."""
        if self.transport is not None:
            self.transport.write(control.encode(what))

    def fail(self, error: Exception) -> None:
        """Ends the connection at once because of an error, unless it has ended."""
        if self.closed.done():
            return
        self.error = self.error or error
        if self.transport is not None:
            self.transport.abort()

    def close(self) -> None:
        """Ends the connection once what was written is sent."""
        if self.transport is not None:
            self.transport.close()

    def accept(self) -> None:
        """The handshake is over: from now on silence is not in order."""
        self._beating = self.loop.call_later(self.limits.beat_secs, self._beat)

    @property
    def listening(self) -> bool:
        """Whether what the other end says would be heard."""
        return True

    def _beat(self) -> None:
        patience = self.limits.beat_secs * _BEATS_MISSED
        now = self.loop.time()
        if not self.listening:
            self._heard = now
        elif now - self._heard > patience:
            self.fail(ConnectionLostError(f"expected a sign of life within {patience:g} s"))
            return
        self.beat()
        self._beating = self.loop.call_later(self.limits.beat_secs, self._beat)
