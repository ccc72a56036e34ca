"""What loading a spec gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.model import System


class Home(NamedTuple):
    """Where a service's code stands, and whether it has to be there."""

    name: str
    path: str
    active: bool


class Loaded:
    """What a spec says: where its services are, the findings, the text of the files.

    ``homes`` are by service, None where there is an error. ``system`` is all that the spec says. It
    is made when it is asked for: most runs find that nothing changed, and need the homes alone.
    ``digest`` is one of all the files and of the loader; empty where a file cannot be read.
    """

    def __init__(
        self,
        homes: Mapping[str, Home] | None,
        diagnostics: tuple[Diagnostic, ...],
        sources: Mapping[str, str],
        digest: str,
        system: Callable[[], System | None],
    ) -> None:
        self.homes = homes
        self.diagnostics = diagnostics
        self.sources = sources
        self.digest = digest
        self._system = system

    @cached_property
    def system(self) -> System | None:
        """The system; None where there is an error."""
        return self._system()


def homes_of(system: System) -> dict[str, Home]:
    """Where the services of a system are."""
    return {s.name: Home(s.name, s.path, s.active) for s in system.services.values()}


class Sources(Mapping[str, str]):
    """The text of files under a root, by relative path; read when it is asked for."""

    def __init__(self, root: Path, files: tuple[str, ...]) -> None:
        self._root = root
        self._files = files
        self._texts: dict[str, str] = {}

    def __getitem__(self, file: str) -> str:
        if file not in self._files:
            raise KeyError(file)
        if file not in self._texts:
            try:
                data = (self._root / file).read_bytes()
            except OSError:
                raise KeyError(file) from None
            self._texts[file] = data.decode("utf-8", "replace")
        return self._texts[file]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)
