"""One topology file while it is read: its tables, and the faults found so far."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from mycelium.topology.faults import Fault, FaultKind, near
from mycelium.topology.model import LOOPBACK, Address
from mycelium.topology.places import Keys, Places

E = TypeVar("E", bound=Enum)
Read: TypeAlias = Callable[["Page", Keys, Any], Any]
"""Reads a value; None when it is faulty, which the page then knows."""


class Page:
    """Reads values of one file. Faults are collected; what is faulty is left out."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self._places = Places(text)

    def fault(
        self,
        keys: Keys,
        expected: str,
        found: str,
        *,
        kind: FaultKind = FaultKind.UNUSABLE,
        element: str | None = None,
        help: str | None = None,
    ) -> None:
        """Notes a fault at a key, or at a string in its value."""
        place = self._places.of(keys, element)
        if keys[0] == "processes" and not self._places.knows(keys[:2]):  # one that the mode makes
            place = self._places.of(("deployment",)) or place
        self.faults.append(Fault(kind, keys, expected, found, place, help))

    def unknown(
        self, keys: Keys, found: str, known: Iterable[str], *, listed: bool = False
    ) -> None:
        """Notes a name that is none of the known ones; ``listed`` when it stands in a list."""
        known = list(known)
        expected = f"one of {', '.join(known)}" if known else "nothing"
        hint = near(found, known)
        self.fault(keys, expected, f"{found}{hint}", element=found if listed else None)

    def table(self, parent: Mapping[str, Any], keys: Keys) -> Mapping[str, Any]:
        """A table of another one; an empty one when it is absent or none."""
        value = parent.get(keys[-1], {})
        if isinstance(value, dict):
            return value
        self.fault(keys, "a table", repr(value))
        return {}

    def fields(
        self, keys: Keys, table: Mapping[str, Any], readers: Mapping[str, Read]
    ) -> dict[str, Any]:
        """The values of a table, each read by its reader."""
        found: dict[str, Any] = {}
        for key, value in table.items():
            if key not in readers:
                self.unknown((*keys, key), key, readers)
                continue
            read = readers[key](self, (*keys, key), value)
            if read is not None:
                found[key] = read
        return found


def text(page: Page, keys: Keys, value: object) -> str | None:
    """A text that is not empty."""
    if isinstance(value, str) and value:
        return value
    page.fault(keys, "a text", _shown(value))
    return None


def flag(page: Page, keys: Keys, value: object) -> bool | None:
    """True or false."""
    if isinstance(value, bool):
        return value
    page.fault(keys, "true or false", _shown(value))
    return None


def path(page: Page, keys: Keys, value: object) -> Path | None:
    """A path, relative to the file's folder."""
    if isinstance(value, str) and value:
        return page.folder / value
    what = "a folder's path" if keys[-1] in ("dead_letters", "sockets") else "a file's path"
    page.fault(keys, what, _shown(value))
    return None


def messages(page: Page, keys: Keys, value: object) -> int | None:
    """A number of messages."""
    return _count(page, keys, value, "a number of messages from 1 on", 1)


def times(page: Page, keys: Keys, value: object) -> int | None:
    """A number of attempts."""
    return _count(page, keys, value, "a number of times from 1 on", 1)


def mebibytes(page: Page, keys: Keys, value: object) -> int | None:
    """A number of MiB."""
    return _count(page, keys, value, "a number of MiB from 1 on", 1)


def keys_kept(page: Page, keys: Keys, value: object) -> int | None:
    """A number of keys to remember."""
    return _count(page, keys, value, "a number of keys from 1 on", 1)


def share(page: Page, keys: Keys, value: object) -> float | None:
    """A share of the whole."""
    number = value if isinstance(value, int | Decimal) else -1
    if isinstance(value, bool) or not (math.isfinite(number) and 0 <= number <= 1):
        page.fault(keys, "a share from 0 to 1", _shown(value))
        return None
    return float(number)


def user(page: Page, keys: Keys, value: object) -> int | None:
    """A user's number."""
    return _count(page, keys, value, "a user's number (id -u NAME tells it)", 0)


def seconds(page: Page, keys: Keys, value: object) -> float | None:
    """A number of seconds above 0."""
    number = value if isinstance(value, int | Decimal) else 0
    if isinstance(value, bool) or not (math.isfinite(number) and number > 0):
        page.fault(keys, "a number of seconds above 0", str(value))
        return None
    return float(number)


def host(page: Page, keys: Keys, value: object) -> str | None:
    """A host's name or address."""
    if isinstance(value, str) and value and not set(value) & set("/ ,@[]"):
        return value
    page.fault(keys, 'a host, such as "10.0.0.5"', _shown(value))
    return None


def address(page: Page, keys: Keys, value: object) -> Address | None:
    """``host:port``; an IPv6 address stands in brackets."""
    name, colon, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    bare = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    fits = colon and bare and (bare != name or ":" not in name) and not set(bare) & set("/ ,@[]")
    if fits and port.isascii() and port.isdecimal() and 1 <= int(port) <= 0xFFFF:
        return Address(bare, int(port))
    page.fault(keys, 'an address, such as "10.0.0.5:7401"', _shown(value))
    return None


def own_address(page: Page, keys: Keys, value: object) -> Address | None:
    """``host:port``, or a port alone, which is one of loopback."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 0xFFFF:
        return Address(LOOPBACK, value)
    if isinstance(value, str):
        return address(page, keys, value)
    page.fault(keys, 'a port from 1 to 65535, or an address, such as "10.0.0.5:9101"', repr(value))
    return None


def addresses(page: Page, keys: Keys, value: object) -> tuple[Address, ...] | None:
    """A list of at least one address."""
    if not isinstance(value, list) or not value:
        page.fault(keys, 'a list of addresses, such as ["10.0.0.5:7401"]', _shown(value))
        return None
    found = [address(page, keys, item) for item in value]
    return None if None in found else tuple(a for a in found if a is not None)


def names(page: Page, keys: Keys, value: object) -> tuple[str, ...] | None:
    """A list of service names, each once."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        page.fault(keys, "a list of service names", _shown(value))
        return None
    return tuple(dict.fromkeys(value))


def one_of(kind: type[E]) -> Read:
    """A reader of the values of an enum."""

    def read(page: Page, keys: Keys, value: object) -> E | None:
        known = [member.value for member in kind]
        if value in known:
            return kind(value)
        if isinstance(value, str):
            page.unknown(keys, value, known, listed=True)
            return None
        page.fault(keys, f"one of {', '.join(known)}", _shown(value))
        return None

    return read


def word_of(*known: str) -> Read:
    """A reader of one of the words."""

    def read(page: Page, keys: Keys, value: object) -> str | None:
        if isinstance(value, str) and value in known:
            return value
        page.unknown(keys, value if isinstance(value, str) else _shown(value), known)
        return None

    return read


def _count(page: Page, keys: Keys, value: object, expected: str, least: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        page.fault(keys, expected, _shown(value))
        return None
    return value


def _shown(value: object) -> str:
    return str(value) if isinstance(value, Decimal) else repr(value)
