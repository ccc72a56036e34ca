"""Says what is being waited for, to a person who has waited a while."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from torq_gen.cli._shared.terminal import is_terminal

_PATIENCE = 1.0  # seconds


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Shows ``what`` on a terminal while the block takes long; a pipe is told nothing."""
    if not is_terminal(sys.stderr):
        yield
        return
    from threading import Timer

    shown: list[str] = []

    def show() -> None:
        shown.append(what)
        print(f"{what} …", end="", file=sys.stderr, flush=True)

    timer = Timer(_PATIENCE, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
