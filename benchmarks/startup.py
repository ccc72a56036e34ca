"""How long a command takes that has little to do, and which imports take the time.

Whole processes of the installed console scripts on the reference system; medians of interleaved
runs. The second table is from ``-X importtime``, whose own cost makes its times too long by a
third or so: they are for comparison.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

from _harness.machine import machine
from _harness.processes import Run, middle, run
from _harness.table import table

_ROOT = Path(__file__).resolve().parents[1]
_COPIED = ("system.yaml", "torq.lock.yaml", "schemas", "services", "generated")
_TOP = 8
_LINE = re.compile(r"import time:\s*(\d+) \|\s*(\d+) \|(\s*)(\S+)")
_EXPECTED_MS = {"torq-gen --version": 30, "torq-gen tlv": 100, "torq-gen generate": 60}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="see that it runs, in seconds")
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument(
        "--scripts",
        type=Path,
        metavar="DIR",
        help="where torq-gen is installed (default: a new virtual environment)",
    )
    options = parser.parse_args()
    rounds = 1 if options.quick else options.rounds
    with tempfile.TemporaryDirectory() as folder:
        scripts = options.scripts.resolve() if options.scripts else _installed(Path(folder))
        if not (scripts / "torq-gen").exists():
            print(f"no torq-gen in {scripts}: python -m pip install -e .", file=sys.stderr)
            return 2
        system = _copy(Path(folder) / "system")
        commands = _commands(scripts)
        run(commands["torq-gen generate"], system)  # so that there is nothing left to do
        runs = _measure(commands, system, rounds)
        print(f"{machine()}\nmedians of {rounds} interleaved runs\n")
        print(table(("command", "wall, ms", "user + system, ms", "expected"), _rows(runs)))
        print(f"\n{_imports(commands, system)}")
    return 0


def _installed(folder: Path) -> Path:
    """The scripts of a new virtual environment, into which the project is installed as it is."""
    place = folder / "venv"
    venv.create(place, with_pip=True)
    install = (place / "bin" / "python", "-m", "pip", "install", "--quiet")
    subprocess.run([*install, "--disable-pip-version-check", _ROOT], check=True)
    return place / "bin"


def _copy(place: Path) -> Path:
    """The reference system, so that measuring leaves the project alone."""
    place.mkdir()
    for name in _COPIED:
        source = _ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, place)
    return place


def _commands(scripts: Path) -> dict[str, tuple[str, ...]]:
    tool = str(scripts / "torq-gen")
    return {
        "python -c pass": (str(scripts / "python"), "-c", "pass"),
        "torq-gen --version": (tool, "--version"),
        "torq-gen tlv": (tool, "tlv"),
        "torq-gen generate": (tool, "generate"),
        "torq-gen check": (tool, "check"),
    }


def _measure(
    commands: dict[str, tuple[str, ...]], system: Path, rounds: int
) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            done = run(command, system)
            if number:  # the first round warms up
                runs[name].append(done)
    return runs


def _rows(runs: dict[str, list[Run]]) -> Iterator[tuple[str, ...]]:
    for name, found in runs.items():
        shown = f"{name} (nothing to do)" if name == "torq-gen generate" else name
        most = f"< {_EXPECTED_MS[name]}" if name in _EXPECTED_MS else ""
        middles = middle(found)
        yield (shown, f"{middles.wall * 1e3:.1f}", f"{middles.cpu * 1e3:.1f}", most)


def _imports(commands: dict[str, tuple[str, ...]], system: Path) -> str:
    """For each command the modules that take longest, those of bare Python left out."""
    found = {name: _import_times(command, system) for name, command in commands.items()}
    bare = found.pop("python -c pass")
    rows = []
    for name, modules in found.items():
        own = {module: us for module, us in modules.items() if module not in bare}
        largest = sorted(own.items(), key=lambda item: -item[1])[:_TOP]
        listed = ", ".join(f"{module} {us / 1e3:.1f}" for module, us in largest)
        rows.append((name, f"{sum(own.values()) / 1e3:.1f}", str(len(own)), listed))
    return table(
        ("command", "imports, ms", "modules", "the slowest, each by itself"), rows, left=(0, 3)
    )


def _import_times(command: tuple[str, ...], system: Path) -> dict[str, int]:
    """The us that each imported module takes by itself."""
    if command[0].endswith("torq-gen"):
        command = (str(Path(command[0]).with_name("python")), *command)
    python, *rest = command
    done = subprocess.run(
        [python, "-X", "importtime", *rest],
        cwd=system,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, int] = {}
    for match in _LINE.finditer(done.stderr):
        found[match[4]] = found.get(match[4], 0) + int(match[1])
    return found


if __name__ == "__main__":
    sys.exit(main())
