"""TQ307: nobody can tell what a service reads or writes in its stores."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.model import Unproven
from torq_gen.lint.facts.stores.kinds import CAPABILITIES
from torq_gen.lint.facts.stores.reasons import help_for
from torq_gen.lint.facts.values import ANY_TEXT
from torq_gen.lint.rules import _escapes
from torq_gen.lint.rules._stores import Judged, Verdict, judged, section, subject
from torq_gen.lint.rules._unprovable_store_samples import BAD, GOOD
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

_HELP = {
    "key": "begin the key with a constant, as f-strings and constants do",
    "table": "name the tables in constant SQL and pass values as parameters",
    "file": "name the file by a constant folder or suffix",
}

RULE = Rule(
    "TQ307",
    "unprovable-store-access",
    "A service accesses a part of a store that nobody can tell from the code.",
    why="""\
A key that comes from a message, or SQL that is put together at run time, can be any. Then what
system.yaml says about the service's part of the store is only a hope.""",
    fix="""\
Give the key a constant beginning and put what varies behind it; write SQL with constant table names
and parameters; replace a script by commands. A service that really has the whole store declares it
without `keys` and `tables`. Otherwise suppress the finding with the reason why only declared parts
can be meant.""",
    bad=BAD,
    good=GOOD,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each access that cannot be judged, and each client that goes out of sight."""
    untold: set[Span] = set()
    for found in judged(view):
        if found.verdict is Verdict.UNPROVABLE and found.touch.span not in untold:
            if isinstance(found.touch.part, Unproven):
                untold.add(found.touch.span)
            yield _finding(view, found)
    help_ = "make the accesses in the service's own code"
    yield from _escapes.findings(RULE, view, CAPABILITIES, "reads or writes", help_)


def _finding(view: ServiceView, found: Judged) -> Diagnostic:
    name, entry, noun = view.service.name, found.entries[0], found.touch.noun
    told = help_for(found.reason) or _HELP[noun]
    return RULE.at(
        found.touch.span,
        _message(name, found),
        help=f"{told}; services.{name}.stores.{entry.store}.{section(found)} in system.yaml "
        "says which may be meant",
        related=view.declared_at(entry.span, f"{name}'s part of {entry.store}"),
        service=name,
        subject=subject(view, found),
    )


def _message(name: str, found: Judged) -> str:
    part, noun = found.touch.part, found.touch.noun
    if isinstance(part, Unproven) or part == ANY_TEXT:
        expression = part.expression if isinstance(part, Unproven) else ""
        shown = f" with `{expression}`" if expression else ""
        return f"nobody can tell which {noun} {name} {found.does}{shown}: {found.reason}"
    return (
        f"{name} {found.does} {found.touch.named}, which is not provably among its {noun}s: "
        f"{found.reason}"
    )
