"""What a rule looks at: one service, its facts, and the system around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from torq_gen.diagnostics import Related, Span
from torq_gen.immutable import immutable
from torq_gen.lint.facts.model import ServiceFacts
from torq_gen.model import Service, System

F = TypeVar("F")


@immutable
class ServiceView:
    """One service of the system with its facts."""

    system: System
    service: Service
    facts: ServiceFacts

    def of(self, kind: type[F]) -> Iterator[F]:
        """The facts of one kind, in the order of their places."""
        return (fact for fact in self.facts.facts if isinstance(fact, kind))

    @property
    def published(self) -> tuple[str, ...]:
        """The messages that the spec lets the service publish."""
        return tuple(p.message for p in self.service.publishes)

    @property
    def subscribed(self) -> tuple[str, ...]:
        """The messages that the spec has the service subscribe."""
        return tuple(s.message for s in self.service.subscribes)

    def declared_at(self, span: Span | None, what: str) -> tuple[Related, ...]:
        """A pointer to a place in the spec, for a finding's related places."""
        return () if span is None else (Related(span, what),)
