"""What a call of ``check`` is about: a project, and the places in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared.failures import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torq_gen.spec.loaded import Home


class Scope(NamedTuple):
    """What is looked at: the project, and the places in it that findings are wanted of."""

    root: Path
    places: tuple[Path, ...]

    @classmethod
    def of(cls, root: Path, paths: Sequence[str]) -> Scope:
        """The project and the paths of a call; without any, everything.

        Raises:
            UsageError: a path has nothing to do with the project.
        """
        base = root.resolve()
        places = tuple(Path(path).resolve() for path in paths)
        for path, place in zip(paths, places, strict=True):
            if not place.is_relative_to(base) and not base.is_relative_to(place):
                raise UsageError(f"{path}: expected a path in the project {base}, found another")
        return cls(base, places)

    def has(self, file: str) -> bool:
        """Whether a file, relative to the root, lies in one of the places."""
        if not self.places:
            return True
        place = self.root / file
        return any(place.is_relative_to(p) for p in self.places)

    def meets(self, folder: str) -> bool:
        """Whether a folder, relative to the root and not empty, holds one of the places."""
        inside = self.root / folder
        return bool(folder) and any(place.is_relative_to(inside) for place in self.places)

    def services(self, homes: Mapping[str, Home]) -> frozenset[str] | None:
        """The services in whose folders all the places lie; None when one lies elsewhere."""
        if not self.places:
            return None
        folders = {name: self.root / home.path for name, home in homes.items()}
        found = [
            next((n for n, f in folders.items() if p.is_relative_to(f)), None) for p in self.places
        ]
        return None if None in found else frozenset(n for n in found if n is not None)


class Files(NamedTuple):
    """How many files were looked at, by kind."""

    spec: int = 0
    generated: int = 0
    services: int = 0
    topologies: int = 0

    @property
    def all(self) -> int:
        """All of them."""
        return sum(self)


class Texts(Mapping[str, str]):
    """The text of files below a root, read when it is asked for."""

    def __init__(self, root: Path, files: Iterable[str]) -> None:
        self._root = root
        self._files = tuple(dict.fromkeys(files))

    def __getitem__(self, file: str) -> str:
        from torq_gen.lint.facts.files import content

        try:
            return content(str(self._root / file)).decode("utf-8", "replace")
        except OSError:
            raise KeyError(file) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)
