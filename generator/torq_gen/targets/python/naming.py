"""Names inside generated functions: short, readable, and never one that the code itself uses."""

from __future__ import annotations

import builtins
import keyword

_LONGEST = 20
_USED_BY_CODECS = frozenset(
    {"at", "bad_text", "body", "checksum", "cls", "crc32", "data", "end", "error", "framed"}
    | {"from_bytes", "head"}
    | {"kinds", "left_over", "malformed", "pack", "pack_head", "parts", "refuse", "rules", "self"}
    | {"sequence", "size", "source", "start", "struct_error", "timestamp", "truncated"}
    | {"unpack_from", "value", "version"}
)
_TAKEN = _USED_BY_CODECS | frozenset(dir(builtins)) | frozenset(keyword.kwlist)


class Names:
    """Hands out local names; each one once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def local(self, wished: str, role: str = "") -> str:
        """A free name for the ``role`` that something plays for ``wished``.

        What is nested in lists has no name to wish for: there the role alone keeps lines short.
        """
        stem = f"{wished}_{role}" if wished and role else wished or role or "item"
        free = len(stem) <= _LONGEST and stem not in _TAKEN and stem not in self._given
        name, number = stem, 0
        while not free:
            number += 1
            name = f"{stem[: _LONGEST - 4].rstrip('_')}_{number}"
            free = name not in self._given
        self._given.add(name)
        return name


def within(wished: str, part: str) -> str:
    """What to wish for a part of a value; nothing inside of what has no name itself."""
    return f"{wished}_{part}" if wished else ""
