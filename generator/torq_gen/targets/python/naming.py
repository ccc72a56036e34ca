"""Names inside generated functions: short, readable, and never one that the code itself uses."""

from __future__ import annotations

import builtins
import keyword

from torq_gen.targets._shared.imports import RUNTIME, STANDARD

_LONGEST = 20
_USED_BY_CODECS = frozenset(
    {"at", "body", "checksum", "cls", "data", "end", "error", "head", "pack", "parts", "self"}
    | {"sequence", "size", "source", "start", "timestamp", "unpack_from", "value", "version"}
)
_IMPORTED = frozenset(RUNTIME) | frozenset(STANDARD)
_TAKEN = _USED_BY_CODECS | _IMPORTED | frozenset(dir(builtins)) | frozenset(keyword.kwlist)


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
