"""Names of releases (``v1.2.0``, ``shop-2.0``) in the order of their versions."""

from __future__ import annotations

import re
from typing import NamedTuple

_VERSION = re.compile(
    r"(?:.*?[/@_-])??[vV]?(?P<numbers>\d+(?:\.\d+)*)"
    r"(?P<early>[-._]?(?:a|b|c|rc|alpha|beta|dev|pre|preview)[-.]?\d*|-[0-9A-Za-z.-]+)?"
    r"(?:\+[0-9A-Za-z.-]+)?"
)
_PART = re.compile(r"\d+|[A-Za-z]+")


class Version(NamedTuple):
    """A version that sorts as people read it: ``1.9`` before ``1.10``, ``2.0-rc1`` before ``2.0``.

    ``final`` is false of what came before a release.
    """

    numbers: tuple[int, ...]
    final: bool
    early: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, name: str) -> Version | None:
        """The version that a tag or an approval names; None where it names none."""
        match = _VERSION.fullmatch(name)
        if match is None:
            return None
        numbers = tuple(int(n) for n in match["numbers"].split("."))
        while len(numbers) > 1 and numbers[-1] == 0:
            numbers = numbers[:-1]
        early = match["early"] or ""
        parts = tuple((int(p), "") if p.isdigit() else (-1, p) for p in _PART.findall(early))
        return cls(numbers, not early, parts)
