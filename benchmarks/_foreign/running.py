"""Runs the analysis of a service in a process of its own, for as long as it may take."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_ANALYSE = Path(__file__).with_name("analyse.py")


class UnfinishedError(Exception):
    """The analysis crashed, or came to no end; the text says why."""


def analysed(root: Path, service: str, limit: int, roots: Iterable[str] = ()) -> dict[str, Any]:
    """What `analyse.py` says of a service of the system in ``root`` within ``limit`` seconds.

    Raises:
        UnfinishedError: there is no result
    """
    command = (sys.executable, str(_ANALYSE), str(root), service, *roots)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        raise UnfinishedError(f"no end within {limit} s") from None
    if done.returncode:
        raise UnfinishedError(done.stderr[-2000:] or f"ended with {done.returncode}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def lines(folder: Path) -> int:
    """The lines of the code in a folder."""
    return sum(path.read_bytes().count(b"\n") for path in folder.rglob("*.py"))
