"""Plays a page of the guide in a shell: writes each file that it names, runs each command.

A first line such as ``# system.yaml`` in a block names the file that the block is. In what a
command prints an ellipsis stands for what is left out: alone on its line, for any number of lines.
A command that does not end with 0 says so: ``# exit code 1``.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATUS = re.compile(r"# exit code (\d)$")
STEP = re.compile(r"^```\w+\n(# (?P<file>[\w./-]+)\n)?(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
TOOLS = {
    "torq-gen": "-P -m torq_gen",
    "pytest": "-P -m pytest -p mycelium.testing.plugin -p no:cacheprovider",
    "pip": "-m pip --disable-pip-version-check",
    "python": "",
}


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block and what it is said to print."""
    for part in re.split(r"^\$ ", block.replace("\\\n", ""), flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def shows(expected: str, found: str) -> bool:
    """Whether the output is what the page shows."""
    pattern = ""
    for line in expected.strip("\n").split("\n"):
        parts = ".*".join(map(re.escape, line.split("…")))
        pattern += "(?:.*\n)*" if line == "…" else f"{parts}\n"
    return re.fullmatch(pattern, found.strip("\n") + "\n") is not None


def from_source(folder: Path) -> str:
    """A PATH on which torq-gen and pytest are those of this tree.

    pytest gets its plugin by name: where the tree is installed, it would else have it twice.
    """
    folder.mkdir()
    path = os.pathsep.join(str(ROOT / part) for part in ("generator", "runtime"))
    for name, arguments in TOOLS.items():
        script = folder / name
        script.write_text(
            f"#!/bin/sh\nexport PYTHONPATH={shlex.quote(path)} PYTEST_DISABLE_PLUGIN_AUTOLOAD=1\n"
            f'exec {shlex.quote(sys.executable)} {arguments} "$@"\n'
        )
        script.chmod(0o755)
    return os.pathsep.join((str(folder), os.defpath))


def play(page: str, folder: Path, path: str) -> list[str]:
    """Plays a page in a folder with the commands of a PATH; the commands that were run.

    A command that changes the folder does so for all that follow.
    """
    text = (ROOT / page).read_text(encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if k.startswith(("COVERAGE", "PIP_"))}
    environment = {**kept, "PATH": path, "NO_COLOR": "1", "HOME": str(folder)}
    played = []
    for step in STEP.finditer(text):
        if step["file"]:
            file = folder / step["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step["text"], encoding="utf-8")
            continue
        for command, expected in commands(step["text"]):
            if command.startswith("cd "):
                folder = folder / command[3:]
                continue
            ran = subprocess.run(
                ["bash", "-c", command],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            wanted = STATUS.search(command)
            assert shows(expected, ran.stdout), f"{page}: {command}: found\n{ran.stdout}"
            assert ran.returncode == int(wanted[1] if wanted else 0), (page, command, ran.stdout)
            played.append(command)
    return played
