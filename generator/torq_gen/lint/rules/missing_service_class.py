"""TQ612: the code of an active service has no class that derives from its generated base."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.model import Unreadable
from torq_gen.lint.rules._drift_samples import WITH_CLASS, WITHOUT_CLASS
from torq_gen.lint.rules._flow import has_class, uses_topics
from torq_gen.lint.view import ServiceView
from torq_gen.model.names import pascal_case
from torq_gen.rule import Rule

RULE = Rule(
    "TQ612",
    "missing-service-class",
    "The code of an active service has no class that derives from its generated base class.",
    why="""\
The spec says that the service runs, and there is nothing that could: `torq-gen run` starts the
class `services.<name>.service:<Name>`. Code that talks to a broker itself needs none.""",
    fix="""\
Write `class <Name>(<Name>Base)` in `services/<name>/service.py`; or say `status: planned`.""",
    bad=WITHOUT_CLASS,
    good=WITH_CLASS,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """The service itself, when no code of it can be started."""
    unknown = any(True for _ in view.of(Unreadable))
    if not view.service.active or unknown or has_class(view) or uses_topics(view):
        return
    service, cls = view.service, pascal_case(view.service.name)
    yield RULE.at(
        service.span or Span.of_file("system.yaml"),
        f"{service.name} is active, but no class in {service.path}/ derives from {cls}Base",
        help=f"write class {cls}({cls}Base) in {service.path}/service.py; or say `status: planned`",
        service=service.name,
        subject=service.name,
    )
