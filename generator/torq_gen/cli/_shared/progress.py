"""Says what is being waited for, to a person who has waited a while."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torq_gen.cli._shared.terminal import is_terminal

_PATIENCE = 1.0  # seconds


@contextmanager
def progress(what: str, so_far: Callable[[], str] | None = None) -> Iterator[None]:
    """Shows ``what`` on a terminal while the block takes long; a pipe is told nothing.

    ``so_far`` says how far it is, and is asked again and again, from another thread.
    """
    if not is_terminal(sys.stderr):
        yield
        return
    from threading import Event, Thread

    over = Event()
    shown: list[str] = []

    def show() -> None:
        while not over.wait(_PATIENCE):
            text = what if so_far is None else f"{what}: {so_far()}"
            again = "\r" if shown else ""
            shown.append(text)
            print(f"{again}{text} …", end="", file=sys.stderr, flush=True)
            if so_far is None:
                return

    showing = Thread(target=show, name="progress", daemon=True)
    showing.start()
    try:
        yield
    finally:
        over.set()
        showing.join()
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
