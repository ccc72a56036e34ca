"""A service's facts to what it does: flows, uses of stores, calls, and what is left unresolved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torq_gen.inference.sites import Call, Flow, Sites, Sure, Unresolved, Use
from torq_gen.lint.facts.distributions import distribution, is_standard
from torq_gen.lint.facts.model import (
    Access,
    Bypass,
    Connection,
    DynamicCode,
    Escape,
    Foreign,
    Handler,
    Import,
    Known,
    ProcessStart,
    Publish,
    Subscribe,
    TopicPublish,
    TopicSubscribe,
    Unproven,
    Unreadable,
)
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.rules._stores import touches
from torq_gen.lint.view import ServiceView
from torq_gen.model.names import handler_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from torq_gen.diagnostics import Span
    from torq_gen.lint.facts.model import Fact

_UNNAMED = Hole()


def read(view: ServiceView, own: Callable[[str], bool], home: frozenset[str]) -> Sites:
    """What the service does, of one place and one thing each once.

    ``own`` says whether a file counts for this service: what stands in another one's folder is
    that one's. ``home`` are the project's own top-level modules.
    """
    reader = _Reader(view)
    facts = [f for f in view.facts.facts if own(f.span.file)]
    flows = dict.fromkeys(flow for f in facts for flow in reader.flows(f))
    calls = dict.fromkeys(call for f in facts for call in reader.calls(f))
    for fact in facts:
        reader.others(fact)
    uses = [use for use in reader.uses() if own(use.span.file)]
    libraries = {
        distribution(f.module) for f in facts if isinstance(f, Import) and _is_third_party(f, home)
    }
    return Sites(
        view.service.name,
        tuple(_without_shadows(list(flows))),
        tuple(uses),
        tuple(calls),
        tuple(sorted(reader.unresolved, key=lambda u: u.span)),
        tuple(sorted(libraries, key=str.lower)),
        view.facts.files,
    )


def _without_shadows(flows: list[Flow]) -> Iterator[Flow]:
    """Of one place seen with its payload and without, the one that knows more."""
    typed = {(f.span, f.topic, f.publishes) for f in flows if f.payload or f.message}
    for flow in flows:
        if flow.payload or flow.message or (flow.span, flow.topic, flow.publishes) not in typed:
            yield flow


def _is_third_party(found: Import, home: frozenset[str]) -> bool:
    if found.typing_only or found.found is not None or is_standard(found.module):
        return False
    return found.module.partition(".")[0] not in home


class _Reader:
    def __init__(self, view: ServiceView) -> None:
        self.view = view
        self.unresolved: dict[Unresolved, None] = {}

    def flows(self, fact: Fact) -> Iterator[Flow]:
        """The flow of a fact that is one."""
        match fact:
            case Publish(span=span, what=what):
                yield from self._of_bus(span, what, publishes=True)
            case Subscribe(span=span, what=what):
                yield from self._of_bus(span, what, publishes=False)
            case Handler(span=span, name=name):
                message = next(
                    (m for m in self.view.system.messages if handler_name(m) == name), ""
                )
                if message:
                    yield Flow(False, span, Sure.PROVED, message)
                else:
                    self._note(span, f"{name} handles no message that is known")
            case TopicPublish(span=span) | TopicSubscribe(span=span):
                yield from self._of_broker(fact)

    def _of_bus(self, span: Span, what: object, *, publishes: bool) -> Iterator[Flow]:
        verb = "publishes" if publishes else "subscribes"
        if isinstance(what, Known):
            yield Flow(publishes, span, Sure.PROVED, what.message)
        elif isinstance(what, Foreign):
            self._note(span, f"{verb} {what.name}, which is no message of the system")
        elif isinstance(what, Unproven):
            self._note(span, f"{verb} a message that nobody can tell: {what.reason}")

    def _of_broker(self, fact: TopicPublish | TopicSubscribe) -> Iterator[Flow]:
        publishes = isinstance(fact, TopicPublish)
        verb = "publishes to" if publishes else "subscribes"
        if isinstance(fact.topic, Unproven):
            shown = f" ({fact.topic.expression})" if fact.topic.expression else ""
            self._note(
                fact.span,
                f"{verb} a {fact.library} topic that nobody can tell{shown}: {fact.topic.reason}",
            )
            return
        if not _tells(fact.topic):
            self._note(fact.span, f"{verb} a {fact.library} topic no part of which is constant")
            return
        message = fact.message.message if isinstance(fact.message, Known) else ""
        payload = fact.message.name if isinstance(fact.message, Foreign) else ""
        sure = _sure(fact.topic)
        yield Flow(publishes, fact.span, sure, message, fact.topic, payload, fact.library)

    def calls(self, fact: Fact) -> Iterator[Call]:
        """The call of a fact that is one."""
        if not isinstance(fact, Connection):
            return
        if isinstance(fact.to, Unproven):
            self._note(fact.span, f"calls an address that nobody can tell: {fact.to.reason}")
            return
        url = str(fact.to)
        host = url.rpartition("://")[2].partition("/")[0]
        if not host or "{}" in host:
            self._note(fact.span, f"calls {url or 'an address'}, of which no host is known")
            return
        yield Call(fact.span, url, _sure(fact.to))

    def others(self, fact: Fact) -> None:
        """Note what a spec has no word for, and what may hide something."""
        match fact:
            case Escape(span=span, capability=capability, into=into):
                self._note(span, f"{capability} goes to {into}, where it is not followed")
            case Unreadable(span=span, reason=reason):
                self._note(span, f"the file {reason}")
            case Bypass(span=span, via=via):
                self._note(span, f"a way around the bus: {via}")
            case ProcessStart(span=span, via=via):
                self._note(span, f"another process is started: {via}")
            case DynamicCode(span=span, via=via):
                self._note(span, f"code that is only known at run time: {via}")

    def uses(self) -> Iterator[Use]:
        """Every access to a store of which the part is known."""
        for touch, how in touches(self.view).items():
            does = " and ".join(f"{access.value}s" for access in Access if access in how)
            if isinstance(touch.part, Unproven):
                reason = touch.part.reason
                self._note(touch.span, f"{does} a {touch.noun} that nobody can tell: {reason}")
                continue
            if isinstance(touch.part, Text) and not _tells(touch.part):
                self._note(touch.span, f"{does} a {touch.noun} no part of which is constant")
                continue
            sure = _sure(touch.part) if isinstance(touch.part, Text) else Sure.PROVED
            reads, writes = Access.READ in how, Access.WRITE in how
            table = touch.noun == "table"
            yield Use(touch.span, touch.kind, table, touch.pattern, reads, writes, sure)

    def _note(self, span: Span, what: str) -> None:
        self.unresolved[Unresolved(span, what)] = None


def _tells(text: Text) -> bool:
    """Whether a text says more than any other: a word of it is known, or the setting that it is."""
    words = (part for part in text.parts if isinstance(part, str))
    return text.setting is not None or any(c.isalnum() for word in words for c in word)


def _sure(text: Text) -> Sure:
    if text.setting is not None:
        return Sure.SETTING
    return Sure.PROVED if text.exact is not None else Sure.PATTERN
