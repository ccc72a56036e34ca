"""What the rules about the flow through the generated base class share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from torq_gen.diagnostics import Related, Span
from torq_gen.immutable import immutable
from torq_gen.lint.facts.model import (
    Publish,
    TopicPublish,
    TopicSubscribe,
    Unproven,
    What,
)
from torq_gen.lint.view import ServiceView
from torq_gen.model import Service
from torq_gen.model.names import handler_name

CAPABILITIES = (
    "the service",
    "`publish` of the service",
    "the bus",
    "a publisher of the bus",
)
"""What may publish, in the words of `Escape.capability`."""
_MOST_CALLS = 3


@immutable
class Published:
    """What is published at one place, with the calls that hand it to the bus."""

    span: Span
    what: What
    calls: tuple[Span, ...]


def published(view: ServiceView) -> Iterator[Published]:
    """What the service publishes in its own name, each place and message once."""
    facts = (fact for fact in view.of(Publish) if not is_of_another(view, fact))
    return gathered(facts)


def gathered(facts: Iterable[Publish]) -> Iterator[Published]:
    """The facts of one place and one message as one."""
    calls: dict[tuple[Span, What], dict[Span, None]] = {}
    for fact in facts:
        calls.setdefault((fact.span, fact.what), {})[fact.call] = None
    for (span, what), found in calls.items():
        yield Published(span, what, tuple(found))


def is_of_another(view: ServiceView, fact: Publish) -> bool:
    """Whether the message goes out under the name of another service."""
    return fact.service not in ("", view.service.name)


def handed_over(found: Published) -> tuple[Related, ...]:
    """Pointers to the calls that publish what is decided elsewhere."""
    elsewhere = [call for call in found.calls if not _encloses(call, found.span)]
    return tuple(Related(call, "it is published here") for call in elsewhere[:_MOST_CALLS])


def _encloses(outer: Span, inner: Span) -> bool:
    begins = (outer.line, outer.column) <= (inner.line, inner.column)
    ends = (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    return outer.file == inner.file and begins and ends


def declared(view: ServiceView, names: Iterable[tuple[str, Span | None]]) -> tuple[Related, ...]:
    """Pointers to what the spec declares: its entries, or the service when it has none."""
    places = tuple(Related(span, name) for name, span in names if span is not None)
    return places or view.declared_at(view.service.span, view.service.name)


def others(view: ServiceView, does: Callable[[Service], Iterable[str]], message: str) -> str:
    """The services that are declared to do something with a message, as words; empty for none."""
    names = [s.name for s in view.system.services.values() if message in does(s)]
    return " or ".join(name for name in names if name != view.service.name)


def message_of_handler(view: ServiceView, name: str) -> str | None:
    """The message that a method ``on_…`` handles."""
    return next((m for m in view.system.messages if handler_name(m) == name), None)


def uses_topics(view: ServiceView) -> bool:
    """Whether the service talks to a broker itself."""
    return any(True for kind in (TopicPublish, TopicSubscribe) for _ in view.of(kind))


def is_proven(what: What) -> bool:
    """Whether it is known what the message is."""
    return not isinstance(what, Unproven)
