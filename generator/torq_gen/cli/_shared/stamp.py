"""Knows in a few milliseconds that a run would change nothing.

A stamp is a digest of everything that a run depends on and of everything that it makes: the spec's
files, the tool's own code, all that stands in ``generated/``, and whether each service's folder is
there. Contents are hashed, never times, so a file that was changed with its time kept is seen.
This module imports little, because it decides how fast a run with nothing to do is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from torq_gen import own_code

PATH = ".torq_cache/generate"
_BUFFER = 1 << 18  # one for all files: hashing waits less for memory than with one for each


class Stamp(NamedTuple):
    """What the last run left: a digest, how many files, what it says, the services' folders."""

    digest: str
    files: int
    summary: str
    folders: tuple[str, ...]


def read(root: Path) -> Stamp | None:
    """The last run's stamp, or None when there is none to be trusted."""
    try:
        digest, files, summary, *folders = (root / PATH).read_text("utf-8").splitlines()
        return Stamp(digest, int(files), summary, tuple(folders))
    except (OSError, ValueError):
        return None


def holds(stamp: Stamp, root: Path, targets: Iterable[str]) -> bool:
    """Whether nothing changed since the stamp was made."""
    try:
        return stamp.digest == _digest(root, targets, stamp.folders)
    except OSError:
        return False


def of_inputs(root: Path) -> str:
    """A digest of what people write of the spec, to see whether it changed during a run.

    The lock file is left out, for a run may write it itself.
    """
    from torq_gen.spec import input_files

    inputs = (str(file) for file in input_files(root) if file.name != "torq.lock.yaml")
    return _hash("", root, inputs)


def write(
    root: Path, targets: Iterable[str], files: int, summary: str, folders: tuple[str, ...]
) -> None:
    """Leave a stamp of what is now on disk: ``files`` generated ones, each as it should be."""
    from torq_gen import output

    lines = (_digest(root, targets, folders), str(files), summary, *folders, "")
    output.write(root, {PATH: "\n".join(lines).encode()})


def _digest(root: Path, targets: Iterable[str], folders: Iterable[str]) -> str:
    from torq_gen.spec import input_files

    absent = [f for f in folders if not os.path.lexists(root / f)]
    seed = "\0".join((sys.version, own_code.digest(root), " ".join(targets), "", *absent))
    inputs = sorted(map(str, input_files(root)))
    files = (*inputs, *_files(str(root / "generated")))
    return _hash(seed, root, files)


def _hash(seed: str, root: Path, files: Iterable[str]) -> str:
    """A digest of files, whose names count as they are below the root: however that is named."""
    state = sha256(seed.encode())
    above = f"{root}/"
    buffer = memoryview(bytearray(_BUFFER))
    for file in files:
        with Path(file).open("rb", buffering=0) as opened:
            size = os.fstat(opened.fileno()).st_size
            state.update(f"\0{file.removeprefix(above)}\0{size}\0".encode())
            while count := opened.readinto(buffer):
                state.update(buffer[:count])
    return state.hexdigest()


def _files(folder: str) -> Iterator[str]:
    """Every file below a folder in a fixed order, but compiled Python and hidden folders."""
    for at, subfolders, names in os.walk(folder):
        subfolders[:] = sorted(n for n in subfolders if n[0] != "." and n != "__pycache__")
        yield from (f"{at}/{name}" for name in sorted(names))
