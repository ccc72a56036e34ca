"""Where the project is, and its spec."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared.failures import NoProjectError, UnusableSpecError
from torq_gen.cli._shared.terminal import wants_color

if TYPE_CHECKING:
    from torq_gen.model import System
    from torq_gen.spec import Loaded

SPEC = "system.yaml"
TOPOLOGY = "config/dev.toml"  # what `run` and `replay` take when none is named


class Project(NamedTuple):
    """A usable spec and what the loader warned of."""

    root: Path
    system: System
    loaded: Loaded


def find_root(given: str | None, start: str | Path = ".") -> Path:
    """The folder that ``-C`` names, else the nearest one from ``start`` upward with a system.yaml.

    A change of several files that was interrupted there is completed first.

    Raises:
        NoProjectError: there is none.
    """
    root = _find_root(given, start)
    _complete(root)
    return root


def _complete(root: Path) -> None:
    """Nobody is to read the spec while it is half changed."""
    from torq_gen import transaction

    if (found := transaction.recover(root)) is None:
        return
    said = f"completed the change that an interrupted run began: {', '.join(found.completed)}"
    print(said if found.completed else "an interrupted run had changed all", file=sys.stderr)
    for path in found.kept:
        print(f"  left alone, it was changed since: {path}", file=sys.stderr)


def _find_root(given: str | None, start: str | Path) -> Path:
    if given is not None:
        root = Path(given)
        if root.exists() and not root.is_dir():
            raise NoProjectError(f"{given}: expected the project's folder, found a file")
        if not root.is_dir():
            raise NoProjectError(f"{given}: expected the project's folder, found no such folder")
        if not (root / SPEC).is_file():
            raise NoProjectError(f"{given}: expected a folder with a {SPEC}, found none in it")
        return root
    here = Path(start).resolve()
    for folder in (here, *here.parents):
        if (folder / SPEC).is_file():
            return folder
    raise NoProjectError(
        f"no {SPEC} in {here} or any folder above it",
        "run inside a project, or name its folder: -C DIR",
    )


def load_project(root: Path, *, color: str = "auto", assign_ids: bool = False) -> Project:
    """The project's spec; its errors are shown, its warnings left to ``check``.

    Raises:
        UnusableSpecError: the spec has errors.
    """
    from torq_gen.diagnostics import Severity
    from torq_gen.spec import load

    loaded = load(root, assign_ids=assign_ids)
    errors = [d for d in loaded.diagnostics if d.severity is Severity.ERROR]
    if loaded.system is None or errors:
        from torq_gen.report import text

        shown = text.render(errors, loaded.sources, color=wants_color(color, sys.stderr))
        print(shown, file=sys.stderr, end="")
        raise UnusableSpecError("the spec cannot be used")
    return Project(root, loaded.system, loaded)
