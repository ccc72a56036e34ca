"""Topology files under a service's new name."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = "config"
_SECTIONS = ("services", "deployment", "mailboxes", "monitors")


def rename_topologies(root: Path, old: str, new: str) -> dict[str, bytes]:
    """The files of ``config/`` that change; one is left as it is where the edit is not certain."""
    files = {}
    for path in sorted((root / _FOLDER).glob("*.toml")):
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        try:
            wanted = _renamed(tomllib.loads(text), old, new)
            made = _edited(text, old, new)
            if made != text and tomllib.loads(made) == wanted:
                files[path.relative_to(root).as_posix()] = made.encode("utf-8", "surrogateescape")
        except tomllib.TOMLDecodeError:
            continue
    return files


def _renamed(topology: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """The topology as it should read: the service's tables, and where it is listed."""
    found = dict(topology)
    for section in _SECTIONS:
        if isinstance(found.get(section), dict):
            found[section] = {new if k == old else k: v for k, v in found[section].items()}
    if isinstance(found.get("deployment"), dict):
        found["deployment"] = _listed(found["deployment"], old, new)
    if isinstance(processes := found.get("processes"), dict):
        found["processes"] = {
            k: _listed(v, old, new) if isinstance(v, dict) else v for k, v in processes.items()
        }
    return found


def _listed(table: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    if not isinstance(actors := table.get("actors"), list):
        return table
    return {**table, "actors": [new if actor == old else actor for actor in actors]}


def _edited(text: str, old: str, new: str) -> str:
    """The text with the name replaced in headers, in keys of the sections, and in ``actors``."""
    name = re.escape(old)
    sections = "|".join(_SECTIONS)
    text = re.sub(
        rf"(?m)^(\s*\[?\s*(?:{sections})\s*\.\s*){name}(?=\s*[\].=])", rf"\g<1>{new}", text
    )
    lines, section, listing = [], "", False
    for line in text.splitlines(keepends=True):
        if header := re.match(r"\s*\[([\w.\-]+)\]", line):
            section = header[1]
        if section in _SECTIONS:
            line = re.sub(rf"^(\s*){name}(?=\s*[.=])", rf"\g<1>{new}", line)
        listing = listing or bool(re.match(r"\s*(?:[\w.\-]+\.)?actors\s*=", line))
        if listing:
            line = re.sub(rf"([\"']){name}\1", rf"\g<1>{new}\g<1>", line)
            listing = "]" not in line
        lines.append(line)
    return "".join(lines)
