"""Unified diffs of what a run would write."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from torq_gen.cli._shared.terminal import paint
from torq_gen.output import Entry

_STYLES = {"+++": "bold", "---": "bold", "@@": "cyan", "+": "green", "-": "red"}


def diff(entry: Entry, *, color: bool) -> Iterator[str]:
    """The lines, without their ends, that turn what was found into what is wanted."""
    before, after = _lines(entry.found), _lines(entry.wanted)
    if before is None or after is None:
        yield f"Binary files a/{entry.path} and b/{entry.path} differ"
        return
    old = "/dev/null" if entry.found is None else f"a/{entry.path}"
    new = "/dev/null" if entry.wanted is None else f"b/{entry.path}"
    for line in unified_diff(before, after, old, new):
        yield from _shown(line, color)


def _shown(line: str, color: bool) -> Iterator[str]:
    style = next((s for head, s in _STYLES.items() if line.startswith(head)), "")
    text = line.removesuffix("\n")
    yield paint(text, style, color) if style else text
    if not line.endswith("\n"):
        yield "\\ No newline at end of file"


def _lines(content: bytes | None) -> list[str] | None:
    """Lines with their ends; None for what is not text."""
    if content is None:
        return []
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else _split(text)


def _split(text: str) -> list[str]:
    """At line feeds only: a form feed inside a string ends no line of a diff."""
    *whole, last = text.split("\n")
    return [f"{line}\n" for line in whole] + ([last] if last else [])
