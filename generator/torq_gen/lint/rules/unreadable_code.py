"""TQ610: a file of a service cannot be analysed."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Unreadable
from torq_gen.lint.rules._drift_samples import READABLE, UNREADABLE
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

RULE = Rule(
    "TQ610",
    "unreadable-code",
    "A file of a service's code cannot be read, parsed or analysed.",
    why="""\
What stands in it is not checked at all: it may publish, read and write anything. As long as it is
so, the findings about what is missing in the service's code are silent.""",
    fix="""\
Mend the file. What is no code of the service is moved out of its folder, or named under `exclude`
in `[tool.torq-gen]`.""",
    bad=UNREADABLE,
    good=READABLE,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each file that was needed and not understood."""
    if not view.service.active:
        return
    for fact in view.of(Unreadable):
        file = fact.span.file
        own = file.startswith(f"{view.service.path}/")
        what = "the file" if file.endswith(".py") else file  # a folder, or a link to one
        yield RULE.at(
            fact.span,
            f"{what} {fact.reason}",
            help="mend it: as it stands, nothing in it is checked",
            service=view.service.name if own else "",
            subject=file,
        )
