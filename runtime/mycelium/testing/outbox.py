"""What a service under test has published, and what is said when it is not what was expected."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from mycelium.envelope import Envelope
from mycelium.protocol.message import Message
from mycelium.transports import Put

M = TypeVar("M", bound=Message)
Where: TypeAlias = Callable[[M], object]
"""Says of a message whether it is the one that is looked for."""

_SHOWN: Final = 20
_LONGEST: Final = 300


class Sent(NamedTuple):
    """An envelope, and at which second of the clock it was published."""

    envelope: Envelope
    at: float


class Outbox:
    """The link that gets all of it; ``news`` is set whenever there is more."""

    subscriber = "the test"
    free = 0

    def __init__(self, now: Callable[[], float]) -> None:
        self.sent: list[Sent] = []
        self.news = asyncio.Event()
        self._now = now
        self._open: list[Sent] = []

    def put(self, envelope: Envelope) -> Put:
        """Keeps it."""
        sent = Sent(envelope, self._now())
        self.sent.append(sent)
        self._open.append(sent)
        self.news.set()
        return Put.TAKEN

    def put_all(self, envelopes: Sequence[Envelope]) -> None:
        """Keeps them."""
        for envelope in envelopes:
            self.put(envelope)

    def checkpoint(self) -> Callable[[], bool]:
        """All is handled at once."""
        return lambda: True

    async def room(self) -> None:
        """There always is."""

    def clear(self) -> None:
        """Forgets all."""
        self.sent.clear()
        self._open.clear()

    def take(self, kind: type[M], where: Where[M] | None) -> M | None:
        """The first message that fits and was not taken before; None when there is none."""
        for index, sent in enumerate(self._open):
            message = sent.envelope.message
            if isinstance(message, kind) and (where is None or where(message)):
                del self._open[index]
                return message
        return None

    def left(self, kinds: tuple[type[Message], ...] = ()) -> list[Sent]:
        """What was not taken, of the given types or of any."""
        return [s for s in self._open if not kinds or isinstance(s.envelope.message, kinds)]

    def lines(self, *, refused: type[Message] | None = None) -> str:
        """What was not taken, a line each; those of the type ``refused`` did not fit."""
        left = self.left()
        if not left:
            return f"published instead: nothing ({len(self.sent)} before were expected)"
        return "\n".join(["published instead:", *listed(left, refused=refused)])


def listed(sent: Iterable[Sent], *, refused: type[Message] | None = None) -> list[str]:
    """A line for each, with its time; the last ones when there are many."""
    every = list(sent)
    lines = [f"  … {len(every) - _SHOWN} before these"] if len(every) > _SHOWN else []
    for one in every[-_SHOWN:]:
        message = one.envelope.message
        said = "  <- refused by `where`" if type(message) is refused else ""
        lines.append(f"  at {one.at:.3f} s  {shown(message)}{said}")
    return lines


def shown(value: Any) -> str:
    """Its repr, cut when that is very long."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
