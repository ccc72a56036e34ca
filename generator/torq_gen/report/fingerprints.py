"""By what a finding is known again when lines have moved."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torq_gen.diagnostics import Diagnostic


class Fingerprint(NamedTuple):
    """What stays of a finding: neither its file nor its line."""

    rule: str
    service: str
    symbol: str
    subject: str


def fingerprint(diagnostic: Diagnostic) -> Fingerprint:
    """The finding's fingerprint; several findings can share one."""
    subject = diagnostic.subject or diagnostic.message
    return Fingerprint(diagnostic.code, diagnostic.service, diagnostic.symbol, subject)


def digests(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """A digest for each finding in turn, unlike all others: those alike are counted."""
    from hashlib import sha256

    seen: Counter[Fingerprint] = Counter()
    made = []
    for diagnostic in diagnostics:
        found = fingerprint(diagnostic)
        seen[found] += 1
        parts = "\0".join((*found, str(seen[found])))
        made.append(sha256(parts.encode("utf-8", "backslashreplace")).hexdigest())
    return made
