"""What characters do in a terminal: how many columns they take, and which control it."""

from __future__ import annotations

import re
import unicodedata

UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What a text that is shown must not hold, line ends and tabs apart."""

_TAB = 4
_JOINER, _EMOJI_FORM = "\u200d", "\ufe0f"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_HANGUL_TAILS = range(0x1160, 0x1200)


def expand(line: str, spans: list[int]) -> tuple[str, list[int]]:
    """The line with blanks for tabs, and the given places in it, which move with them."""
    text = ""
    at = 0
    places = []
    for index, character in enumerate(line):
        places.append(len(text))
        step = _TAB - at % _TAB if character == "\t" else 0
        text += " " * step or character
        at += step or width(line[max(0, index - 1) : index], character)
    places.append(len(text))
    return text, [places[min(place, len(line))] for place in spans]


def columns(text: str) -> int:
    """The columns of a text without tabs."""
    return sum(width(text[max(0, i - 1) : i], c) for i, c in enumerate(text))


def width(before: str, character: str) -> int:
    """Columns of a character that follows ``before``.

    Unicode Standard Annex 11 says which are wide. What joins a character before it adds nothing:
    marks, the rest of a joined emoji, a skin tone; the emoji form makes a narrow one wide.
    """
    code = ord(character)
    if code < 0x300:
        return 1
    if character == _EMOJI_FORM:
        return 1 if before and width("", before) == 1 else 0
    if before == _JOINER or (code in _SKIN_TONES and before and width("", before) == 2):
        return 0
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or code in _HANGUL_TAILS:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
