"""Locks on open files, which hold across processes and end when the file is closed."""

from __future__ import annotations

import sys
from typing import IO


def lock(file: IO[bytes], *, shared: bool = False) -> bool:
    """Whether the open file is now ours: alone, or ``shared`` with others that share it.

    It never waits. Windows has no lock that leaves readers alone: there every answer is yes.

    Raises:
        OSError: the file system has no locks
    """
    if sys.platform == "win32":
        return True
    import fcntl

    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
