"""What a plain YAML scalar means, where YAML 1.1 and 1.2 agree; where they do not, it is refused.

YAML 1.1: https://yaml.org/type/ (bool, float, int, null, timestamp); YAML 1.2.2, section 10.3.2,
"Tag Resolution" of the core schema.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

_MAX_DIGITS = 100  # a u256 has 78

_AGREED = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_SWITCHES = {w for s in ("yes", "no", "on", "off") for w in (s, s.capitalize(), s.upper())}
_SPECIAL_FLOAT = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?")
_DISPUTED = (
    (re.compile(r"[-+]?0[xX][0-9a-fA-F_]+"), "a hexadecimal number"),
    (re.compile(r"[-+]?0[bB][01_]+"), "a binary number"),
    (re.compile(r"[-+]?0[oO]?[0-9_]+"), "an octal number"),
    (re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"), "a number in base 60"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?"), "a date"),
    (re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+"), "a number"),
    (re.compile(r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"), "a number"),
)


class Ambiguous(NamedTuple):
    """A plain scalar that cannot be used as it stands: what some readers take it for."""

    reading: str


Scalar: TypeAlias = str | int | float | bool | None


def resolve(text: str) -> Scalar | Ambiguous:
    """The value of the plain scalar ``text``, or why it has to be quoted."""
    if text in _AGREED:
        return _AGREED[text]
    if text in _SWITCHES:
        return Ambiguous("a boolean")
    if text[0] not in "+-.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= _MAX_DIGITS else Ambiguous("a number of too many digits")
    if _FLOAT.fullmatch(text):
        return float(text)
    if _SPECIAL_FLOAT.fullmatch(text):
        return float(text.replace(".", "", 1))
    for pattern, reading in _DISPUTED:
        if pattern.fullmatch(text):
            return Ambiguous(reading)
    return text
