"""A process that ends when the one that started it does, however that ended."""

from __future__ import annotations

import os
import signal
import threading
import time

_UNCLEAN = 74  # mycelium's ExitCode.UNCLEAN


def hold(descriptor: int, grace_secs: float) -> None:
    """Stop this process when the pipe's other end is closed; after ``grace_secs`` by force.

    The other end is open in the starting process alone, and the system closes it even when that is
    killed. A thread watches, because an event loop may be blocked by what it runs.
    """
    threading.Thread(
        target=_watch, args=(descriptor, grace_secs), name="lifeline", daemon=True
    ).start()


def _watch(descriptor: int, grace_secs: float) -> None:
    while os.read(descriptor, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace_secs)
    os._exit(_UNCLEAN)
