"""Breaks that are meant: what ``torq-breaking.yaml`` approves, and what of it is stale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.evolution.approval_rules import STALE_APPROVAL
from torq_gen.evolution.judging import Finding
from torq_gen.evolution.releases import Version

FILE = "torq-breaking.yaml"


@dataclass(frozen=True, slots=True)
class Approval:
    """One entry: ``rule`` is a code, ``until`` the version from which it holds no longer."""

    rule: str
    subject: str
    reason: str
    until: str
    span: Span


def apply(
    approvals: Sequence[Approval],
    found: Iterable[Finding],
    *,
    released: str | None,
    skipped: frozenset[str] = frozenset(),
) -> tuple[tuple[Finding, ...], tuple[Diagnostic, ...]]:
    """The findings that nobody approved, and the entries that hold no longer.

    ``released`` is the latest release, None where none is known; entries of the ``skipped`` rules
    are left alone, for nobody looked.
    """
    every = tuple(found)
    held, stale = [], []
    for approval in approvals:
        if approval.rule in skipped:
            continue
        if (reason := _stale(approval, every, released)) is None:
            held.append((approval.rule, approval.subject))
        else:
            stale.append(reason)
    kept = (f for f in every if (f.found.rule.code, f.found.change.subject) not in held)
    return tuple(kept), tuple(stale)


def _stale(approval: Approval, found: Iterable[Finding], released: str | None) -> Diagnostic | None:
    what = f"{approval.rule} of {approval.subject}"
    until, latest = Version.of(approval.until), Version.of(released or "")
    if until is not None and latest is not None and latest >= until:
        return STALE_APPROVAL.at(
            approval.span,
            f"{what} was approved until {approval.until}, and {released} is released",
            help="remove the entry; if the break is still meant, approve it anew",
            subject=approval.subject,
        )
    if any(
        (f.found.rule.code, f.found.change.subject) == (approval.rule, approval.subject)
        for f in found
    ):
        return None
    return STALE_APPROVAL.at(
        approval.span,
        f"{what} is approved and is not found any more",
        help="remove the entry: left in place it would approve the next one unseen",
        subject=approval.subject,
    )
