"""Publishing by JetStream: a message is handed over again until it was accepted."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

from nats.errors import MaxPayloadError
from nats.js.errors import APIError

from mycelium.envelope import Envelope
from mycelium.transports import Put
from mycelium.transports.nats.control import ID_HEADER
from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.line import Line
from mycelium.transports.nats.tasks import end
from mycelium.transports.shared.saying import Rarely

_LOG: Final = logging.getLogger("mycelium.transports")
_FULL_SECS: Final = 0.02
_FULL: Final = (10047, 10077, 10122)  # no storage left, too many messages or bytes, too many of one


class _Letter(NamedTuple):
    payload: bytes
    headers: dict[str, str]


class Pipe:
    """One subject: its messages go one by one, so that a second attempt changes no order."""

    def __init__(self, subject: str, pipes: Pipes) -> None:
        self._subject = subject
        self._pipes = pipes
        self._letters: deque[_Letter] = deque()
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._put = self._done = 0
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    def add(self, letter: _Letter) -> None:
        """Sends after what waits."""
        self._letters.append(letter)
        self._put += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="transport publishes to JetStream")

    async def accepted(self) -> None:
        """Returns once everything that was added so far was accepted."""
        if self._done < self._put:
            future = asyncio.get_running_loop().create_future()
            self._waiting.append((self._put, future))
            await future

    async def emptied(self) -> None:
        """Returns once nothing waits."""
        while self._done < self._put:
            await self.accepted()

    async def close(self) -> int:
        """Sends no more; how many are given up."""
        self._closing = True
        await end(self._task)
        left = len(self._letters)
        self._letters.clear()
        self._one_less(left)
        return left

    async def _run(self) -> None:
        while self._letters:
            if not await self._deliver(self._letters[0]):
                return
            self._letters.popleft()
            self._one_less()

    def _one_less(self, count: int = 1) -> None:
        self._done += count
        while self._waiting and self._waiting[0][0] <= self._done:
            future = self._waiting.popleft()[1]
            if not future.done():
                future.set_result(None)

    async def _deliver(self, letter: _Letter) -> bool:
        """Sends until it was accepted, or cannot be; False when it is to end before that."""
        shared = self._pipes
        pause = shared.limits.first_retry_secs
        while not self._closing:
            await shared.line.up.wait()
            client = shared.line.client
            if client is None:
                continue
            try:
                await client.jetstream(timeout=shared.limits.request_secs).publish(
                    self._subject, letter.payload, stream=shared.stream, headers=letter.headers
                )
                return True
            except MaxPayloadError:
                shared.lose(self._subject, len(letter.payload), client.max_payload)
                return True
            except Exception as error:  # noqa: BLE001 - a library's: whatever it is, try again
                await self._pause(error, pause)
                pause = min(2 * pause, shared.limits.retry_secs)
        return False

    async def _pause(self, error: Exception, pause: float) -> None:
        if isinstance(error, APIError) and error.err_code in _FULL:
            self._pipes.said.warn("full", f"stream {self._pipes.stream}: full, publishers wait")
            await asyncio.sleep(_FULL_SECS)
            return
        why = str(error) or "no answer"
        self._pipes.said.warn(self._subject, f"{self._subject}: not accepted yet: {why}")
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))


class Pipes:
    """The pipes of one message, by subject. ``lost`` is told of what was never accepted."""

    def __init__(
        self, line: Line, stream: str, limits: NatsLimits, lost: Callable[[str], None]
    ) -> None:
        self.line = line
        self.stream = stream
        self.limits = limits
        self.said = Rarely(_LOG)
        self._lost = lost
        self._pipes: dict[str, Pipe] = {}

    def put(self, envelope: Envelope, subject: str, headers: dict[str, str]) -> Put:
        """Takes the frame; `accepted` tells when JetStream has it."""
        frame = envelope.frame
        assert frame is not None, "a route with such a link is encoded"
        pipe = self._pipes.get(subject)
        if pipe is None:
            pipe = self._pipes[subject] = Pipe(subject, self)
        number = f"{envelope.source}-{envelope.message.TYPE_ID}-{envelope.sequence}"
        pipe.add(_Letter(frame, {**headers, ID_HEADER: f"{number}-{envelope.timestamp}"}))
        return Put.HELD

    async def accepted(self) -> None:
        """Returns once everything that was put so far was accepted."""
        for pipe in tuple(self._pipes.values()):
            await pipe.accepted()

    async def emptied(self) -> None:
        """Returns once nothing waits."""
        for pipe in tuple(self._pipes.values()):
            await pipe.emptied()

    def lose(self, subject: str, size: int, limit: int) -> None:
        """A frame can never be accepted."""
        self.said.warn(
            subject,
            f"{subject}: expected at most {limit} bytes (max_payload of the server), "
            f"found a frame of {size}",
        )
        self._lost("dropped")

    async def close(self) -> None:
        """Gives up what was not accepted."""
        for pipe in self._pipes.values():
            for _ in range(await pipe.close()):
                self._lost("undelivered")
