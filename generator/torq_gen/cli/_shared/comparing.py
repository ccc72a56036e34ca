"""Which older versions a project is compared with, from the words of the call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared import older
from torq_gen.cli._shared.failures import UsageError, did_you_mean
from torq_gen.cli._shared.repository import Repository, Tag, short
from torq_gen.evolution.judging import Older
from torq_gen.evolution.releases import Version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WILD = "*?["
_DEEPEN = "fetch them: git fetch --tags --unshallow (in CI, check out with the whole history)"


class Versions(NamedTuple):
    """The older versions, the newest of each word first; ``released`` is the latest release."""

    found: tuple[Older, ...]
    released: str | None


class Source:
    """Finds older versions of the project in ``root``, whose files are ``contents`` today."""

    def __init__(self, root: Path, contents: Mapping[str, bytes], *, tip: bool) -> None:
        self.root = root
        self.contents = contents
        self.tip = tip
        self.repository = Repository.of(root)
        self._known: older.Known = {}

    def versions(self, words: Sequence[str]) -> tuple[Older, ...]:
        """What each word means; the latest release without any.

        Raises:
            UsageError: a word means nothing, or there is no release.
        """
        if not words:
            return (self._latest("*", releases=True),)
        found = [self._of(word) for word in words]
        return tuple({older.prefix: older for older in found}.values())

    def earlier(self, words: Sequence[str], known: Sequence[Older]) -> tuple[Older, ...]:
        """Every release that the words' patterns match, but those that are known already."""
        patterns = [w for w in words if self._is_pattern(w)] or ["*"]
        names = {older.name for older in known}
        found: dict[str, Older] = {}
        for pattern in patterns:
            for tag in self._releases(pattern):
                if tag.name in names or tag.name in found:
                    continue
                if (version := self._tagged(tag, latest=False)) is not None:
                    found[tag.name] = version
        return tuple(found.values())

    def released(self) -> str | None:
        """The latest release, for approvals that end with one."""
        return next((tag.name for tag in self._releases("*")), None)

    def _of(self, word: str) -> Older:
        repository = self.repository
        commit = repository.commit(word) if repository is not None else None
        if repository is not None and commit is not None:
            return self._at(repository, word, commit)
        place = Path(word)
        if place.is_dir():
            spec = older.from_directory(place.resolve(), self.root.name)
            return Older(word, f"{word.rstrip('/')}/", older.usable(spec, word))
        if place.is_file():
            if not word.endswith(older.ARCHIVES):
                kinds = ", ".join(older.ARCHIVES)
                raise UsageError(f"{word}: expected a folder or an archive ({kinds}), found a file")
            prefix = repository.prefix if repository is not None else ""
            spec = older.from_archive(place, prefix, self.root.name)
            return Older(word, f"{word}:", older.usable(spec, word))
        if self._is_pattern(word):
            return self._latest(word)
        raise UsageError(f"--against {word}: no commit, tag, folder or archive", self._near(word))

    def _at(self, repository: Repository, word: str, commit: str) -> Older:
        name = word
        if repository.is_branch(word) and not self.tip:
            base = repository.merge_base(commit)
            if base is None:
                raise UsageError(
                    f"--against {word}: it has no commit in common with this one",
                    _DEEPEN
                    if repository.shallow()
                    else f"compare with its tip: --against {word} --tip",
                )
            if base != commit:
                name, commit = f"{word} as of {short(base)}", base
        spec = older.from_commit(repository, commit, self.root.name, self._known)
        if spec is None:
            raise UsageError(f"--against {word}: there is no {older.SPEC} at {short(commit)}")
        ref = word if name == word else short(commit)
        return Older(name, f"{ref}:{repository.prefix}", older.usable(spec, name))

    def _latest(self, pattern: str, *, releases: bool = False) -> Older:
        for own in (False, True):
            for tag in self._releases(pattern):
                if (version := self._tagged(tag, latest=True, own=own)) is not None:
                    return version
        what = "no release to compare with" if releases else f"--against {pattern}: no release"
        where = "" if self.repository is not None else ": this is no git repository"
        help = "name a git ref, a folder or an archive: torq-gen breaking --against REF"
        if self.repository is not None and self.repository.shallow():
            help = f"tags may be missing in a shallow clone; {_DEEPEN}"
        raise UsageError(f"{what}{where or ' is tagged'}", help)

    def _releases(self, pattern: str) -> tuple[Tag, ...]:
        """The matching tags that name versions, the newest first; early ones only if no other."""
        if self.repository is None:
            return ()
        versions = [(Version.of(tag.name), tag) for tag in self.repository.tags(pattern)]
        known = sorted(((v, t) for v, t in versions if v is not None), reverse=True)
        final = [tag for version, tag in known if version.final]
        return tuple(final or [tag for _, tag in known])

    def _tagged(self, tag: Tag, *, latest: bool, own: bool = False) -> Older | None:
        """The version of a tag; None where there was no spec yet.

        Neither is it, unless ``own``, where it is today's own: then the release itself is being
        checked, and is to be compared with the one before.
        """
        repository = self.repository
        assert repository is not None
        spec = older.from_commit(repository, tag.commit, self.root.name, self._known)
        if spec is None:
            return None
        if not own and tag.commit == repository.commit("HEAD") and spec.contents == self.contents:
            return None
        system = older.usable(spec, tag.name)
        return Older(tag.name, f"{tag.name}:{repository.prefix}", system, latest)

    def _is_pattern(self, word: str) -> bool:
        return any(c in word for c in _WILD)

    def _near(self, word: str) -> str:
        if self.repository is None:
            return "this is no git repository: name a folder or an archive"
        near = did_you_mean(word, self.repository.names())
        return near or (
            _DEEPEN if self.repository.shallow() else "git branch -a and git tag list them"
        )
