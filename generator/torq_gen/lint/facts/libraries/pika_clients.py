"""pika: channels of its blocking and asynchronous connections."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.libraries._amqp import address, own_name, server_named, through
from torq_gen.lint.facts.libraries._topics import (
    at,
    publishes,
    remember,
    subscribes,
)
from torq_gen.lint.facts.library import Argument, Call, Function, Library, Type
from torq_gen.lint.facts.model import Fact
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.values import Thing, Value

_NAME = "pika"
_CONNECTION, _CHANNEL = "pika.Connection", "pika.Channel"
_DECLARED, _METHOD = "pika.Declared", "pika.DeclareOk"


def _publish(call: Call) -> Iterator[Fact]:
    exchange, key = at(0, "exchange").of(call), at(1, "routing_key").of(call)
    payload = at(2, "body").of(call)
    if key is None:
        yield from publishes(call, None, _NAME, payload)
    else:
        name = exchange.value if exchange else Text()
        yield from publishes(call, address(name, key.value, key.span, call), _NAME, payload)


def _bind(call: Call) -> Iterator[Fact]:
    """A queue gets what its bindings bring; the key is the queue's name if none is given."""
    queue, exchange = at(0, "queue").of(call), at(1, "exchange").of(call)
    key = at(2, "routing_key").of(call) or queue
    if key is not None and exchange is not None:
        span = (at(2, "routing_key").of(call) or exchange).span
        found = subscribes(call, address(exchange.value, key.value, span, call), _NAME)
        yield from through(queue.value if queue else None, call, found)


def _consume(call: Call) -> Iterator[Fact]:
    """Without a binding a queue gets what is sent to its name."""
    queue = at(0, "queue").of(call)
    if queue is None or not server_named(queue.value):
        found = subscribes(call, queue, _NAME)
        yield from through(queue.value if queue else None, call, found)


def _declare(call: Call) -> Value:
    return remember(_DECLARED, at(0, "queue").of(call) or Argument(Text(), call.span))


def _method(call: Call) -> Value:
    return Thing(_METHOD, (("topic", own_name(call)),))


_PATHS = {
    _CONNECTION: (
        "pika.BlockingConnection",
        "pika.SelectConnection",
        "pika.adapters.BlockingConnection",
        "pika.adapters.blocking_connection.BlockingConnection",
        "pika.adapters.asyncio_connection.AsyncioConnection",
        "pika.adapters.select_connection.SelectConnection",
        "pika.adapters.tornado_connection.TornadoConnection",
        "pika.adapters.twisted_connection.TwistedProtocolConnection",
        "pika.adapters.gevent_connection.GeventConnection",
    ),
    _CHANNEL: (
        "pika.channel.Channel",
        "pika.adapters.blocking_connection.BlockingChannel",
        "pika.adapters.twisted_connection.TwistedChannel",
    ),
}

LIBRARY = Library(
    _NAME,
    (_NAME,),
    dict.fromkeys(
        _PATHS[_CONNECTION], Function(None, _CONNECTION, (1, "on_open_callback"), _CONNECTION)
    ),
    (
        Type(
            _CONNECTION,
            "an AMQP connection",
            _PATHS[_CONNECTION],
            {
                "channel": Function(None, _CHANNEL, (1, "on_open_callback"), _CHANNEL),
                "add_on_open_callback": Function(None, "", (0, "callback"), _CONNECTION),
            },
            enter=_CONNECTION,
        ),
        Type(
            _CHANNEL,
            "an AMQP channel",
            _PATHS[_CHANNEL],
            {
                "basic_publish": Function(_publish),
                "basic_consume": Function(_consume, "", (1, "on_message_callback"), _CHANNEL),
                "basic_get": Function(_consume),
                "consume": Function(_consume),
                "queue_bind": Function(_bind),
                "queue_declare": Function(None, _declare),
            },
            {"connection": _CONNECTION},
            enter=_CHANNEL,
        ),
        Type(_DECLARED, attributes={"method": _method}),
        Type(_METHOD, attributes={"queue": own_name}),
    ),
    values={
        f"pika.exchange_type.ExchangeType.{kind}": Text((kind,))
        for kind in ("direct", "fanout", "topic", "headers")
    },
)
