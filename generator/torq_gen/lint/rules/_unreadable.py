"""Code that cannot be analysed: the two rules about it, and what they say."""

from __future__ import annotations

from torq_gen.diagnostics import Diagnostic, Severity
from torq_gen.lint.facts.model import Unreadable
from torq_gen.lint.rules._drift_samples import (
    PLANNED_READABLE,
    PLANNED_UNREADABLE,
    READABLE,
    UNREADABLE,
)
from torq_gen.model import Service
from torq_gen.rule import Rule

_FIX = """\
Mend the file. What is no code of the service is moved out of its folder, or named under `exclude`
in `[tool.torq-gen]`. A service whose values multiply beyond the limit is divided, or the parameters
are annotated through which most of them go. No comment and no baseline can silence this finding:
nobody knows what it stands for. Who leaves the rule out as a whole answers for the code."""

ACTIVE = Rule(
    "TQ610",
    "unreadable-code",
    "A file of a service's code cannot be read, parsed or analysed.",
    why="""\
What stands in it is not checked at all: it may publish, read and write anything. As long as it is
so, the findings about what is missing in the service's code are silent.""",
    fix=_FIX,
    bad=UNREADABLE,
    good=READABLE,
)
PLANNED = Rule(
    "TQ613",
    "unreadable-planned-code",
    "A file of a planned service's code cannot be read, parsed or analysed.",
    Severity.WARNING,
    why="""\
Nothing runs a planned service, so it need not be whole. But where it has code, its stores, its
boundaries and its money are checked, and in this file they are not. Once the service is active,
this is an error: TQ610.""",
    fix=_FIX,
    bad=PLANNED_UNREADABLE,
    good=PLANNED_READABLE,
)


_HELP = (
    "mend it: as it stands, nothing in it is checked; so no comment or baseline can silence this"
)


def finding(service: Service, fact: Unreadable) -> Diagnostic:
    """The finding about a file of a service, or of what it imports, that was not understood."""
    file = fact.span.file
    own = file.startswith(f"{service.path}/")
    what = "the file" if file.endswith(".py") else file  # a folder, or a link to one
    return (ACTIVE if service.active else PLANNED).at(
        fact.span,
        f"{what} {fact.reason}",
        help=fact.help or _HELP,
        service=service.name if own or fact.whole else "",
        subject=f"{service.path}/" if fact.whole else file,
    )
