"""TQ612: the code of an active service has no class that derives from its generated base."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.model import ServiceClass, Unreadable
from torq_gen.lint.rules._drift_samples import WITH_CLASS, WITHOUT_CLASS, WITHOUT_NAME
from torq_gen.lint.rules._flow import uses_topics
from torq_gen.lint.view import ServiceView
from torq_gen.model.names import pascal_case
from torq_gen.rule import Rule

RULE = Rule(
    "TQ612",
    "missing-service-class",
    "An active service has no class that can be started: one of its base class, under its name.",
    why="""\
The spec says that the service runs, and there is nothing that could: `torq-gen run` starts the
class `services.<name>.service:<Name>`. Code that talks to a broker itself needs none.""",
    fix="""\
Write `class <Name>(<Name>Base)` in `services/<name>/service.py`, or import it there under this
name; or say `status: planned`.""",
    bad=(*WITHOUT_CLASS, *WITHOUT_NAME),
    good=WITH_CLASS,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """The service itself, when no code of it can be started."""
    unknown = any(True for _ in view.of(Unreadable))
    if not view.service.active or unknown or uses_topics(view):
        return
    service, cls = view.service, pascal_case(view.service.name)
    own = [found for found in view.of(ServiceClass) if found.service == service.name]
    if own:
        if not any(found.started for found in own):
            yield _unnamed(view, own[-1])
        return
    yield RULE.at(
        service.span or Span.of_file("system.yaml"),
        f"{service.name} is active, but no class in {service.path}/ derives from {cls}Base",
        help=f"write class {cls}({cls}Base) in {service.path}/service.py; or say `status: planned`",
        service=service.name,
        subject=service.name,
    )


def _unnamed(view: ServiceView, found: ServiceClass) -> Diagnostic:
    service, cls = view.service, pascal_case(view.service.name)
    file = f"{service.path}/service.py"
    here = found.span.file == file
    return RULE.at(
        found.span,
        f"{service.name} is started as {cls} of {file}, and {found.name}, which derives from "
        f"{cls}Base, is not found there under that name",
        help=f"rename it to {cls}" if here else f"import it there as {cls}, or move it there",
        related=view.declared_at(service.span, f"{service.name} is declared here"),
        service=service.name,
        subject=service.name,
    )
