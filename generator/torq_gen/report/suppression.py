"""Leaves out findings that the code suppresses with a reason, and finds suppressions amiss."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.diagnostics import in_order
from torq_gen.report import rules as own
from torq_gen.report.rules import NOT_CHECKED, can_be_silenced, silenceable, unchecked
from torq_gen.report.suppressions import MARK, suppressions, without

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from torq_gen.diagnostics import Diagnostic, Span
    from torq_gen.report.suppressions import Suppression
    from torq_gen.rule import Rule

_FORM = "`# torq: ignore[TQ501] reason`"


def apply(
    diagnostics: Iterable[Diagnostic],
    sources: Mapping[str, str],
    *,
    rules: Mapping[str, Rule],
    skipped: Container[str] = (),
) -> tuple[Diagnostic, ...]:
    """The findings that are not suppressed, with those about the suppressions, in order.

    ``sources`` holds the texts of the files that were looked at; one without ``torq:`` costs
    nothing. ``rules`` are all there are, by code; ``skipped`` the codes of those that did not run,
    whose suppressions may well be in use. So may those in what could not be checked: a file that
    does not parse, and everything where the spec has errors.
    """
    found = [s for file, text in sources.items() for s in suppressions(file, text)]
    given = tuple(diagnostics)
    if not found:
        return in_order(given)
    known = {name: code for code, rule in rules.items() for name in (code, rule.name)}
    silencers = _by_line(found, known)
    used: set[Span] = set()
    kept = []
    for diagnostic in given:
        place = (diagnostic.span.file, diagnostic.span.line, diagnostic.code)
        spans = silencers.get(place, ()) if silenceable(diagnostic) else ()
        used.update(spans)
        if not spans:
            kept.append(diagnostic)
    run = _Run(known, rules, given, skipped, used, unchecked(given))
    amiss = (d for s in found for d in _amiss(s, run))
    return in_order([*kept, *(d for d in amiss if d.code not in skipped)])


def mentions(data: bytes) -> bool:
    """Whether a file can hold a suppression, told cheaply from its bytes."""
    return MARK.encode() in data


def removable(diagnostic: Diagnostic) -> bool:
    """Whether ``without_unused`` mends the finding."""
    return diagnostic.code == own.UNUSED.code


def without_unused(text: str, unused: Iterable[Diagnostic]) -> str:
    """A file's text without the suppressions that findings of it name as unused.

    Of several codes in one bracket only those that are named go; a line that held nothing else
    goes as a whole.
    """
    spans = {d.span for d in unused if removable(d)}
    files = {span.file for span in spans}
    for file in files:
        text = without(file, text, spans.__contains__)
    return text


def _by_line(
    found: Iterable[Suppression], known: Mapping[str, str]
) -> Mapping[tuple[str, int, str], list[Span]]:
    """The spans of the names that silence a rule's findings in a file's line."""
    silencers: dict[tuple[str, int, str], list[Span]] = defaultdict(list)
    for suppression in found:
        if not suppression.has_reason:
            continue
        for name, span in suppression.names:
            if code := _code(name, known):
                for line in range(suppression.first, suppression.last + 1):
                    silencers[span.file, line, code].append(span)
    return silencers


def _code(name: str, known: Mapping[str, str]) -> str | None:
    return known.get(name) or known.get(name.upper()) or known.get(name.lower())


class _Run(NamedTuple):
    """What is known of a run when suppressions are judged.

    ``unchecked`` are the files that were not checked; None means all of them.
    """

    known: Mapping[str, str]
    rules: Mapping[str, Rule]
    given: Sequence[Diagnostic]
    skipped: Container[str]
    used: Container[Span]
    unchecked: Container[str] | None

    def idle(self, span: Span, code: str) -> bool:
        """Whether the rule was looked for in the file and the name at the span has done nothing."""
        looked = self.unchecked is not None and span.file not in self.unchecked
        return looked and code not in self.skipped and span not in self.used

    def of_family(self, name: str, suppression: Suppression) -> tuple[str, str] | None:
        """What is said of a name that stands for several rules: those that are meant are named."""
        meant = {c for c, r in self.rules.items() if name.lower() == r.family or _begins(c, name)}
        if not meant:
            return None
        lines = range(suppression.first, suppression.last + 1)
        here = {
            d.code
            for d in self.given
            if d.code in meant and d.span.file == suppression.span.file and d.span.line in lines
        }
        help_ = f"name {' and '.join(sorted(here))}" if here else "name each rule by its code"
        return f"{name} is no rule but several: a suppression names each", help_


def _begins(code: str, name: str) -> bool:
    return len(name) > len("TQ") and code != name.upper() and code.startswith(name.upper())


def _amiss(suppression: Suppression, run: _Run) -> Iterator[Diagnostic]:
    """What is wrong with one suppression."""
    if not suppression.names:
        message = f"this is no suppression: expected {_FORM}"
        yield own.UNUSED.at(suppression.span, message, help="give it that form, or remove it")
        return
    bad: list[tuple[Span, str, str]] = []
    idle: list[tuple[Span, str]] = []
    for name, span in suppression.names:
        code = _code(name, run.known)
        if code is None or not can_be_silenced(code, run.rules[code].severity):
            told = run.of_family(name, suppression) or _refusal(name, code, run.known)
            bad.append((span, *told))
        elif suppression.has_reason and run.idle(span, code):
            idle.append((span, name))
    alone = len(suppression.names) == 1
    for span, message, help in bad:
        yield own.UNUSED.at(suppression.span if alone else span, message, help=help)
    if len(idle) == len(suppression.names):
        idle = [(suppression.span, ", ".join(name for _, name in idle))]
    for span, names in idle:
        message = f"the suppression of {names} silences nothing here"
        yield own.UNUSED.at(span, message, help="remove it (--fix)")
    if not suppression.has_reason and len(bad) < len(suppression.names):
        yield _without_reason(suppression)


def _refusal(name: str, code: str | None, known: Mapping[str, str]) -> tuple[str, str]:
    if code is None:
        return f"there is no rule {name}", _near(name, known)
    if code.startswith("TQ9"):
        return f"{name} cannot be suppressed: it guards the suppressions", "mend what it finds"
    if code in NOT_CHECKED:
        return (
            f"{name} cannot be suppressed: what it finds was not checked, whatever it does",
            "mend that; what is no code of a service is named under `exclude` in [tool.torq-gen]",
        )
    return (
        f"{name} cannot be suppressed: with an error in the spec nothing else can be checked",
        "mend the spec",
    )


def _without_reason(suppression: Suppression) -> Diagnostic:
    names = ", ".join(name for name, _ in suppression.names)
    return own.WITHOUT_REASON.at(
        suppression.span,
        f"the suppression of {names} gives no reason, so it silences nothing",
        help=f"say after the bracket why it is right here: {_FORM}",
    )


def _near(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else "torq-gen rules lists them"
