"""The generator's cases: each folder of tests/cases/generator is a spec and what it makes."""

from __future__ import annotations

from pathlib import Path

from torq_gen import targets
from torq_gen.model import System
from torq_gen.spec import load
from torq_gen.targets import skeletons

FOLDER = Path(__file__).parents[2] / "cases" / "generator"
CASES = sorted(path.name for path in FOLDER.iterdir() if (path / "system.yaml").is_file())
EXPECTED = "expected"


def system_of(case: str) -> System:
    """The system of a case, which has to load without errors."""
    loaded = load(FOLDER / case)
    assert loaded.system is not None, loaded.diagnostics
    return loaded.system


def made_by(system: System) -> dict[str, bytes]:
    """Everything that is generated for a system, skeletons included."""
    folders = skeletons.render(system)
    services = system.services
    return targets.render(system) | {
        f"{services[name].path}/{path}": content
        for name, files in folders.items()
        for path, content in files.items()
    }


def expected_of(case: str) -> dict[str, bytes]:
    """What the case says that the generator makes."""
    root = FOLDER / case / EXPECTED
    found = {path.relative_to(root): path for path in root.rglob("*") if path.is_file()}
    # what running the contract tests leaves behind is not expected
    left_behind = ("__pycache__", ".hypothesis")
    return {
        name.as_posix(): path.read_bytes()
        for name, path in found.items()
        if not set(name.parts).intersection(left_behind)
    }


def accept(case: str) -> None:
    """Write what the generator makes today as what is expected; read the diff before you commit."""
    root = FOLDER / case / EXPECTED
    made = made_by(system_of(case))
    for path in expected_of(case).keys() - made.keys():
        (root / path).unlink()
    for path, content in made.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


if __name__ == "__main__":
    for name in CASES:
        accept(name)
