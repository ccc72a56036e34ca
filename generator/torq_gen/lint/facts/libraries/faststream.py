"""FastStream: brokers, routers, publishers and subscribers of all its brokers.

A subscriber is a fact where it is made, and once more where it is given its handler, whose
annotation then says the message. A publisher is one where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from torq_gen.lint.facts.libraries._faststream_dialects import (
    DIALECTS,
    NAMING,
    NO_PREFIX,
    Dialect,
    Topics,
    exchange,
    name_of,
    queue,
)
from torq_gen.lint.facts.libraries._topics import (
    at,
    every,
    field,
    handled,
    publishes,
    remember,
    remembered,
    subscribes,
    unproven_publish,
    unproven_subscribe,
)
from torq_gen.lint.facts.library import Argument, Call, Effect, Function, Library, Type
from torq_gen.lint.facts.model import Fact, TopicPublish
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import NONE, Literal, Thing, Value

MOVED = "the router's topics get another prefix here"


def _prefix(call: Call) -> Value:
    """The prefix that the router puts before its topics."""
    return field(call, "prefix") or NO_PREFIX


def _subscribe(dialect: Dialect) -> Effect:
    def effect(call: Call) -> Iterator[Fact]:
        for topic in dialect.subscribed(call, 0, _prefix(call)) or (None,):
            yield from subscribes(call, topic, dialect.module)

    return effect


def _publish(dialect: Dialect) -> Effect:
    """``publish`` of a broker: a message, then the topic."""

    def effect(call: Call) -> Iterator[Fact]:
        for topic in dialect.published(call, 1, NO_PREFIX) or (None,):
            yield from publishes(call, topic, dialect.module, at(0, "message").of(call))

    return effect


def _publish_batch(dialect: Dialect) -> Effect:
    def effect(call: Call) -> Iterator[Fact]:
        topic = at(None, dialect.batch, "queue").of(call)
        for payload in every(call, 0) or (None,):
            yield from publishes(call, topic, dialect.module, payload)

    return effect


def _made(dialect: Dialect, kind: str, topics: Topics, first: int = 0) -> Callable[[Call], Value]:
    """What remembers the topics that it was made with."""

    def made(call: Call) -> Value:
        found = topics(call, first, _prefix(call))
        batch = at(None, "batch").stated(call)
        more = {"batch": batch.value} if batch else {}
        if not found:
            return remember(dialect.type(kind), None, **more)
        topic = Argument(join(one.value for one in found), found[0].span)
        return remember(dialect.type(kind), topic, **more)

    return made


def _publish_own(dialect: Dialect) -> Effect:
    """``publish`` of a publisher: to the topic that it was made with, or to another.

    One that was made with ``batch=True`` takes any number of messages, and no topic by position.
    """

    def effect(call: Call) -> Iterator[Fact]:
        batch = field(call, "batch") not in (None, Literal(False))
        payloads = every(call, 0) if batch else (at(0, "message").of(call),)
        first = len(call.positional) if batch else 1
        topics = dialect.published(call, first, NO_PREFIX) or (remembered(call),)
        for topic in topics:
            for payload in payloads or (None,):
                yield from publishes(call, topic, dialect.module, payload)

    return effect


def _decorate_publisher(dialect: Dialect) -> Effect:
    """A publisher used as a decorator publishes what the function returns."""

    def effect(call: Call) -> Iterator[TopicPublish]:
        function = call.argument(0, "call")
        yield from publishes(call, remembered(call), dialect.module, handled(call, function, -1))

    return effect


def _decorate_subscriber(dialect: Dialect) -> Effect:
    def effect(call: Call) -> Iterator[Fact]:
        yield from subscribes(
            call, remembered(call), dialect.module, handled(call, call.argument(0, "call"))
        )

    return effect


def _same(call: Call) -> Value:
    """What a decorator was given."""
    given = call.argument(0, "call")
    return given.value if given else NONE


def _router(dialect: Dialect) -> Callable[[Call], Value]:
    def made(call: Call) -> Value:
        prefix = at(0, "prefix").stated(call)
        fields = (("prefix", prefix.value),) if prefix else ()
        return Thing(dialect.type("Router"), fields)

    return made


def _routes(dialect: Dialect) -> Effect:
    """Routes handed to a router's constructor subscribe with its prefix."""

    def effect(call: Call) -> Iterator[Fact]:
        prefix = at(0, "prefix").stated(call)
        handlers = at(1, "handlers").of(call)
        for route in alternatives(call.elements(handlers.value)) if handlers else ():
            topic = route.get("topic") if isinstance(route, Thing) else None
            if topic is None or not isinstance(route, Thing):
                continue
            place = Argument(topic, route.site or call.span)
            yield from subscribes(call, dialect.moved(prefix, place, call), dialect.module)
        if at(None, "routers").stated(call) is not None:
            yield from _moved(call, prefix.value if prefix else NO_PREFIX, dialect)

    return effect


def _include(dialect: Dialect) -> Effect:
    """A router that is included under a prefix has other topics than its code says."""

    def effect(call: Call) -> Iterator[Fact]:
        prefix = at(None, "prefix").stated(call)
        for value in (prefix.value if prefix else NO_PREFIX, _prefix(call)):
            yield from _moved(call, value, dialect)

    return effect


def _moved(call: Call, prefix: Value, dialect: Dialect) -> Iterator[Fact]:
    if prefix not in (NO_PREFIX, NONE):
        yield from unproven_subscribe(dialect.module, MOVED)(call)
        yield from unproven_publish(dialect.module, MOVED)(call)


def _methods(dialect: Dialect) -> dict[str, Function]:
    """What brokers and routers can do alike."""
    return {
        "subscriber": Function(
            _subscribe(dialect), _made(dialect, "Subscriber", dialect.subscribed)
        ),
        "publisher": Function(None, _made(dialect, "Publisher", dialect.published)),
        "include_router": Function(_include(dialect), keeps=True),
        "include_routers": Function(_include(dialect), keeps=True),
    }


def _types(dialect: Dialect) -> tuple[Type, ...]:
    publish = Function(_publish(dialect))
    sending = {
        "publish": publish,
        "request": publish,
        "publish_batch": Function(_publish_batch(dialect)),
    }
    own = Function(_publish_own(dialect))
    first = (0, "call")
    names = (f"{dialect.classes}Broker", *dialect.brokers)
    return (
        Type(
            dialect.type("Broker"),
            "a FastStream broker",
            tuple(
                f"{dialect.module}.{inside}{name}"
                for name in names
                for inside in ("", "annotations.", "fastapi.", "broker.", "broker.broker.")
            ),
            _methods(dialect) | sending,
            enter=dialect.type("Broker"),
        ),
        Type(
            dialect.type("Router"),
            "a FastStream router",
            (f"{dialect.module}.{dialect.classes}Router",),
            _methods(dialect),
        ),
        Type(
            dialect.type("WebRouter"),
            "a FastStream router",
            (f"{dialect.module}.fastapi.{dialect.classes}Router",),
            _methods(dialect) | sending,
            {"broker": dialect.type("Broker")},
        ),
        Type(
            dialect.type("Publisher"),
            "a FastStream publisher",
            methods={"publish": own, "request": own},
            called=Function(_decorate_publisher(dialect), _same, first),
        ),
        Type(
            dialect.type("Subscriber"),
            called=Function(_decorate_subscriber(dialect), _same, first),
        ),
        Type(dialect.type("Route")),
    )


def _constructors(dialect: Dialect) -> dict[str, Function]:
    broker = Function(None, dialect.type("Broker"))
    test = Function(None, dialect.type("Broker"), keeps=True)
    of = f"{dialect.module}.{dialect.classes}"
    inside = f"{dialect.module}.broker"
    return {
        **{f"{dialect.module}.{name}": broker for name in dialect.brokers},
        f"{of}Broker": broker,
        f"{inside}.{dialect.classes}Broker": broker,
        f"{of}Router": Function(_routes(dialect), _router(dialect)),
        f"{dialect.module}.fastapi.{dialect.classes}Router": Function(
            None, dialect.type("WebRouter")
        ),
        f"{of}Publisher": Function(None, _made(dialect, "Publisher", dialect.published)),
        f"{of}Route": Function(None, _made(dialect, "Route", dialect.subscribed, 1), (0, "call")),
        f"{dialect.module}.Test{dialect.classes}Broker": test,
        f"{dialect.module}.testing.Test{dialect.classes}Broker": test,
    }


_OUT_OF_CONTEXT = Function(
    unproven_publish("faststream", "the broker comes out of the context, without an annotation")
)

LIBRARY = Library(
    "faststream",
    ("faststream",),
    {
        **{path: made for dialect in DIALECTS for path, made in _constructors(dialect).items()},
        **{path: Function(None, name_of(path, *names)) for path, names in NAMING.items()},
        "faststream.rabbit.RabbitQueue": Function(None, queue),
        "faststream.rabbit.RabbitExchange": Function(None, exchange),
        "faststream.Context": Function(None, "faststream.Context"),
        "faststream.FastStream": Function(keeps=True),
        "faststream.asgi.make_ping_asgi": Function(keeps=True),
        "faststream.asgi.AsgiFastStream": Function(keeps=True),
    },
    (
        *(one for dialect in DIALECTS for one in _types(dialect)),
        *(Type(path) for path in NAMING),
        Type("faststream.Context", methods=dict.fromkeys(("publish", "request"), _OUT_OF_CONTEXT)),
        Type("faststream.rabbit.Queue"),
        Type("faststream.rabbit.Exchange"),
    ),
    values={
        f"faststream.rabbit.ExchangeType.{kind.upper()}": Text((kind,))
        for kind in ("direct", "fanout", "topic", "headers")
    },
)
