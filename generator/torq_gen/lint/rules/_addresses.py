"""Whether an address that code connects to is one that an external declares.

A declared URL may hold ``{name}``, which stands for what the setting or environment variable of
that name holds, and nothing else. Schemes are not compared. Hosts are equal; so are ports, where
``https://host`` and ``host:443`` are one. The declared path is the beginning of the other by whole
segments.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from torq_gen.immutable import immutable
from torq_gen.lint.facts.text import Text

_OPEN = "\0"  # what only the running program knows
_NAMED = re.compile(r"\{([^{}]+)\}")
_PORT = re.compile(r"(?P<host>.*?):(?P<port>\d+|[\0\1].*)")
_DEFAULT_PORTS = {"http": "80", "ws": "80", "https": "443", "wss": "443", "ftp": "21"}

NO_HOST = "it names no host"
OPEN_HOST = "its host is only known to the running program"
OPEN_PORT = "its port is only known to the running program"
OPEN_PATH = "its path is only known to the running program"


@immutable
class Verdict:
    """``covered``, or not; with a ``reason`` why nobody can tell."""

    covered: bool
    reason: str = ""


@immutable
class _Address:
    scheme: str
    host: str
    port: str
    path: str

    @classmethod
    def of(cls, marked: str) -> _Address:
        """The parts of an address; a name with a mark before and behind it is a setting."""
        scheme, separator, rest = marked.partition("://")
        if not separator or "/" in scheme:
            scheme, rest = "", marked.removeprefix("//")
        authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
        path = re.split(r"[?#]", rest[len(authority) :], maxsplit=1)[0]
        place = authority.rpartition("@")[2]
        found = _PORT.fullmatch(place)
        host, port = (found["host"], found["port"]) if found else (place, "")
        host = host.lower().rstrip(".")
        return cls(scheme.lower(), host, port, _folded(path))

    @property
    def effective_port(self) -> str:
        """The port that is stated or goes with the scheme; empty when neither tells."""
        return self.port or _DEFAULT_PORTS.get(self.scheme, "")


def _folded(path: str) -> str:
    """The path without ``.``, ``..`` and doubled slashes."""
    return posixpath.normpath(f"/{path.lstrip('/')}") if path else ""


def host_of(url: str) -> str:
    """The host that a URL names."""
    return _Address.of(url).host


def judge(address: Text, urls: Iterable[str]) -> Verdict:
    """Whether one of the declared URLs covers the address."""
    ours = _Address.of(_marked(address))
    if not ours.host:
        return Verdict(False, NO_HOST)
    reasons = [_reason(ours, _Address.of(_declared(url))) for url in urls]
    if "" in reasons:
        return Verdict(True)
    if _OPEN in ours.host:
        return Verdict(False, OPEN_HOST)
    return Verdict(False, next((reason for reason in reasons if reason), ""))


def _marked(address: Text) -> str:
    return "".join(
        part if isinstance(part, str) else f"\1{part.setting}\2" if part.setting else _OPEN
        for part in address.parts
    )


def _declared(url: str) -> str:
    return _NAMED.sub("\1\\1\2", url.removesuffix("..."))


def _reason(ours: _Address, declared: _Address) -> str | None:
    """Empty when it is covered, None when it is not, or why nobody can tell."""
    if ours.host != declared.host:
        return None
    if not _same_port(ours, declared):
        return OPEN_PORT if _OPEN in ours.port else None
    return _below(ours.path, declared.path.rstrip("/"))


def _same_port(ours: _Address, declared: _Address) -> bool:
    if ours.port == declared.port or not declared.effective_port:
        return True
    if not ours.port and not declared.port:
        return True  # https and wss, or http that is redirected
    return ours.effective_port == declared.effective_port


def _below(path: str, declared: str) -> str | None:
    if not declared or path == declared or path.startswith(f"{declared}/"):
        return ""
    known, opened, _ = path.partition(_OPEN)
    if opened and (declared.startswith(known) or known.startswith(declared)):
        return OPEN_PATH
    return None
