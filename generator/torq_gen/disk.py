"""How bytes reach the disk: whole or not at all, inside the project's root, one run at a time.

Paths are relative to the root, with forward slashes.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from torq_gen import kept

CACHE = kept.FOLDER
_FEW = 8


class OutputError(Exception):
    """A file cannot be written where it belongs."""


class OutsideRootError(OutputError):
    """A path, or a symbolic link on its way, leaves the project's root."""


class NotAFileError(OutputError):
    """Something that is not a file stands where a file belongs."""


def inside(root: Path, path: str) -> Path:
    """The place of a relative path.

    Raises:
        OutsideRootError: it, or a link on its way, leads out of the root.
    """
    place = root / _relative(path)
    base, parent = os.path.realpath(root), os.path.realpath(place.parent)
    if parent != base and not parent.startswith(base.rstrip(os.sep) + os.sep):
        raise OutsideRootError(
            f"{path}: expected a folder inside the project, found a symbolic link to {parent}"
        )
    return place


def _relative(path: str) -> PurePosixPath:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise OutsideRootError(f"{path}: expected a path below the project's root")
    return pure


def read(root: Path, path: str) -> bytes | None:
    """The file's bytes, or None when nothing or only a symbolic link stands there.

    Raises:
        OutsideRootError: as ``inside``.
        NotAFileError: a folder or a device stands there.
    """
    place = inside(root, path)
    try:
        mode = place.lstat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(mode):
        return None
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a device or socket"
        raise NotAFileError(f"{path}: expected a file, found {kind}")
    return place.read_bytes()


def behind_link(root: Path, path: str) -> str:
    """The path of the file that a symbolic link at ``path`` leads to; without one, the path.

    Raises:
        OutsideRootError: as ``inside``, or the link leads out of the root.
    """
    place = inside(root, path)
    if not place.is_symlink():
        return path
    target, base = Path(os.path.realpath(place)), Path(os.path.realpath(root))
    if not target.is_relative_to(base):
        raise OutsideRootError(
            f"{path}: expected a file inside the project, found a symbolic link to {target}"
        )
    return target.relative_to(base).as_posix()


def replace_all(
    root: Path, files: Mapping[str, bytes], modes: Mapping[str, int] | None = None
) -> None:
    """Write every file beside its place, then rename them all; permissions are kept.

    ``modes`` has those of files that are new, by path; without one they are what new files have.
    Nothing is replaced before everything is on disk, so a full disk changes nothing.

    Raises:
        OutsideRootError: as ``inside``.
        OSError: the disk refused.
    """
    ready: list[tuple[Path, Path]] = []
    wanted: dict[Path, int] = {}
    try:
        for number, (path, content) in enumerate(files.items()):
            place = inside(root, path)
            if modes and path in modes:
                wanted[place] = modes[path]
            place.parent.mkdir(parents=True, exist_ok=True)
            ready.append((_temporary(place.parent, number), place))
            try:
                _write_new(ready[-1][0], content)
            except OSError as error:  # nobody knows the temporary's name
                raise OSError(error.errno, error.strerror, path) from None
        _settle([temporary for temporary, _ in ready])
        while ready:
            temporary, place = ready[-1]
            mode = _mode_of(place)
            if (mode := wanted.get(place) if mode is None else mode) is not None:
                temporary.chmod(mode)
            temporary.replace(place)
            ready.pop()
    finally:
        for temporary, _ in ready:
            with suppress(OSError):
                temporary.unlink()


def create_folders(root: Path, folders: Mapping[str, Mapping[str, bytes]]) -> None:
    """Make folders with their files, each whole or not at all; nothing may stand at their places.

    Raises:
        OutsideRootError: as ``inside``.
        OSError: the disk refused.
    """
    ready: list[tuple[Path, Path]] = []
    written: list[Path] = []
    try:
        for number, (path, files) in enumerate(folders.items()):
            place = inside(root, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            ready.append((_temporary(place.parent, number), place))
            written += _write_folder(ready[-1][0], files)
        _settle(written)
        while ready:
            ready[-1][0].rename(ready[-1][1])
            ready.pop()
    finally:
        for temporary, _ in ready:
            _remove_folder(temporary)


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    try:
        folder.mkdir()
    except OSError as error:  # nobody knows the temporary's name
        raise OSError(error.errno, error.strerror, str(folder.parent)) from None
    places = {folder / _relative(name): content for name, content in files.items()}  # no links yet
    for parent in {place.parent for place in places}:
        parent.mkdir(parents=True, exist_ok=True)
    for place, content in places.items():
        _write_new(place, content)
    return list(places)


def remove(root: Path, path: str) -> None:
    """Remove a file, then the folders that it leaves empty, the topmost one excepted."""
    place = inside(root, path)
    place.unlink(missing_ok=True)
    for folder in place.relative_to(root).parents:
        here = root / folder
        if len(folder.parts) < 2 or {p.name for p in here.iterdir()} - {"__pycache__"}:
            return
        _remove_folder(here)


def sweep(folders: Iterable[Path]) -> None:
    """Remove the temporaries of runs that died; only for a holder of ``exclusive``."""
    for folder in folders:
        with suppress(FileNotFoundError, NotADirectoryError):
            for entry in list(os.scandir(folder)):
                if not (entry.name.startswith(".torq-") and entry.name.endswith(".tmp")):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    _remove_folder(Path(entry.path))
                else:
                    Path(entry.path).unlink()


@contextmanager
def exclusive(root: Path) -> Iterator[None]:
    """Wait until no other run writes in this project; the system frees a dead run's lock."""
    with (kept.folder(root) / "lock").open("ab") as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _remove_folder(folder: Path) -> None:
    import shutil  # 2 ms that a run with nothing to do need not wait for

    shutil.rmtree(folder, ignore_errors=True)


def _temporary(folder: Path, number: int) -> Path:
    return folder / f".torq-{os.getpid()}-{number}.tmp"


def _mode_of(place: Path) -> int | None:
    """The permissions of the file that is to be replaced."""
    with suppress(FileNotFoundError):
        mode = place.lstat().st_mode
        return stat.S_IMODE(mode) if stat.S_ISREG(mode) else None
    return None


def _write_new(place: Path, content: bytes) -> None:
    with place.open("xb") as file:
        file.write(content)


def _settle(files: Sequence[Path]) -> None:
    """Wait until files are on disk, so that a rename cannot outlive what it names.

    Many at once go with one ``sync``: waiting for each takes milliseconds.
    """
    if len(files) > _FEW and hasattr(os, "sync"):
        os.sync()
        return
    for file in files:
        with file.open("rb+") as opened:
            os.fsync(opened.fileno())
