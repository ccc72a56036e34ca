"""Names inside generated functions: short, readable, and never one that the code itself uses."""

from __future__ import annotations

import builtins
import keyword

_LONGEST = 20
_USED_BY_CODECS = frozenset(
    {"at", "bad_text", "body", "checksum", "cls", "crc32", "data", "end", "error", "explain"}
    | {"from_bytes", "head", "kinds", "left_over", "malformed", "pack", "parts", "refuse", "rules"}
    | {"self", "sequence", "size", "source", "timestamp", "truncated", "unpack_from", "version"}
)
_TAKEN = _USED_BY_CODECS | frozenset(dir(builtins)) | frozenset(keyword.kwlist)


class Names:
    """Hands out local names; each one once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def local(self, wished: str) -> str:
        """The wished name, or one like it that is free."""
        name = wished if len(wished) <= _LONGEST and wished not in _TAKEN else ""
        number = 0
        while not name or name in self._given:
            number += 1
            name = f"{wished[: _LONGEST - 4].rstrip('_')}_{number}"
        self._given.add(name)
        return name
