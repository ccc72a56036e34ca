"""Lets a command that is asked to end tidy up first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

from torq_gen.cli._shared.exits import SIGNALLED

_ENDING: Final = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Within it SIGTERM and SIGHUP unwind as Ctrl-C does; the exit code is that of the signal.

    One that is ignored, as under ``nohup``, stays so, and one that a program handles is left to it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    ours = [number for number, handler in before.items() if handler is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])


def _end(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(SIGNALLED + number)
