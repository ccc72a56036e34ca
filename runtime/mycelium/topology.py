"""Topology files: which services run here, with which settings.

[deployment]
mode = "monolith"              # one process; further modes come with further transports
actors = ["*"]                 # names of services, or all that are active
mailbox = 1024                 # messages that wait for one service
dead_letters = "dead_letters"  # a folder, relative to this file; in memory when left out
start_secs = 30
drain_secs = 10

[mailboxes]
flash_arbitrage = 4096

[services.flash_arbitrage]     # the service's settings; numbers with a point become Decimal
gas_price_gwei = 30
"""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from mycelium.errors import TopologyError
from mycelium.manifest import Manifest

EVERY_SERVICE: Final = "*"
_SECTIONS: Final = ("deployment", "mailboxes", "services")


class Topology(msgspec.Struct, frozen=True, kw_only=True):
    """What one process runs. ``services`` has names that were checked against the manifest."""

    services: tuple[str, ...]
    settings: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
    mailboxes: Mapping[str, int] = MappingProxyType({})
    mailbox: int = 1024
    dead_letters: Path | None = None
    start_secs: float = 30.0
    drain_secs: float = 10.0

    @classmethod
    def of(cls, manifest: Manifest, **parts: Any) -> Topology:
        """Everything that is active, with defaults for what ``parts`` leave out."""
        active = tuple(spec.name for spec in manifest.services if spec.active)
        return cls(**{"services": active, **parts})

    @classmethod
    def load(cls, path: Path, manifest: Manifest) -> Topology:
        """The topology of a file.

        Raises:
            TopologyError: the file cannot be read, or something in it is unknown or misplaced
        """
        try:
            text = path.read_text(encoding="utf-8")
            content = tomllib.loads(text, parse_float=Decimal)
        except FileNotFoundError:
            raise TopologyError(f"{path}: expected a topology file, found none") from None
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise TopologyError(f"{path}: expected a topology file, found: {reason}") from None
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise TopologyError(f"{path}: expected a TOML file, found: {error}") from None
        return _Reader(path, text, manifest).read(content)

    def capacity(self, service: str) -> int:
        """How many messages wait for the service before its mailbox is full."""
        return self.mailboxes.get(service, self.mailbox)


class _Reader:
    """Reads one file; every refusal names the place."""

    def __init__(self, path: Path, text: str, manifest: Manifest) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._manifest = manifest
        self._names = [spec.name for spec in manifest.services]

    def read(self, content: Mapping[str, Any]) -> Topology:
        self._check_keys("", content, _SECTIONS)
        deployment = self._table(content, "deployment")
        sizes = self._table(content, "mailboxes")
        settings = self._table(content, "services")
        self._check_keys("deployment", deployment, tuple(_FIELDS))
        self._check_keys("mailboxes", sizes, self._names)
        self._check_keys("services", settings, self._names)
        parts = {key: _FIELDS[key](self, value) for key, value in deployment.items()}
        if "mode" not in parts:
            raise self._error("deployment", "", 'mode = "monolith"', "no mode")
        del parts["mode"]
        return Topology(
            services=parts.pop("actors") if "actors" in parts else self._active(),
            settings={name: self._table(settings, name, "services.") for name in settings},
            mailboxes={name: self._count("mailboxes", name, sizes[name]) for name in sizes},
            **parts,
        )

    def mode(self, value: object) -> str:
        if value != "monolith":
            raise self._error("deployment", "mode", '"monolith"', repr(value))
        return "monolith"

    def actors(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise self._error("deployment", "actors", "a list of service names", repr(value))
        if EVERY_SERVICE in value:
            return self._active()
        for name in value:
            if name not in self._names:
                raise self._unknown("deployment", "actors", name, self._names)
            if not self._manifest.service(name).active:
                raise self._error("deployment", "actors", "active services", f"{name} (planned)")
        return tuple(dict.fromkeys(value))

    def mailbox(self, value: object) -> int:
        return self._count("deployment", "mailbox", value)

    def dead_letters(self, value: object) -> Path:
        if not isinstance(value, str) or not value:
            raise self._error("deployment", "dead_letters", "a folder's path", repr(value))
        return self._path.absolute().parent / value

    def start_secs(self, value: object) -> float:
        return self._seconds("start_secs", value)

    def drain_secs(self, value: object) -> float:
        return self._seconds("drain_secs", value)

    def _active(self) -> tuple[str, ...]:
        return tuple(spec.name for spec in self._manifest.services if spec.active)

    def _count(self, section: str, key: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self._error(section, key, "a number of messages from 1 on", repr(value))
        return value

    def _seconds(self, key: str, value: object) -> float:
        number = value if isinstance(value, int | Decimal) else 0
        if isinstance(value, bool) or not (math.isfinite(number) and number > 0):
            raise self._error("deployment", key, "a number of seconds above 0", str(value))
        return float(number)

    def _table(self, parent: Mapping[str, Any], key: str, where: str = "") -> Mapping[str, Any]:
        value = parent.get(key, {})
        if not isinstance(value, dict):
            raise self._error("", where + key, "a table", repr(value))
        return value

    def _check_keys(self, section: str, found: Mapping[str, Any], known: Iterable[str]) -> None:
        for key in found:
            if key not in known:
                raise self._unknown(section, key, key, known)

    def _unknown(self, section: str, key: str, found: str, known: Iterable[str]) -> TopologyError:
        known = list(known)
        near = difflib.get_close_matches(found, known, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return self._error(section, key, f"one of {', '.join(known)}", f"{found}{hint}")

    def _error(self, section: str, key: str, expected: str, found: str) -> TopologyError:
        name = ".".join(part for part in (section, key) if part)
        line = self._line(section, key)
        place = f"{self._path}:{line}" if line else str(self._path)
        return TopologyError(f"{place}: {name}: expected {expected}, found {found}")

    def _line(self, section: str, key: str) -> int | None:
        """The line of a key, or of its table's header; None when written in another way."""
        here = ""
        fallback = None
        for number, line in enumerate(self._lines, 1):
            header = re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line)
            if header is not None:
                here = header[1].replace('"', "")
                if here == ".".join(part for part in (section, key) if part):
                    return number
                fallback = number if here == section else fallback
            elif here == section and re.match(rf"\s*\"?{re.escape(key)}\"?\s*[=.]", line):
                return number
        return fallback


_FIELDS: Final[Mapping[str, Callable[[_Reader, Any], Any]]] = {
    "mode": _Reader.mode,
    "actors": _Reader.actors,
    "mailbox": _Reader.mailbox,
    "dead_letters": _Reader.dead_letters,
    "start_secs": _Reader.start_secs,
    "drain_secs": _Reader.drain_secs,
}
