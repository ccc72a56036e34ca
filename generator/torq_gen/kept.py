"""What a run keeps for the next one, in ``.torq_cache``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ".torq_cache"


def folder(root: Path) -> Path:
    """The folder in a project, made when it is not there, and ignored by git."""
    place = root / FOLDER
    if not place.is_dir():
        place.mkdir(exist_ok=True)
        (place / ".gitignore").write_bytes(b"*\n")
    return place


def write(root: Path, name: str, data: bytes) -> None:
    """Write a file there whole or not at all; one that cannot be written is left out."""
    try:
        place = folder(root)
        temporary = place / f"{name}.{os.getpid()}.tmp"
        temporary.write_bytes(data)
        temporary.replace(place / name)
    except OSError:
        return
