"""What the rules about topics share: whether the spec lets a service use a topic of a broker.

A topic is a message's name at the broker (`Message.topic`), so a service may publish to a topic iff
it publishes a message of that topic; where code says which message it is, iff it is that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from torq_gen.diagnostics import Diagnostic, Related, Span
from torq_gen.immutable import immutable
from torq_gen.lint.facts.model import (
    Known,
    ServiceClass,
    TopicPublish,
    TopicSubscribe,
    Unproven,
)
from torq_gen.lint.facts.text import Text
from torq_gen.lint.rules._wildcards import covers, meets, takes_in
from torq_gen.lint.view import ServiceView
from torq_gen.model import Message
from torq_gen.rule import Rule

_MOST_TOPICS = 8
"""Topics that a finding lists."""


@immutable
class Direction:
    """Publishing or subscribing, and its words."""

    fact: type[TopicPublish] | type[TopicSubscribe]
    key: str
    verb: str
    to: str
    does: str

    def facts(self, view: ServiceView) -> tuple[TopicPublish | TopicSubscribe, ...]:
        """The service's facts of this direction, each place and topic once.

        Where one place is seen both with and without its message, the message counts.
        """
        found: dict[tuple[Span, object], list[TopicPublish | TopicSubscribe]] = {}
        for fact in _unbound(tuple(view.of(self.fact))):
            found.setdefault((fact.span, fact.topic), []).append(fact)
        return tuple(fact for facts in found.values() for fact in _best(facts))

    def declared(self, view: ServiceView) -> tuple[str, ...]:
        """The messages that the spec lets the service publish or subscribe."""
        return view.published if self is PUBLISHING else view.subscribed


PUBLISHING = Direction(TopicPublish, "publishes", "publishes", "publishes to", "publish")
SUBSCRIBING = Direction(TopicSubscribe, "subscribes", "subscribes", "subscribes", "subscribe")


@immutable
class Undeclared:
    """A use of a topic that the spec does not allow: what is wrong, and how it is mended."""

    message: str
    help: str
    related: tuple[Related, ...] = ()
    subject: str = ""


@immutable
class Unprovable:
    """A use of a topic of which nobody can tell whether the spec allows it."""

    message: str
    help: str


Verdict = Undeclared | Unprovable | None


def uses_brokers(view: ServiceView) -> bool:
    """Whether the service talks to brokers itself, rather than through its generated base class."""
    if any(True for _ in view.of(ServiceClass)):
        return False
    return any(True for kind in (TopicPublish, TopicSubscribe) for _ in view.of(kind))


def verdict(
    view: ServiceView, direction: Direction, fact: TopicPublish | TopicSubscribe
) -> Verdict:
    """What the spec says of one use; None: it is declared."""
    if isinstance(fact.topic, Unproven):
        message = f"nobody can tell which topic {view.service.name} {direction.to}"
        return Unprovable(f"{message}: {fact.topic.reason}", _make_it_known(direction))
    if isinstance(fact.message, Known):
        return _of_message(view, direction, fact, fact.topic, fact.message.message)
    return _of_topic(view, direction, fact, fact.topic)


def undeclared(view: ServiceView, direction: Direction, rule: Rule) -> Iterator[Diagnostic]:
    """A finding for each use of a topic that the spec does not allow."""
    for fact in direction.facts(view):
        found = verdict(view, direction, fact)
        if isinstance(found, Undeclared):
            yield rule.at(
                fact.span,
                found.message,
                help=found.help,
                related=found.related,
                service=view.service.name,
                subject=found.subject,
            )


def messages_of(view: ServiceView, names: Iterable[str]) -> tuple[Message, ...]:
    """The messages of some names."""
    messages = view.system.messages
    return tuple(messages[name] for name in names if name in messages)


def _unbound(
    facts: tuple[TopicPublish | TopicSubscribe, ...],
) -> Iterator[TopicPublish | TopicSubscribe]:
    """The facts; a queue that code binds is not subscribed under its own name besides."""
    bound = {q for fact in facts if (q := _queue(fact)) is not None and fact.topic != q}
    return (fact for fact in facts if fact.topic != _queue(fact) or fact.topic not in bound)


def _queue(fact: TopicPublish | TopicSubscribe) -> Text | None:
    return fact.queue if isinstance(fact, TopicSubscribe) else None


def _best(
    facts: list[TopicPublish | TopicSubscribe],
) -> list[TopicPublish | TopicSubscribe]:
    known = [fact for fact in facts if isinstance(fact.message, Known)]
    return known or facts[:1]


def _of_message(
    view: ServiceView,
    direction: Direction,
    fact: TopicPublish | TopicSubscribe,
    topic: Text,
    name: str,
) -> Verdict:
    own, message = view.service.name, view.system.messages.get(name)
    if name not in direction.declared(view) or message is None:
        return Undeclared(
            f"{own} {direction.verb} {name} ({_shown(topic)}), which system.yaml does not declare",
            f"let another service {direction.does} it, or declare it: "
            f"services.{own}.{direction.key} (--accept-into-spec)",
            view.declared_at(view.service.span, f"{own} is declared here"),
            name,
        )
    if covers(message.topic, topic) or takes_in(fact.library, topic, message.topic):
        return None
    if meets(message.topic, topic):
        return _perhaps(direction, own, topic, (message,))
    return Undeclared(
        f'{own} {direction.verb} {name} at {_shown(topic)}, but its topic is "{message.topic}"',
        f"use the topic of {name}, or change it in the schema: messages.{name}.topic",
        view.declared_at(message.span, f"{name} is declared here"),
        name,
    )


def _of_topic(
    view: ServiceView, direction: Direction, fact: TopicPublish | TopicSubscribe, topic: Text
) -> Verdict:
    declared = messages_of(view, direction.declared(view))
    if any(covers(message.topic, topic) for message in declared):
        return None
    if direction is SUBSCRIBING:
        taken = [m for m in view.system.messages.values() if takes_in(fact.library, topic, m.topic)]
        topics = {message.topic for message in declared}
        strange = [message for message in taken if message.topic not in topics]
        if taken and not strange:
            return None
        if strange:
            return _undeclared(view, direction, topic, strange, taken=True)
    others = [m for m in view.system.messages.values() if covers(m.topic, topic)]
    if others:
        return _undeclared(view, direction, topic, others)
    near = [message for message in declared if meets(message.topic, topic)]
    if near or topic.setting is not None:
        return _perhaps(direction, view.service.name, topic, near)
    return _undeclared(view, direction, topic, ())


def _undeclared(
    view: ServiceView,
    direction: Direction,
    topic: Text,
    messages: Iterable[Message],
    *,
    taken: bool = False,
) -> Undeclared:
    """The topic is one of messages that are not declared, or of none at all."""
    own, found = view.service.name, tuple(messages)
    names = ", ".join(message.name for message in found)
    subject = found[0].name if len(found) == 1 else str(topic)
    what = f"{own} {direction.to} {_shown(topic)}"
    related = view.declared_at(view.service.span, f"{own} is declared here")
    if not found:
        return Undeclared(
            f"{what}, which is the topic of no message",
            f"{_another(view, topic)} give a message this topic in its schema",
            related,
            subject,
        )
    of = f"which takes in the topic of {names}" if taken else f"the topic of {names}"
    return Undeclared(
        f"{what}, {of}: system.yaml does not declare {'it' if len(found) == 1 else 'them'}",
        f"let another service {direction.does} it, or declare it: "
        f"services.{own}.{direction.key} (--accept-into-spec)",
        related,
        subject,
    )


def _another(view: ServiceView, topic: Text) -> str:
    """What may be meant by a topic of no message."""
    from difflib import get_close_matches

    known = list(dict.fromkeys(message.topic for message in view.system.messages.values()))
    near = get_close_matches(str(topic), known, n=1, cutoff=0.8)
    if near:
        return f'did you mean "{near[0]}"? Otherwise'
    shown = ", ".join(known[:_MOST_TOPICS]) + (", …" if len(known) > _MOST_TOPICS else "")
    return f"use the topic of a message ({shown}), or"


def _perhaps(
    direction: Direction, own: str, topic: Text, messages: Iterable[Message]
) -> Unprovable:
    if topic.setting is not None:
        return Unprovable(
            f"{own} {direction.to} what the setting {topic.setting} names, "
            "which none of its declared messages has for its topic",
            f'name the setting as the message\'s topic in its schema: topic: "{{{topic.setting}}}"',
        )
    names = ", ".join(dict.fromkeys(f'"{message.topic}"' for message in messages))
    return Unprovable(
        f"nobody can tell whether {_shown(topic)}, which {own} {direction.to}, is {names}",
        _make_it_known(direction),
    )


def _make_it_known(direction: Direction) -> str:
    return (
        "make the topic a constant, or a text with a known beginning; or suppress the finding "
        f"and say what it may {direction.does}"
    )


def _shown(topic: Text) -> str:
    return f'"{topic}"'
