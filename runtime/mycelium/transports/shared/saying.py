"""Logging without flooding."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

_SAME_SECS: Final = 60.0
_OTHER_SECS: Final = 1.0


class Rarely:
    """Says the same about a subject once a minute, and something else once a second.

    Subjects have to be few: callers see to it that no other process makes them up.
    """

    __slots__ = ("_log", "_now", "_said")

    def __init__(self, log: logging.Logger, now: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._now = now
        self._said: dict[str, tuple[str, float]] = {}

    def warn(self, subject: str, text: str) -> None:
        """Logs the text as a warning."""
        now = self._now()
        said = self._said.get(subject)
        if said is not None:
            pause = _SAME_SECS if said[0] == text else _OTHER_SECS
            if now - said[1] < pause:
                return
        self._said[subject] = (text, now)
        self._log.warning("%s", text)

    def forget(self, subject: str) -> None:
        """The subject is well again: what comes next is new."""
        self._said.pop(subject, None)
