"""The files of one service's dead letters, and who may change them.

- ``<service>.jsonl``: the newest letters, a JSON line each. Its service appends.
- ``<service>.jsonl.1``: the ones before, made of the former when that is full.
- ``<service>.jsonl.done``: ids of letters that were handled or dropped but still stand in the
  others. Who removes letters holds its lock meanwhile.

Whoever changes ``<service>.jsonl`` holds its lock, for moments only.
"""

from __future__ import annotations

import errno
import os
import time
from hashlib import blake2b
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote, unquote

from mycelium.locking import lock

SUFFIX: Final = ".jsonl"
_TRIES: Final = 100
_PAUSE_SECS: Final = 0.001


def newest_of(folder: Path, service: str) -> Path:
    """The file that the service's letters are appended to."""
    return folder / f"{quote(service, safe='')}{SUFFIX}"


def service_of(newest: Path) -> str:
    """The service whose letters the file has."""
    return unquote(newest.name.removesuffix(SUFFIX))


def older_of(newest: Path) -> Path:
    """The file of the letters before."""
    return newest.with_name(f"{newest.name}.1")


def done_of(newest: Path) -> Path:
    """The file of the ids of letters that count as removed."""
    return newest.with_name(f"{newest.name}.done")


def id_of(line: bytes) -> str:
    """What names a letter: 12 hex digits that follow from its line."""
    return blake2b(line.rstrip(b"\n"), digest_size=6).hexdigest()


def hold(file: IO[bytes]) -> None:
    """Locks the file; others hold it for moments only.

    Raises:
        OSError: somebody holds it for longer
    """
    for _ in range(_TRIES):
        if lock(file):
            return
        time.sleep(_PAUSE_SECS)
    raise OSError(errno.EAGAIN, "locked by another process", file.name)


def stands_at(file: IO[bytes], path: Path) -> bool:
    """Whether the open file is still the one of this path."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
