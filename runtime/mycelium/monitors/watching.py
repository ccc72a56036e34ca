"""Monitors on a bus: findings are counted and logged, and breaches refused where that is asked."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

import msgspec

from mycelium.clock import SYSTEM_CLOCK, Clock
from mycelium.envelope import Envelope
from mycelium.errors import BrokenPromiseError, UnknownPromiseError
from mycelium.manifest import Manifest
from mycelium.monitors.building import by_message, monitors_of, timed
from mycelium.monitors.findings import Breach, Finding
from mycelium.monitors.memory import DEFAULT_LIMIT
from mycelium.monitors.monitor import Monitor
from mycelium.monitors.streams import Streams
from mycelium.protocol.message import Message

_LOG: Final = logging.getLogger("mycelium.monitors")
_QUIET_SECS: Final = 60.0


class Mode(Enum):
    """What becomes of a breach: nothing is watched, it is counted and logged, or it is refused."""

    OFF = "off"
    OBSERVE = "observe"
    ENFORCE = "enforce"


class MonitorCounts(msgspec.Struct, frozen=True):
    """What a monitor has found; ``refused`` are those of the breaches that nobody got."""

    breaches: int = 0
    unknown: int = 0
    refused: int = 0


class _Watch:
    """One monitor, its mode and its counts; logs the first finding of a minute."""

    __slots__ = (
        "_clock",
        "_logged",
        "_silent",
        "breaches",
        "mode",
        "monitor",
        "refused",
        "unknown",
    )

    def __init__(self, monitor: Monitor, mode: Mode, clock: Clock) -> None:
        self.monitor = monitor
        self.mode = mode
        self.breaches = self.unknown = self.refused = 0
        self._clock = clock
        self._logged: dict[bool, float] = {}
        self._silent: dict[bool, int] = {True: 0, False: 0}

    def record(self, finding: Finding, *, refused: bool = False) -> None:
        """Counts the finding, and logs it unless one of its kind was logged within a minute."""
        breach = isinstance(finding, Breach)
        self.breaches += breach
        self.unknown += not breach
        self.refused += refused
        now = self._clock.monotonic()
        if now - self._logged.get(breach, -_QUIET_SECS) < _QUIET_SECS:
            self._silent[breach] += 1
            return
        self._logged[breach] = now
        more, self._silent[breach] = self._silent[breach], 0
        level = logging.WARNING if breach else logging.INFO
        _LOG.log(level, "%s", _line(finding, refused=refused, more=more))


class Monitors:
    """The monitors of a manifest's active services, for one `Bus`.

    ``modes`` overrides ``mode`` for single promises, by service and id; what is off costs nothing.
    Each monitor remembers ``limit`` keys. A bus calls `check` before anybody gets a frame and
    `note` right before everybody does.

    Raises:
        UnknownPromiseError: ``modes`` names none of the promises of the active services
    """

    def __init__(
        self,
        manifest: Manifest,
        mode: Mode = Mode.OBSERVE,
        *,
        modes: Mapping[tuple[str, str], Mode] = MappingProxyType({}),
        limit: int = DEFAULT_LIMIT,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._streams = Streams()
        every = monitors_of(manifest, self._streams, limit=limit)
        _check_names(modes, every)
        watches = [
            _Watch(monitor, modes.get((monitor.service, monitor.promise.id), mode), clock)
            for monitor in every
        ]
        self._watches = {w.monitor: w for w in watches if w.mode is not Mode.OFF}
        self._by_message = by_message(self._watches)
        self._enforced = by_message(
            m for m, watch in self._watches.items() if watch.mode is Mode.ENFORCE
        )
        self._timed = timed(self._watches)

    @property
    def enforces(self) -> bool:
        """Whether a breach of some promise is refused."""
        return bool(self._enforced)

    def watches(self, message: type[Message]) -> bool:
        """Whether the message has to be given to `note`."""
        return message in self._by_message or bool(self._timed)

    def born(self, source: int) -> None:
        """Says that the source runs here, so that all its frames pass by."""
        self._streams.born(source)

    def check(self, envelope: Envelope) -> None:
        """Lets a frame pass unless it breaks a promise that is enforced.

        Raises:
            BrokenPromiseError: it does; nothing is remembered of it
        """
        monitors = self._enforced.get(type(envelope.message))
        if monitors is None or envelope.retained:
            return
        self._streams.take(envelope)
        for monitor in monitors:
            if not monitor.concerns(envelope):
                continue
            for finding in monitor.check(envelope):
                if isinstance(finding, Breach) and finding.refusable:
                    self._watches[monitor].record(finding, refused=True)
                    message = type(envelope.message).__name__
                    raise BrokenPromiseError(
                        finding.service, message, finding.promise.id, finding.text
                    )

    def note(self, envelope: Envelope) -> None:
        """Takes a frame that was published; retained ones say nothing of order and are left out."""
        if envelope.retained:
            return
        monitors = self._by_message.get(type(envelope.message))
        if monitors is not None:
            self._streams.take(envelope)
            for monitor in monitors:
                for finding in monitor.observe(envelope):
                    self._watches[monitor].record(finding)
        if self._timed:
            self.expire(envelope.timestamp)

    def expire(self, now: int) -> None:
        """Finds what has not come in time, when it is ``now``, ns since the Unix epoch."""
        for monitor in self._timed:
            due = monitor.due
            if due is not None and due < now:
                for finding in monitor.expire(now):
                    self._watches[monitor].record(finding)

    def counts(self) -> Mapping[tuple[str, str], MonitorCounts]:
        """What each monitor has found so far, by service and promise."""
        return {
            (monitor.service, monitor.promise.id): MonitorCounts(w.breaches, w.unknown, w.refused)
            for monitor, w in self._watches.items()
        }


def _check_names(modes: Iterable[tuple[str, str]], monitors: Iterable[Monitor]) -> None:
    known = [(m.service, m.promise.id) for m in monitors]
    for service, promise in modes:
        if (service, promise) not in known:
            ids = ", ".join(i for s, i in known if s == service) or "none"
            raise UnknownPromiseError(f"expected a promise of {service} ({ids}), found {promise!r}")


def _line(finding: Finding, *, refused: bool, more: int) -> str:
    what = "breaks" if isinstance(finding, Breach) else "may or may not keep"
    end = "; refused" if refused else ""
    end += f"; {more} more since the last report" if more else ""
    frames = "; ".join(map(_frame, finding.frames))
    return f"{finding.service} {what} {finding.promise.id}: {finding.text}{end} [{frames}]"


def _frame(envelope: Envelope) -> str:
    return (
        f"source {envelope.source}, sequence {envelope.sequence}, "
        f"timestamp {envelope.timestamp}: {envelope.message!r}"
    )
