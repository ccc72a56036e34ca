"""What checks a synthetic system: torq-gen in several situations, and its peers."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count as counter
from pathlib import Path

from _harness import peers
from _harness.processes import run
from _lint import project

BIN = Path(sys.executable).parent
_TORQ_GEN = (sys.executable, "-m", "torq_gen")
_CHECK = (*_TORQ_GEN, "check")
_PARSE = (sys.executable, "-I", str(Path(__file__).with_name("parse.py")), "services")
_CHANGED = 3
_CACHES = (".ruff_cache", ".grimp_cache", ".import_linter_cache", ".tach")


@dataclass(frozen=True, slots=True)
class Contestant:
    """A command that is run in ``folder``; ``reset`` puts the folder into the state before it."""

    name: str
    command: tuple[str, ...]
    folder: Path
    reset: Callable[[], object]


def ours(root: Path, count: int) -> tuple[Contestant, ...]:
    """First runs, a run with nothing changed, and one after changes; each in its own folder."""
    folders = [root / name for name in ("cold", "warm", "changed")]
    for folder in folders:
        project.write(folder, count)
        run((*_TORQ_GEN, "generate"), folder)
    cold, warm, changed = folders
    return (
        Contestant("torq-gen check, cold", _CHECK, cold, _forget(cold)),
        Contestant("torq-gen check, warm", _CHECK, warm, _nothing),
        Contestant("torq-gen check, three files changed", _CHECK, changed, _change(changed, count)),
        Contestant("ast.parse, one process", _PARSE, cold, _nothing),
    )


def others(root: Path, count: int) -> Iterator[Contestant]:
    """The peers that are installed."""
    folder = root / "peers"
    project.write(folder, count)
    run((*_TORQ_GEN, "generate"), folder)
    names = list(project.services(count))
    (folder / "pyproject.toml").write_text(_importlinter(names), "utf-8")
    (folder / "tach.toml").write_text(_tach(names), "utf-8")
    fresh = _removed(*(folder / name for name in _CACHES))
    ruff = (str(BIN / "ruff"), "check", "--exit-zero", "--line-length=100", "services")
    if peers.version_of("ruff") is not None:
        yield Contestant("ruff check, cold", ruff, folder, fresh)
        yield Contestant("ruff check, warm", ruff, folder, _nothing)
    if peers.version_of("tach") is not None:
        yield Contestant("tach check", (str(BIN / "tach"), "check"), folder, fresh)
    if peers.version_of("import-linter") is not None:
        tool = (str(BIN / "lint-imports"),)
        yield Contestant("lint-imports, cold", (*tool, "--no-cache"), folder, _nothing)
        yield Contestant("lint-imports, warm", tool, folder, _nothing)
    if peers.version_of("ty") is not None:
        command = (str(BIN / "ty"), "check", "--exit-zero", "services")
        yield Contestant("ty check", command, folder, _nothing)


def missing() -> Iterator[str]:
    """A line for each peer that is not there."""
    for name in ("ruff", "tach", "import-linter", "ty"):
        if peers.version_of(name) is None:
            yield peers.missing(name)


def _importlinter(names: list[str]) -> str:
    modules = "".join(f'    "services.{name}",\n' for name in names)
    return (
        '[tool.importlinter]\nroot_package = "services"\n\n[[tool.importlinter.contracts]]\n'
        f'name = "services are apart"\ntype = "independence"\nmodules = [\n{modules}]\n'
    )


def _tach(names: list[str]) -> str:
    modules = "".join(f'\n[[modules]]\npath = "services.{n}"\ndepends_on = []\n' for n in names)
    return f'source_roots = ["."]\nexact = false\n{modules}'


def _nothing() -> None:
    """Leave the folder as it is."""


def _removed(*places: Path) -> Callable[[], None]:
    def reset() -> None:
        for place in places:
            shutil.rmtree(place, ignore_errors=True)

    return reset


def _forget(root: Path) -> Callable[[], None]:
    """Only what the linter keeps: that generated files are what they should be stays known."""

    def reset() -> None:
        for name in ("lint", "lint-facts"):
            (root / ".torq_cache" / name).unlink(missing_ok=True)

    return reset


def _change(root: Path, count: int) -> Callable[[], None]:
    """Another comment at the end of a file of three services."""
    numbers = counter(1)
    steps = range(1, count + 1, max(1, count // _CHANGED))[:_CHANGED]
    files = [root / "services" / f"service_{n}" / "formatting.py" for n in steps]
    texts = [file.read_text("utf-8") for file in files]

    def reset() -> None:
        number = next(numbers)
        for file, text in zip(files, texts, strict=True):
            file.write_text(f"{text}\n# {number}\n", "utf-8")

    return reset
