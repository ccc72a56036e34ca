"""What the files of brokers share: from the arguments of a call to facts about topics.

A topic that is a list stands for each of its elements. What a client remembers (a publisher its
topic) stands in the fields of its `Thing`: see `remember`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from torq_gen.diagnostics import Span
from torq_gen.immutable import immutable
from torq_gen.lint.facts.library import Argument, Call, Effect, Function
from torq_gen.lint.facts.model import TopicPublish, TopicSubscribe, Unproven, What
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import NONE, Container, Items, Literal, Thing, Tuple, Unknown, Value

CAPABILITIES = frozenset(
    {
        "a Celery app",
        "a Celery task",
        "a FastStream broker",
        "a FastStream publisher",
        "a FastStream router",
        "a JetStream client",
        "a Kafka consumer",
        "a Kafka producer",
        "a NATS client",
        "a NATS key-value bucket",
        "a NATS message, which can be answered",
        "a Redis subscription",
        "an AMQP channel",
        "an AMQP connection",
        "an AMQP consumer",
        "an AMQP exchange",
        "an AMQP producer",
        "an AMQP queue",
        "an MQTT client",
        "remote calls over AMQP",
        "tasks over AMQP",
    }
)
"""What the types of brokers can do, by `Type.capability`."""

NOT_GIVEN = "it is not given here"
RUNNING_ONLY = "its text is only known when the program runs"
NO_TEXT = "what it is made of is not known"


@immutable
class At:
    """Where an argument stands: at a position (None: at none) or under one of some names."""

    position: int | None
    names: tuple[str, ...]

    def of(self, call: Call) -> Argument | None:
        """The argument; None when it is not given, or given as None."""
        return something(call.argument(self.position, *self.names))

    def stated(self, call: Call) -> Argument | None:
        """The argument if it is written in the call; what may come through ``**`` is not."""
        found = self.of(call)
        return None if found is call.rest or found is call.more else found


def at(position: int | None, *names: str) -> At:
    """The argument at a position or under a name."""
    return At(position, names)


def something(argument: Argument | None) -> Argument | None:
    """The argument, unless it is None."""
    return None if argument is None or argument.value == NONE else argument


def every(call: Call, first: int, *names: str) -> tuple[Argument, ...]:
    """All positional arguments from the first on (``*topics``), then those of the names."""
    found = [*call.positional[first:], *([call.rest] if call.rest else [])]
    found += [call.keywords[name] for name in names if name in call.keywords]
    return tuple(a for a in found if something(a))


# What a value says of topics


def texts(
    value: Value, call: Call, *, inside: bool = True, seen: set[Value] | None = None
) -> Iterator[Text | Unproven]:
    """The topics that a value may be, or that it holds; each collection is looked into once."""
    seen = set() if seen is None else seen
    for one in alternatives(value):
        match one:
            case Text():
                yield one if one.anchored or one.setting else Unproven(RUNNING_ONLY)
            case Literal(value=bytes() as raw):
                yield Text.of((raw.decode("utf-8", "replace"),))
            case Literal(value=None):
                continue
            case Tuple(items=items) if inside:
                for item in items:
                    yield from texts(item, call, seen=seen)
            case Container() | Items() if inside:
                if one not in seen:
                    seen.add(one)
                    yield from texts(call.elements(one), call, seen=seen)
            case Thing() if (topic := one.get("topic")) is not None:
                yield from texts(topic, call, seen=seen)
            case Unknown(reason=reason) if reason:
                yield Unproven(reason)
            case _:
                yield Unproven(NO_TEXT)


def messages(call: Call, argument: Argument | None) -> tuple[What | None, ...]:
    """The messages that a payload or an annotation may be; None stands for one that is unknown."""
    if argument is None:
        return (None,)
    found = dict.fromkeys(_message(call, one) for one in alternatives(argument.value))
    return tuple(found) or (None,)


def _message(call: Call, value: Value) -> What | None:
    inner = value.get("message") if isinstance(value, Thing) else None
    return call.message(value if inner is None else inner)


def handled(call: Call, handler: Argument | None, place: int = 0) -> Argument | None:
    """What a parameter of a handler is annotated with; -1: what the handler returns."""
    if handler is None:
        return None
    found = [call.annotation(one, place) for one in alternatives(handler.value)]
    return Argument(join(found), handler.span)


# What things remember


def remember(kind: str, topic: Argument | None, /, **more: Value) -> Thing:
    """A thing of a type that keeps a topic, and where it stands."""
    fields = dict(more) if topic is None else {**more, "topic": topic.value}
    return Thing(kind, tuple(sorted(fields.items())), topic.span if topic else None)


def remembered(call: Call) -> Argument | None:
    """The topic that the receiver keeps, at its place."""
    thing = call.receiver
    topic = thing.get("topic") if isinstance(thing, Thing) else None
    if topic is None:
        return None
    return Argument(topic, (thing.site if isinstance(thing, Thing) else None) or call.span)


def field(call: Call, name: str) -> Value | None:
    """Another thing that the receiver keeps."""
    return call.receiver.get(name) if isinstance(call.receiver, Thing) else None


# Facts


def publishes(
    call: Call, topic: Argument | None, library: str, payload: Argument | None = None
) -> Iterator[TopicPublish]:
    """That the call publishes the payload to the topic."""
    for text, span in _places(call, topic):
        for message in messages(call, payload):
            yield TopicPublish(span, call.span, text, library, message)


def subscribes(
    call: Call, topic: Argument | None, library: str, taken: Argument | None = None
) -> Iterator[TopicSubscribe]:
    """That the call subscribes the topic; ``taken`` is what its handler takes."""
    for text, span in _places(call, topic):
        for message in messages(call, taken):
            yield TopicSubscribe(span, call.span, text, library, message)


def _places(call: Call, topic: Argument | None) -> Iterator[tuple[Text | Unproven, Span]]:
    if topic is None:
        yield Unproven(NOT_GIVEN), call.span
        return
    for text in dict.fromkeys(texts(topic.value, call)):
        yield text, topic.span


def publishing(library: str, topic: At, message: At | None = None) -> Effect:
    """The effect of a call with a topic and a payload among its arguments."""

    def effect(call: Call) -> Iterator[TopicPublish]:
        yield from publishes(call, topic.of(call), library, message.of(call) if message else None)

    return effect


def subscribing(library: str, topic: At, handler: At | None = None) -> Effect:
    """The effect of a call with a topic, or several, among its arguments."""

    def effect(call: Call) -> Iterator[TopicSubscribe]:
        found = handler.of(call) if handler else None
        yield from subscribes(call, topic.of(call), library, handled(call, found))

    return effect


def unproven_publish(library: str, reason: str) -> Effect:
    """The effect of a call of which nobody can tell where it publishes."""

    def effect(call: Call) -> Iterator[TopicPublish]:
        yield TopicPublish(call.span, call.span, Unproven(reason), library)

    return effect


def unproven_subscribe(library: str, reason: str) -> Effect:
    """The effect of a call of which nobody can tell what it subscribes."""

    def effect(call: Call) -> Iterator[TopicSubscribe]:
        yield TopicSubscribe(call.span, call.span, Unproven(reason), library)

    return effect


# Texts put together


def before(prefix: Value | None, value: Value, call: Call) -> Value:
    """The value with a prefix before each of its texts."""
    if prefix is None or prefix == Text():
        return value
    return joined((prefix, value), call)


def joined(parts: Iterable[Value], call: Call) -> Value:
    """The texts of several values written one after the other, in each combination."""
    found: tuple[Value, ...] = (Text(),)
    for part in parts:
        found = tuple(_add(left, right) for left in found for right in _known(part, call))
    return join(found)


def _known(value: Value, call: Call) -> Iterator[Text | Unknown]:
    """A part may be any text: the others tell what the whole is."""
    for one in alternatives(value):
        if isinstance(one, Text):
            yield one
            continue
        for text in texts(one, call):
            yield Unknown(text.reason) if isinstance(text, Unproven) else text


def _add(left: Value, right: Value) -> Value:
    if isinstance(left, Text) and isinstance(right, Text):
        return left + right
    return left if isinstance(left, Unknown) else right


def placeholder() -> Text:
    """A text that nobody knows beforehand."""
    return Text((Hole(),))


def quiet(*names: str) -> dict[str, Function]:
    """Methods that have nothing to do with messages, and give mere data."""
    return {name: Function() for name in names}
