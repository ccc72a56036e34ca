"""Findings of today that are mended later: ``torq-baseline.json``."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span, in_order
from torq_gen.report.baseline_file import FILE, Baseline, BaselineError, Entry, dump, read
from torq_gen.report.fingerprints import fingerprint
from torq_gen.report.rules import NOT_CHECKED, STALE_ENTRY, silenceable, unchecked

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.report.fingerprints import Fingerprint

__all__ = ["FILE", "Baseline", "BaselineError", "apply", "can_hold", "read", "updated"]


def everywhere(file: str) -> bool:
    """A run without a path filter looks at every file."""
    return True


def can_hold(diagnostic: Diagnostic) -> bool:
    """Whether a baseline can hold the finding: it is of code that was checked."""
    return silenceable(diagnostic)


def apply(
    baseline: Baseline,
    diagnostics: Iterable[Diagnostic],
    *,
    skipped: Container[str] = (),
    looked: Callable[[str], bool] = everywhere,
) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """The findings that the baseline does not hold, and those about entries that are stale.

    Of more findings alike than an entry counts, the last ones by place are shown. ``skipped`` are
    the codes of rules that did not run, ``looked`` says whether a file was looked at: entries of
    others are never stale.
    """
    given = in_order(diagnostics)
    left = Counter(baseline.allowed())
    kept = []
    for diagnostic in given:
        found = fingerprint(diagnostic)
        if can_hold(diagnostic) and left[found] > 0:
            left[found] -= 1
        else:
            kept.append(diagnostic)
    if STALE_ENTRY.code in skipped:
        return tuple(kept), ()
    judged = _judged(baseline, skipped, _seen(given, looked))
    return tuple(kept), in_order(_stale(baseline, judged, left))


def updated(
    diagnostics: Iterable[Diagnostic],
    old: Baseline | None = None,
    *,
    skipped: Container[str] = (),
    looked: Callable[[str], bool] = everywhere,
) -> bytes:
    """The file's new content: without ``old`` all findings, with it never more than it holds.

    Entries of rules that did not run and of files that were not looked at stay as they are.
    """
    given = tuple(diagnostics)
    found = Counter((fingerprint(d), d.span.file) for d in given if can_hold(d))
    if old is None:
        return dump(Entry(mark, file, count) for (mark, file), count in found.items())
    judged = _judged(old, skipped, _seen(given, looked))
    kept = [entry for entry in old.entries if entry.fingerprint not in judged]
    left = Counter(old.allowed())
    for (mark, file), count in sorted(found.items()):
        if mark in judged and (taken := min(count, left[mark])):
            left[mark] -= taken
            kept.append(Entry(mark, file, taken))
    return dump(kept)


def _seen(
    diagnostics: Iterable[Diagnostic], looked: Callable[[str], bool]
) -> Callable[[str], bool]:
    """Whether a file was looked at and could be checked."""
    blind = unchecked(diagnostics)
    if blind is None:
        return lambda file: False
    return lambda file: looked(file) and file not in blind


def _judged(
    baseline: Baseline, skipped: Container[str], looked: Callable[[str], bool]
) -> frozenset[Fingerprint]:
    """The fingerprints of which this run has seen every place, and those that none may hold."""
    refused = {e.fingerprint for e in baseline.entries if e.fingerprint.rule in NOT_CHECKED}
    partly = {e.fingerprint for e in baseline.entries if not looked(e.file)}
    every = {e.fingerprint for e in baseline.entries if e.fingerprint.rule not in skipped}
    return frozenset(every - partly | refused)


def _stale(
    baseline: Baseline, judged: Container[Fingerprint], left: Mapping[Fingerprint, int]
) -> Iterable[Diagnostic]:
    """A finding for each entry that counts more than there is; the last entries go first."""
    surplus = {mark: count for mark, count in left.items() if count > 0 and mark in judged}
    for entry in reversed(baseline.entries):
        less = min(surplus.get(entry.fingerprint, 0), entry.count)
        if less:
            surplus[entry.fingerprint] -= less
            yield _finding(baseline.file, entry, entry.count - less)


def _finding(file: str, entry: Entry, remaining: int) -> Diagnostic:
    mark = entry.fingerprint
    where = " in ".join(part for part in (mark.symbol, mark.service) if part) or entry.file
    what = f"{mark.rule} ({mark.subject}) in {where}"
    span = replace(entry.span, file=file) if entry.span else Span.of_file(file)
    if mark.rule in NOT_CHECKED:
        message = f"{what} cannot be held back: nobody knows what stands in code that no rule saw"
    elif remaining:
        message = f"{what} occurs {_times(remaining)}, the baseline holds it {_times(entry.count)}"
    else:
        message = f"{what} no longer occurs"
    named = "" if file == FILE else f" --baseline {file}"
    return STALE_ENTRY.at(span, message, help=f"torq-gen check{named} --update-baseline removes it")


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
