"""The tables of a topology file that stand for themselves: TLS, NATS, monitors, traces, logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mycelium.topology import page as read
from mycelium.topology.model import Nats, Tls
from mycelium.topology.page import Page, Read
from mycelium.topology.places import Keys
from mycelium.topology.roster import Roster
from mycelium.topology.watching import Logs, Monitoring, Tracing

SECTIONS: Final = ("tls", "nats", "monitors", "tracing", "logs")

_MODE: Final = read.word_of("off", "observe", "enforce")
_TLS: Final[Mapping[str, Read]] = dict.fromkeys(("ca", "certificate", "key"), read.path)
_NATS: Final[Mapping[str, Read]] = {
    "url": read.text,
    "jetstream": read.flag,
    "stream": read.text,
    "duplicate_window_secs": read.seconds,
    "max_deliver": read.times,
    "credentials": read.path,
    "tls": lambda page, keys, value: _tls(page, keys, page.table({keys[-1]: value}, keys)),
}
_TRACING: Final[Mapping[str, Read]] = {
    "export": read.word_of("otlp", "console", "program"),
    "endpoint": read.text,
    "sample": read.share,
}
_LOGS: Final[Mapping[str, Read]] = {
    "level": read.word_of("debug", "info", "warning", "error"),
    "format": read.word_of("auto", "json", "text"),
}


def sections(
    page: Page, tables: Mapping[str, Mapping[str, Any]], roster: Roster
) -> Mapping[str, Any]:
    """The parts of the topology that the tables make, by name; what is absent is left out."""
    found: dict[str, Any] = {}
    if tables["tls"]:
        found["tls"] = _tls(page, ("tls",), tables["tls"])
    if tables["nats"]:
        found["nats"] = _nats(page, tables["nats"], roster)
    if tables["monitors"]:
        found["monitors"] = _monitors(page, tables["monitors"], roster)
    if tables["tracing"]:
        found["tracing"] = Tracing(**page.fields(("tracing",), tables["tracing"], _TRACING))
    if tables["logs"]:
        found["logs"] = Logs(**page.fields(("logs",), tables["logs"], _LOGS))
    return found


def _tls(page: Page, keys: Keys, table: Mapping[str, Any]) -> Tls | None:
    found = page.fields(keys, table, _TLS)
    missing = [name for name in _TLS if name not in table]
    if missing:
        page.fault(keys, "ca, certificate and key", f"no {' and no '.join(missing)}")
    return Tls(**found) if len(found) == len(_TLS) else None


def _nats(page: Page, table: Mapping[str, Any], roster: Roster) -> Nats | None:
    found = page.fields(("nats",), table, _NATS)
    if "url" not in table:
        page.fault(("nats",), 'url = "nats://HOST:4222"', "no url")
    return Nats(**{"stream": roster.system, **found}) if "url" in found else None


def _monitors(page: Page, table: Mapping[str, Any], roster: Roster) -> Monitoring:
    """``mode``, ``limit``, and a table for each service whose promises have their own modes."""
    alone = {key: value for key, value in table.items() if isinstance(value, dict)}
    own = {key: value for key, value in table.items() if key not in alone}
    found = page.fields(("monitors",), own, {"mode": _MODE, "limit": read.keys_kept})
    modes: dict[tuple[str, str], Any] = {}
    for service, promises in alone.items():
        member = roster.members.get(service)
        if member is None:
            page.unknown(("monitors", service), service, roster.members)
            continue
        known = member.promises if member.active else ()  # of others nothing is watched
        for promise, mode in promises.items():
            keys = ("monitors", service, promise)
            if promise not in known:
                page.unknown(keys, promise, known)
            modes[service, promise] = _MODE(page, keys, mode)
    return Monitoring(modes=modes, **found)
