"""Whether a path or pattern of the spec stays inside the project; costs no import."""

from __future__ import annotations


def outside(path: str) -> str | None:
    """Why a path or pattern may leave the project, or None when it stays inside."""
    if "\\" in path:
        return "expected a path with forward slashes, found a backslash"
    if path.startswith(("/", "~")) or path[1:2] == ":":
        return "expected a path relative to the project, found an absolute one"
    if ".." in path.split("/"):
        return "expected a path inside the project, found '..' in it"
    return None
