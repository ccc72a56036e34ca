"""Runs something again whenever a file of the project changes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from torq_gen.cli._shared.failures import CommandError, say
from torq_gen.cli._shared.terminal import is_terminal

_SECONDS = 0.3
_SUFFIXES = (".py", ".yaml", ".yml", ".toml")
_LEFT_OUT = frozenset(("__pycache__", "node_modules", "build", "dist", "venv"))
_CLEAR = "\x1b[2J\x1b[H"

Times = Mapping[str, tuple[int, int]]


def watch(
    root: Path,
    program: str,
    run: Callable[[], object],
    wait: Callable[[], object] = lambda: time.sleep(_SECONDS),
) -> NoReturn:
    """Run now and after each change, until a keyboard interrupt is raised.

    What a run raises as ``CommandError`` is shown, and watching goes on: half-written files are
    what one sees while somebody types. ``wait`` is called between two looks at the files.
    """
    while True:
        seen = times(root)
        if is_terminal(sys.stdout):
            print(_CLEAR, end="")
        try:
            run()
        except CommandError as error:
            say(program, error)
        sys.stdout.flush()
        while times(root) == seen:
            wait()


def times(root: Path) -> Times:
    """The time of the last change and the size of every file that a check may depend on."""
    found: dict[str, tuple[int, int]] = {}
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [n for n in subfolders if n[0] != "." and n not in _LEFT_OUT]
        for name in names:
            if name.endswith(_SUFFIXES):
                place = os.path.join(folder, name)  # noqa: PTH118 - thousands of them, often
                try:
                    status = os.stat(place)  # noqa: PTH116
                except OSError:
                    continue
                found[place] = (status.st_mtime_ns, status.st_size)
    return found
