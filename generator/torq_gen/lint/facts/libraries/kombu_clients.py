"""kombu: producers, consumers and simple queues over exchanges and queues."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.libraries._amqp import address
from torq_gen.lint.facts.libraries._topics import (
    NOT_GIVEN,
    at,
    field,
    publishes,
    subscribes,
    unproven_subscribe,
)
from torq_gen.lint.facts.library import Argument, Call, Function, Library, Type
from torq_gen.lint.facts.model import Fact
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import Container, Items, Thing, Tuple, Unknown, Value

_NAME = "kombu"
_CONNECTION, _CHANNEL, _SIMPLE = "kombu.Connection", "kombu.Channel", "kombu.SimpleQueue"
_EXCHANGE, _QUEUE, _PRODUCER = "kombu.Exchange", "kombu.Queue", "kombu.Producer"
_CONSUMER = "kombu.Consumer"


def _thing(kind: str, /, **given: Argument | None) -> Thing:
    fields = {name: found.value for name, found in given.items() if found is not None}
    return Thing(kind, tuple(sorted(fields.items())))


def _exchange(call: Call) -> Value:
    return _thing(_EXCHANGE, name=at(0, "name").of(call), kind=at(1, "type").stated(call))


def _queue(call: Call) -> Value:
    """A queue is bound to its exchange; without one it gets what is sent to its name."""
    name, exchange = at(0, "name").of(call), at(1, "exchange").stated(call)
    key = at(2, "routing_key").stated(call)
    if exchange is None:
        return _thing(_QUEUE, topic=name)
    routing = key.value if key else Text()
    return _thing(_QUEUE, topic=address(exchange.value, routing, call.span, call))


def _producer(first: int) -> Function:
    def made(call: Call) -> Value:
        return _thing(
            _PRODUCER,
            exchange=at(first, "exchange").stated(call),
            key=at(first + 1, "routing_key").stated(call),
        )

    return Function(None, made, keeps=True)


def _publish(call: Call) -> Iterator[Fact]:
    key, exchange = at(1, "routing_key").stated(call), at(None, "exchange").stated(call)
    routing = key.value if key else field(call, "key") or Text()
    through = exchange.value if exchange else field(call, "exchange") or Text()
    span = (key or exchange or Argument(routing, call.span)).span
    topic = address(through, routing, span, call)
    payload = at(0, "body").of(call)
    yield from publishes(call, None if topic.value == Text() else topic, _NAME, payload)


def _consumes(first: int) -> Function:
    def effect(call: Call) -> Iterator[Fact]:
        queues = at(first, "queues").of(call)
        if queues is not None:
            topic = join(_topics(queues.value, call))
            yield from subscribes(call, Argument(topic, queues.span), _NAME)

    return Function(effect, _CONSUMER, keeps=True)


def _topics(value: Value, call: Call, seen: set[Value] | None = None) -> Iterator[Value]:
    """The topics of queues; each list of them is looked into once: it may hold itself."""
    seen = set() if seen is None else seen
    for one in alternatives(value):
        match one:
            case Thing(type="kombu.Queue"):
                yield one.get("topic") or Unknown(NOT_GIVEN)
            case Tuple(items=items):
                yield from (topic for item in items for topic in _topics(item, call, seen))
            case Container() | Items():
                if one not in seen:
                    seen.add(one)
                    yield from _topics(call.elements(one), call, seen)
            case _:
                yield one


def _simple(call: Call) -> Value:
    """A simple queue is named by its name, or is a queue itself."""
    name = at(0, "name").of(call)
    topic = join(_topics(name.value, call)) if name else Unknown(NOT_GIVEN)
    return Thing(_SIMPLE, (("topic", topic),))


def _own(call: Call) -> Argument | None:
    topic = field(call, "topic")
    return None if topic is None else Argument(topic, call.span)


def _put(call: Call) -> Iterator[Fact]:
    yield from publishes(call, _own(call), _NAME, at(0, "message").of(call))


def _get(call: Call) -> Iterator[Fact]:
    yield from subscribes(call, _own(call), _NAME)


_MAKING = {
    "channel": Function(None, _CHANNEL),
    "Producer": _producer(1),
    "Consumer": _consumes(0),
    "SimpleQueue": Function(None, _simple),
    "SimpleBuffer": Function(None, _simple),
}


def _ensured(call: Call) -> Value:
    """``connection.ensure(thing, function)`` gives the function, which it calls until it works."""
    function = at(1, "fun").of(call)
    return function.value if function else Unknown()


def _pool(of: str) -> tuple[Type, Type]:
    """``pools[connection].acquire()``."""
    acquire = Function(None, of)
    pool = f"{of}Pool"
    return Type(pool, methods={"acquire": acquire}), Type(
        f"{pool}s", methods={"__getitem__": Function(None, pool)}
    )


_MIXINS = ("kombu.mixins.ConsumerMixin", "kombu.mixins.ConsumerProducerMixin")
_RUN = Function(
    unproven_subscribe(_NAME, "kombu hands `get_consumers` a consumer of its own when it runs")
)

LIBRARY = Library(
    _NAME,
    (_NAME,),
    {
        "kombu.Connection": Function(None, _CONNECTION),
        "kombu.BrokerConnection": Function(None, _CONNECTION),
        **dict.fromkeys(("kombu.Exchange", "kombu.entity.Exchange"), Function(None, _exchange)),
        **dict.fromkeys(("kombu.Queue", "kombu.entity.Queue"), Function(None, _queue)),
        **dict.fromkeys(("kombu.Producer", "kombu.messaging.Producer"), _producer(1)),
        **dict.fromkeys(("kombu.Consumer", "kombu.messaging.Consumer"), _consumes(1)),
        **dict.fromkeys(_MIXINS, Function(None, "kombu.ConsumerMixin")),
    },
    (
        Type(
            _CONNECTION,
            "an AMQP connection",
            ("kombu.Connection", "kombu.connection.Connection"),
            {
                **_MAKING,
                "clone": Function(None, _CONNECTION),
                "ensure": Function(None, _ensured, keeps=True),
                "Pool": Function(None, f"{_CONNECTION}Pool"),
            },
            {"default_channel": _CHANNEL},
            enter=_CONNECTION,
        ),
        Type(_CHANNEL, "an AMQP channel", ("kombu.transport.base.StdChannel",), _MAKING),
        Type(_EXCHANGE, annotations=("kombu.Exchange", "kombu.entity.Exchange")),
        Type(_QUEUE, annotations=("kombu.Queue", "kombu.entity.Queue")),
        Type(
            _PRODUCER,
            "an AMQP producer",
            ("kombu.Producer", "kombu.messaging.Producer"),
            {"publish": Function(_publish)},
            enter=_PRODUCER,
        ),
        Type(
            _CONSUMER,
            "an AMQP consumer",
            ("kombu.Consumer", "kombu.messaging.Consumer"),
            {"add_queue": _consumes(0)},
            enter=_CONSUMER,
        ),
        *_pool(_PRODUCER),
        *_pool(_CONNECTION),
        Type(
            "kombu.ConsumerMixin",
            annotations=_MIXINS,
            methods={"run": _RUN, "consume": _RUN},
            attributes={"producer": _PRODUCER, "producer_connection": _CONNECTION},
        ),
        Type(
            _SIMPLE,
            "an AMQP queue",
            methods={"put": Function(_put), "get": Function(_get), "get_nowait": Function(_get)},
            enter=_SIMPLE,
        ),
    ),
    values={
        "kombu.pools.producers": Thing(f"{_PRODUCER}Pools"),
        "kombu.pools.connections": Thing(f"{_CONNECTION}Pools"),
    },
)
