"""What loading a spec gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.model import System


@dataclass(frozen=True, slots=True)
class Loaded:
    """The system (None when there is an error), the findings, and the text of the files."""

    system: System | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]


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
