"""The form of ``torq-baseline.json``: entries sorted, one a line, so that merges are easy."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from torq_gen.diagnostics import Span
from torq_gen.report.fingerprints import Fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILE = "torq-baseline.json"
VERSION = 1
_TEXTS = (*Fingerprint._fields, "file")
_KEYS = (*_TEXTS, "count")


_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)


class BaselineError(ValueError):
    """A baseline that cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Findings alike in one file: what is known of them, and how many they are.

    The file does not identify them: those of a file that was renamed are still held.
    """

    fingerprint: Fingerprint
    file: str
    count: int
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of the file ``file``, in order."""

    file: str
    entries: tuple[Entry, ...]

    def allowed(self) -> Mapping[Fingerprint, int]:
        """How many findings of each fingerprint it holds."""
        counts: Counter[Fingerprint] = Counter()
        for entry in self.entries:
            counts[entry.fingerprint] += entry.count
        return counts


def dump(entries: Iterable[Entry]) -> bytes:
    """The file's content; half a surrogate pair is written as JSON's escape of it."""
    rows = sorted((*e.fingerprint, e.file, e.count) for e in entries)
    lines = ",\n".join(
        f"    {json.dumps(dict(zip(_KEYS, row, strict=True)), ensure_ascii=False)}" for row in rows
    )
    body = f"[\n{lines}\n  ]" if rows else "[]"
    text = f'{{\n  "version": {VERSION},\n  "entries": {body}\n}}\n'
    return text.encode("utf-8", "backslashreplace")


def read(data: bytes, file: str = FILE) -> Baseline:
    """The baseline in ``data``.

    Raises:
        BaselineError: it is not JSON, not of this form or of another version.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte 0x{data[error.start]:02X}"
        raise BaselineError(f"{file}: expected UTF-8, found {found}") from None
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if conflict := _CONFLICT.search(text):
            line = text.count("\n", 0, conflict.start()) + 1
            raise BaselineError(
                f"{file}:{line}: expected JSON, found the mark of a merge conflict: "
                "keep the entries of both sides, and run --update-baseline"
            ) from None
        place = f"{file}:{error.lineno}:{error.colno}"
        raise BaselineError(f"{place}: expected JSON: {error.msg.lower()}") from None
    except RecursionError:
        raise BaselineError(f"{file}: expected a baseline, found JSON nested too deep") from None
    rows = _rows(file, value)
    spans = _spans(file, text, len(rows))
    entries = [
        _entry(file, i, r, span) for i, (r, span) in enumerate(zip(rows, spans, strict=True))
    ]
    return Baseline(file, _each_once(entries))


def _each_once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries that a merge has doubled count as the larger of the two."""
    largest: dict[tuple[Fingerprint, str], Entry] = {}
    for entry in entries:
        key = (entry.fingerprint, entry.file)
        if key not in largest or largest[key].count < entry.count:
            largest[key] = entry
    return tuple(largest.values())


def _rows(file: str, value: Any) -> list[Any]:
    if not isinstance(value, dict):
        raise BaselineError(f"{file}: expected an object, found {_kind(value)}")
    version = value.get("version")
    if version != VERSION or isinstance(version, bool):
        found = json.dumps(version)
        raise BaselineError(f"{file}: expected version {VERSION} of a baseline, found {found}")
    rows = value.get("entries")
    if not isinstance(rows, list):
        raise BaselineError(f"{file}: expected a list for 'entries', found {_kind(rows)}")
    if unknown := sorted(value.keys() - {"version", "entries"}):
        raise BaselineError(f"{file}: unknown key {unknown[0]!r}")
    return rows


def _entry(file: str, index: int, row: Any, span: Span | None) -> Entry:
    place = str(span) if span else f"{file}: entry {index + 1}"
    if not isinstance(row, dict):
        raise BaselineError(f"{place}: expected an object as entry, found {_kind(row)}")
    if unknown := sorted(row.keys() - set(_KEYS)):
        raise BaselineError(f"{place}: unknown key {unknown[0]!r} in an entry")
    for key in _TEXTS:
        if not isinstance(row.get(key), str):
            found = _kind(row[key]) if key in row else "nothing"
            raise BaselineError(f"{place}: expected a text for {key!r}, found {found}")
    count = row.get("count")
    if type(count) is not int or count < 1:
        found = json.dumps(count) if "count" in row else "nothing"
        raise BaselineError(f"{place}: expected a count of at least 1, found {found}")
    mark = Fingerprint(*(row[key] for key in Fingerprint._fields))
    return Entry(mark, row["file"], count, span)


def _spans(file: str, text: str, entries: int) -> list[Span | None]:
    """Where the entries stand, if each has a line of its own as ``dump`` writes them."""
    found: list[Span | None] = []
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip().removesuffix(",")
        if bare.startswith('{"rule":') and bare.endswith("}"):
            column = len(line) - len(line.lstrip()) + 1
            found.append(Span(file, number, column, number, column + len(bare)))
    return found if len(found) == entries else [None] * entries


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value"}
    return "nothing" if value is None else names.get(type(value), "a number")
