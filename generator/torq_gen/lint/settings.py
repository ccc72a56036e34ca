"""The linter's settings: ``[tool.torq-gen]`` of pyproject.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any, NoReturn

from torq_gen.immutable import immutable
from torq_gen.lint.facts.settings_words import kind, near

FILE = "pyproject.toml"
TABLE = "tool.torq-gen"
LEVELS = ("error", "warning", "off")

_MENTION = re.compile(
    rb"^\s*(\[\[?\s*)?[\"']?tool[\"']?\s*([.]\s*[\"']?torq-gen|[]=])", re.MULTILINE
)
_STATES = re.compile(r"^\s*(\[\s*[\w\"']|[\w\"'.-]+\s*=)")
"""A line with a table's head or a key."""
_OUTSIDE = re.compile(r"^[/\\~]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)")


class SettingsError(ValueError):
    """The settings cannot be used; the text says where, what was expected and what was found."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


@immutable
class LintSettings:
    """What a project says about its checks.

    ``severity`` maps a rule's code or name, a prefix or a family to ``error``, ``warning`` or
    ``off``; ``select`` and ``ignore`` hold such words. ``source_roots`` are the folders in which
    modules are sought, ``exclude`` patterns of files that are not looked at, both relative to the
    project's root. ``baseline`` is its file, or empty. ``bus`` describes the project's own bus.
    """

    severity: Mapping[str, str] = field(default_factory=dict)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    source_roots: tuple[str, ...] = (".",)
    exclude: tuple[str, ...] = ()
    baseline: str = ""
    bus: Mapping[str, Any] = field(default_factory=dict)


def mentions(data: bytes) -> bool:
    """Whether a file may hold settings: most do not, and need not be parsed."""
    return _MENTION.search(data) is not None


def line_of(text: str, key: str, section: str = "", value: str = "") -> int:
    """The line on which a key of a section of the settings stands; 1 when it is not found.

    With ``value``, that of this text in the key's list.
    """
    line = _Reader(text, FILE).line(section, key)
    for number, written in enumerate(text.splitlines()[line - 1 :] if value else (), line):
        if number > line and _STATES.match(written):
            break
        if f'"{value}"' in written or f"'{value}'" in written:
            return number
    return line


def parse(text: str, file: str = FILE) -> LintSettings:
    """The settings in the text of a pyproject.toml; without any, the default ones.

    Raises:
        SettingsError: the file is no TOML, a key is unknown, or a value has another shape.
    """
    import tomllib

    try:
        found: Any = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        reason = str(error)[: place.start() if place else None]
        line = place[1] if place else 1
        raise SettingsError(f"{file}:{line}: expected TOML: {reason}") from error
    for name in TABLE.split("."):
        found = found.get(name, {}) if isinstance(found, dict) else {}
    return _Reader(text, file).read(found)


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file

    def read(self, table: Any) -> LintSettings:
        if not isinstance(table, dict):
            self._fail("", "torq-gen", f"expected a table [{TABLE}], found {kind(table)}")
        readers = {
            "severity": self._severity,
            "select": self._texts,
            "ignore": self._texts,
            "source-roots": self._paths,
            "exclude": self._paths,
            "baseline": self._path,
            "bus": self._bus,
        }
        values: dict[str, Any] = {}
        for key, value in table.items():
            if key not in readers:
                message = f"unknown key '{key}' in [{TABLE}]"
                self._fail("", key, message, near(key, readers))
            values[key.replace("-", "_")] = readers[key](key, value)
        return LintSettings(**values)

    def _severity(self, key: str, value: Any) -> dict[str, str]:
        for rule, level in self._table(key, value).items():
            if level not in LEVELS:
                message = f"expected error, warning or off for '{rule}', found {kind(level)}"
                self._fail(key, rule, message, near(str(level), LEVELS, "severities"))
        return dict(value)

    def _texts(self, key: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            self._fail("", key, f"expected a list of texts for '{key}', found {kind(value)}")
        return tuple(value)

    def _paths(self, key: str, value: Any) -> tuple[str, ...]:
        return tuple(self._path(key, path) for path in self._texts(key, value))

    def _path(self, key: str, value: Any) -> str:
        if not isinstance(value, str) or not value or _OUTSIDE.search(value):
            expected = f"expected a path inside the project for '{key}'"
            self._fail("", key, f"{expected}, found {kind(value)}")
        return value

    def _table(self, key: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._fail("", key, f"expected a table [{TABLE}.{key}], found {kind(value)}")
        return dict(value)

    def _bus(self, key: str, value: Any) -> dict[str, Any]:
        from torq_gen.lint.facts.bus import BusError, library

        table = self._table(key, value)
        try:
            library(table)
        except BusError as error:
            section = f"{key}.{error.section}" if error.section else key
            self._fail(section, error.key, str(error), error.help)
        return table

    def _fail(self, section: str, key: str, message: str, help: str = "") -> NoReturn:
        raise SettingsError(f"{self.file}:{self.line(section, key)}: {message}", help)

    def line(self, section: str, key: str) -> int:
        """The line on which a key of a section stands, as far as a look at the lines tells."""
        table, name = re.escape(TABLE), re.escape(key)
        part = rf"(\.{re.escape(section)})?"
        header = re.compile(rf"^\s*\[\s*{table}{part}")
        wanted = re.compile(rf"^\s*(\[\s*{table}{part}\.)?[\"']?{name}[\"']?\s*[]=.]")
        inside, first = False, 1
        for number, line in enumerate(self.text.splitlines(), 1):
            if line.lstrip().startswith("["):
                inside = header.match(line) is not None
                first = number if inside and first == 1 else first
            if inside and wanted.match(line):
                return number
        return self.line("", section) if section else first
