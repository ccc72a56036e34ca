"""Reads the pieces of code in `pieces/`: `== name` begins one, `-- part` a part of it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from _mutations.patch import Patch

_FOLDER = Path(__file__).with_name("pieces")
_PIECE = re.compile(r"^== (.+)\n", re.MULTILINE)
_PART = re.compile(r"^-- (.+)\n", re.MULTILINE)
_LISTS = ("bases", "decorators", "expected", "services")


@cache
def pieces(name: str) -> tuple[Patch, ...]:
    """The pieces of the files whose names begin so."""
    files = sorted(_FOLDER.glob(f"{name}*.txt"))
    return tuple(piece for file in files for piece in _read(file.read_text("utf-8")))


def _read(text: str) -> list[Patch]:
    _, *parts = _PIECE.split(text)
    names, bodies = parts[::2], parts[1::2]
    return [_piece(name, body) for name, body in zip(names, bodies, strict=True)]


def _piece(name: str, body: str) -> Patch:
    _, *parts = _PART.split(body)
    found = {key: text.rstrip("\n") for key, text in zip(parts[::2], parts[1::2], strict=True)}
    files = {k.removeprefix("file "): f"{t}\n" for k, t in found.items() if k.startswith("file ")}
    lists = {key: tuple(found[key].split()) for key in _LISTS if key in found}
    texts = {k: t for k, t in found.items() if k not in _LISTS and not k.startswith("file ")}
    if "before" in texts:
        texts["before"] += "\n\n"
    if "after" in texts:
        texts["after"] = f"\n\n{texts['after']}"
    return Patch(name, **lists, **texts, files=files)  # type: ignore[arg-type]
