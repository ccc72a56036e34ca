"""Changes of a text by character offsets: what every fix comes down to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """``text`` in place of the characters from ``start`` up to ``end``."""

    start: int
    end: int
    text: str


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; those at one place come in the order in which they are given.

    Raises:
        ValueError: two edits overlap, or one lies outside the text.
    """
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        if not at <= edit.start <= edit.end <= len(text):
            raise ValueError(f"an edit of {edit.start}..{edit.end} overlaps one that ends at {at}")
        parts += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join(parts) + text[at:]
