"""What the rules about unused declarations share: whether all that a service uses is known."""

from __future__ import annotations

from collections.abc import Container

from torq_gen.lint.facts import libraries
from torq_gen.lint.facts.distributions import QUIET, is_standard
from torq_gen.lint.facts.model import Handler, Import, Unreadable
from torq_gen.lint.rules._escapes import escapes
from torq_gen.lint.rules.undeclared_library import is_home
from torq_gen.lint.view import ServiceView

WHY = """\
What system.yaml declares is what people review, grant and plan by. A permission that no code uses
is one that nobody looks after, and that the next change may use unseen."""
SILENT = """\
 The rule is silent as long as not all of the code is known: where a file cannot be read, a handler
is not filled in, or what reaches outside goes to code that is not analysed. A library of which
nothing is known is such code."""


def is_complete(view: ServiceView) -> bool:
    """Whether the service has code, and all of it is there and can be read."""
    if not view.service.active or not view.facts.own:
        return False
    if any(True for _ in view.of(Unreadable)):
        return False
    return not any(handler.unfilled for handler in view.of(Handler))


def reaches_unseen(view: ServiceView, capabilities: Container[str]) -> bool:
    """Whether something may be used where the analysis does not look: by code that got one of the
    capabilities, or by a library of which nothing is known."""
    if any(True for _ in escapes(view, capabilities)):
        return True
    return any(_is_opaque(view, found) for found in view.of(Import))


def _is_opaque(view: ServiceView, found: Import) -> bool:
    if found.typing_only or found.found is not None or is_standard(found.module):
        return False
    top = found.module.partition(".")[0]
    return not (top in libraries.FILES or top in QUIET or is_home(view, found.module))
