"""What git remembers of a project, read from its objects: the work tree is never touched."""

from __future__ import annotations

import os
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared.failures import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_HASH = 12  # digits of a commit that people are shown
_LINK = b"120000"
# what git tells its hooks holds for the folder they run in, and that may be another one
_OF_HOOKS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_INDEX_FILE")


class Tag(NamedTuple):
    """A tag, and the commit that it names."""

    name: str
    commit: str


class Repository(NamedTuple):
    """The repository that a project stands in; ``prefix`` is the project's folder in it."""

    root: Path
    prefix: str

    @classmethod
    def of(cls, root: Path) -> Repository | None:
        """The repository of a folder; None without one, or without git."""
        prefix = _git(root, "rev-parse", "--show-prefix")
        if prefix is None:
            return None
        return cls(root, os.fsdecode(prefix.rstrip(b"\n")))

    def commit(self, ref: str) -> str | None:
        """The commit that a name means; None where it means none."""
        if not ref or ref.startswith("-"):
            return None
        end = ("--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        found = _git(self.root, "rev-parse", *end)
        return found.decode().strip() if found else None

    def is_branch(self, ref: str) -> bool:
        """Whether a name is a branch, here or of a remote: it moves on, tags and commits do not."""
        names = (f"refs/heads/{ref}", f"refs/remotes/{ref}")
        return any(self._has(name) for name in names) and not self._has(f"refs/tags/{ref}")

    def merge_base(self, commit: str) -> str | None:
        """Where the current commit and another one have parted; None where they never met."""
        found = _git(self.root, "merge-base", "HEAD", commit)
        return found.decode().strip() if found else None

    def tags(self, pattern: str = "*") -> tuple[Tag, ...]:
        """The tags that match a pattern and whose commits the current one descends from."""
        form = "--format=%(refname:strip=2)%00%(objectname)%00%(*objectname)"
        found = _git(self.root, "for-each-ref", "--merged=HEAD", form, "refs/tags")
        tags = []
        for line in os.fsdecode(found or b"").splitlines():
            name, own, peeled = line.split("\0")
            if fnmatchcase(name, pattern):
                tags.append(Tag(name, peeled or own))
        return tuple(tags)

    def names(self) -> tuple[str, ...]:
        """What may be compared with: branches and tags, for somebody who misspelt one."""
        form = "--format=%(refname:strip=2)"
        found = _git(self.root, "for-each-ref", form, "refs/heads", "refs/tags", "refs/remotes")
        return tuple(os.fsdecode(found or b"").split())

    def shallow(self) -> bool:
        """Whether history was cut off when the repository was cloned."""
        found = _git(self.root, "rev-parse", "--is-shallow-repository")
        return found is not None and found.strip() == b"true"

    def files(self, commit: str) -> dict[str, str]:
        """The project's files at a commit: their objects, by path from the project's folder."""
        inside = ("--", self.prefix) if self.prefix else ()
        found = _git(self.root, "ls-tree", "-r", "-z", "--full-tree", commit, *inside)
        files = {}
        for entry in (found or b"").split(b"\0"):
            head, _, name = entry.partition(b"\t")
            words = head.split()
            if len(words) == 3 and words[1] == b"blob" and words[0] != _LINK:
                files[os.fsdecode(name).removeprefix(self.prefix)] = words[2].decode()
        return files

    def contents(self, objects: Iterable[str]) -> Mapping[str, bytes]:
        """What stands in objects.

        Raises:
            CommandError: an object is not there, as in a clone that fetches late.
        """
        wanted = tuple(dict.fromkeys(objects))
        given = "".join(f"{name}\n" for name in wanted).encode()
        out = _git(self.root, "cat-file", "--batch", given=given) or b""
        found: dict[str, bytes] = {}
        at = 0
        for name in wanted:
            end = out.find(b"\n", at)
            words = out[at:end].split()
            if end < 0 or len(words) != 3:
                raise CommandError(f"git has no object {name}", "fetch the whole repository")
            size = int(words[2])
            found[name] = out[end + 1 : end + 1 + size]
            at = end + 1 + size + 1
        return found

    def file(self, commit: str, path: str) -> bytes | None:
        """A file of the project at a commit; None where it is not there."""
        return _git(self.root, "cat-file", "blob", f"{commit}:{self.prefix}{path}")

    def staged(self, stage: int, path: str) -> bytes | None:
        """One side of a file that is being merged (2 ours, 3 theirs); None of any other."""
        return _git(self.root, "cat-file", "blob", f":{stage}:{self.prefix}{path}")

    def _has(self, ref: str) -> bool:
        return _git(self.root, "show-ref", "--verify", "--quiet", ref) is not None


def short(commit: str) -> str:
    """A commit as people write it."""
    return commit[:_HASH]


def _git(root: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    """What git answers; None where it refuses, or is not installed.

    Raises:
        CommandError: the repository belongs to somebody else.
    """
    environment = {name: v for name, v in os.environ.items() if name not in _OF_HOOKS}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ("git", "-C", str(root), *arguments),
            input=given,
            capture_output=True,
            check=False,
            env=environment,
        )
    except OSError:
        return None  # there is no git
    if b"dubious ownership" in done.stderr:
        raise CommandError(
            f"{root}: git does not read a repository that belongs to another user",
            f"trust it: git config --global --add safe.directory {root}",
        )
    return done.stdout if done.returncode == 0 else None
