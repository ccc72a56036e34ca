"""Code of repositories on GitHub: only files of Python are taken, and none of it ever runs."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from _foreign.packages import MissingPackageError


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on GitHub at a commit."""

    name: str
    commit: str


def unpack(repository: Repository, kept: Path, place: Path) -> None:
    """Copies the code of a repository below ``place``, with names that Python can import.

    What is fetched is kept in ``kept``, below the repository's name with ``+`` for ``/``. What is
    there already is not fetched, unless git says that it is another commit.

    Raises:
        MissingPackageError: git cannot get it
    """
    copy = kept / repository.name.replace("/", "+")
    if not copy.is_dir() or _is_another(copy, repository.commit):
        _fetch(repository, copy)
    for path in sorted(copy.rglob("*.py")):
        if path.is_file() and not path.is_symlink():
            inside = (part.replace("-", "_") for part in path.relative_to(copy).parts)
            target = Path(place, *inside)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def _is_another(copy: Path, commit: str) -> bool:
    """Whether a copy is a checkout of another commit; without git it is taken for the right one."""
    if not (copy / ".git").exists():
        return False
    command = ("git", "-C", str(copy), "rev-parse", "HEAD")
    return subprocess.run(command, capture_output=True, text=True).stdout.strip() != commit


def _fetch(repository: Repository, copy: Path) -> None:
    url = f"https://github.com/{repository.name}"
    work = copy.with_name(f"{copy.name}.part")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for command in (
        ("init", "--quiet"),
        ("fetch", "--quiet", "--depth", "1", url, repository.commit),
        ("checkout", "--quiet", "FETCH_HEAD"),
    ):
        done = subprocess.run(["git", "-C", str(work), *command], capture_output=True, text=True)
        if done.returncode:
            wanted = f"{url} at {repository.commit}"
            raise MissingPackageError(f"{wanted}: {done.stderr.strip()[-200:]}")
    shutil.rmtree(copy, ignore_errors=True)
    work.rename(copy)
