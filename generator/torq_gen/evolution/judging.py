"""Breaks to findings: what is an error, whom it hits, what to deploy first, what to do instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from torq_gen.diagnostics import Diagnostic, Related, Severity, Span
from torq_gen.evolution.breaks import Break, Broken
from torq_gen.evolution.modes import Mode
from torq_gen.model import System

_ORDERS = {
    Broken.NOTHING: "in any order, with code that fits",
    Broken.NEW_READERS: "publishers first",
    Broken.OLD_READERS: "subscribers first",
    Broken.BOTH: "no safe order",
}


@dataclass(frozen=True, slots=True)
class Older:
    """An older version: what it is called, and what stands before the paths of its files.

    ``latest`` is false of those that only domains with a transitive mode are compared with.
    """

    name: str
    prefix: str
    system: System
    latest: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """A break against one or several older versions, and whether the mode allows it."""

    found: Break
    severity: Severity
    against: tuple[Older, ...]
    olds: tuple[Span | None, ...]

    @property
    def order(self) -> str:
        """In which order to deploy."""
        return self.found.change.order or _ORDERS[self.found.change.broken]

    @property
    def hits(self) -> tuple[str, ...]:
        """Every active service that the break hits."""
        found = self.found
        return tuple(dict.fromkeys((*found.publishers, *found.subscribers, *found.change.services)))

    @property
    def diagnostic(self) -> Diagnostic:
        """The finding as every check reports it."""
        change = self.found.change
        places = (
            Related(replace(old, file=f"{older.prefix}{old.file}"), f"as it was in {older.name}")
            for older, old in zip(self.against, self.olds, strict=True)
            if old is not None
        )
        found = self.found.rule.at(
            change.span,
            f"{change.subject} {change.text} [{self.found.harm.value}]",
            help=f"{self._hits()}; deploy: {self.order}; instead: {change.instead}",
            related=tuple(places),
            subject=change.subject,
        )
        return replace(found, severity=self.severity)

    def _hits(self) -> str:
        found = self.found
        sides = (("publishers", found.publishers), ("subscribers", found.subscribers))
        parts = [f"{side} {', '.join(names)}" for side, names in sides if names]
        others = [s for s in self.hits if s not in (*found.publishers, *found.subscribers)]
        parts += [", ".join(others)] if others else []
        return f"hits {' and '.join(parts)}" if parts else "hits no active service"


def judge(
    found: Iterable[tuple[Older, tuple[Break, ...]]], new: System, mode: Mode | None = None
) -> tuple[Finding, ...]:
    """The breaks against each older version as findings, each once.

    ``mode`` takes the place of what the domains promise.
    """
    merged: dict[tuple[str, str, Span, str], Finding] = {}
    for older, breaks in found:
        for one in breaks:
            modes = (mode,) if mode is not None else _modes(one, older.system, new)
            if not older.latest and not any(m.transitive for m in modes):
                continue
            severity = _severity(one, modes)
            known = merged.get(one.key)
            if known is None:
                merged[one.key] = Finding(one, severity, (older,), (one.change.old,))
            else:
                merged[one.key] = _joined(known, severity, older, one)
    return tuple(merged.values())


def transitive(systems: Iterable[System], mode: Mode | None = None) -> bool:
    """Whether a domain of the systems wants to be compared with every older version."""
    if mode is not None:
        return mode.transitive
    return any(Mode.of(d).transitive for s in systems for d in s.domains.values())


def _joined(known: Finding, severity: Severity, older: Older, one: Break) -> Finding:
    worst = Severity.ERROR if Severity.ERROR in (known.severity, severity) else severity
    against, olds = (*known.against, older), (*known.olds, one.change.old)
    return Finding(known.found, worst, against, olds)


def _modes(one: Break, old: System, new: System) -> tuple[Mode, ...]:
    """What its domains promise, in either version: a change of the mode hides nothing."""
    domains = (s.domains.get(name) for s in (old, new) for name in sorted(one.domains))
    return tuple(Mode.of(d) for d in domains if d is not None)


def _severity(one: Break, modes: tuple[Mode, ...]) -> Severity:
    """A break that no mode forbids is a warning: it is allowed, and has an order to deploy in."""
    broken = one.change.broken
    if not modes:
        return Severity.ERROR  # not about messages of a domain
    if one.change.promise or broken is Broken.NOTHING:
        promised = any(m.needs for m in modes)
    else:
        promised = any(m.needs & broken for m in modes)
    return Severity.ERROR if promised else Severity.WARNING
