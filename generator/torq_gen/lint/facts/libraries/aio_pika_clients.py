"""aio-pika: exchanges, queues, and its patterns for tasks and remote calls."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.libraries._amqp import address, own_name, server_named, through
from torq_gen.lint.facts.libraries._topics import (
    at,
    field,
    handled,
    publishes,
    publishing,
    remember,
    subscribes,
    subscribing,
    unproven_publish,
)
from torq_gen.lint.facts.library import Argument, Call, Function, Library, Type
from torq_gen.lint.facts.model import Fact
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.values import Thing, Unknown, Value

_NAME = "aio_pika"
_MESSAGE = "aio_pika.IncomingMessage"


def _abstract(*kinds: str) -> tuple[str, ...]:
    """The paths of a class and of its kin: `aio_pika.Queue`, `aio_pika.abc.AbstractQueue`."""
    found = [f"{_NAME}.{kind}" for kind in kinds] + [f"{_NAME}.abc.Abstract{k}" for k in kinds]
    modules = {"Incoming": "message"}
    return (*found, *(f"{_NAME}.{modules.get(k, k.lower())}.{k}" for k in kinds))


def _named(kind: str) -> str:
    return f"{_NAME}.{kind}"


def _exchange(call: Call) -> Value:
    name, kind = at(0, "name").of(call), at(1, "type").stated(call)
    fields = {"name": name.value if name else Text()} | ({"kind": kind.value} if kind else {})
    return Thing(_named("Exchange"), tuple(sorted(fields.items())))


def _queue(call: Call) -> Value:
    name = at(0, "name").of(call)
    return remember(_named("Queue"), name or Argument(Text(), call.span))


def _publish(call: Call) -> Iterator[Fact]:
    key = at(1, "routing_key").of(call)
    topic = address(call.receiver, key.value, key.span, call) if key else None
    yield from publishes(call, topic, _NAME, at(0, "message").of(call))


def _bind(call: Call) -> Iterator[Fact]:
    """A queue gets what its bindings bring; the key is the queue's name if none is given."""
    exchange, key = at(0, "exchange").of(call), at(1, "routing_key").of(call)
    name = field(call, "topic") or Text()
    if exchange is not None:
        span = (key or exchange).span
        topic = address(exchange.value, key.value if key else name, span, call)
        yield from through(name, call, subscribes(call, topic, _NAME))


def _consume(call: Call) -> Iterator[Fact]:
    """Without a binding a queue gets what is sent to its name."""
    name = field(call, "topic")
    if name is None or not server_named(name):
        topic = Argument(name, call.span) if name is not None else None
        taken = handled(call, at(0, "callback").of(call))
        yield from through(name, call, subscribes(call, topic, _NAME, taken))


def _body(call: Call) -> Value:
    body = at(0, "body").of(call)
    return Thing(_named("Message"), (("message", body.value),) if body else ())


def _pool(call: Call) -> Value:
    """A pool gives what its constructor function gives."""
    made = at(0, "constructor").of(call)
    return Thing(_named("Pool"), (("item", call.result(made.value)),) if made else ())


def _pooled(call: Call) -> Value:
    return field(call, "item") or Unknown()


_CONNECTION = Type(
    _named("Connection"),
    "an AMQP connection",
    _abstract("Connection", "RobustConnection"),
    {"channel": Function(None, _named("Channel"))},
    enter=_named("Connection"),
)
_CHANNEL = Type(
    _named("Channel"),
    "an AMQP channel",
    _abstract("Channel", "RobustChannel"),
    {
        "declare_exchange": Function(None, _exchange),
        "get_exchange": Function(None, _exchange),
        "declare_queue": Function(None, _queue),
        "get_queue": Function(None, _queue),
    },
    {"default_exchange": lambda call: Thing(_named("Exchange"), (("name", Text()),))},
    enter=_named("Channel"),
)
_EXCHANGE = Type(
    _named("Exchange"),
    "an AMQP exchange",
    _abstract("Exchange", "RobustExchange"),
    {"publish": Function(_publish)},
)
_QUEUE = Type(
    _named("Queue"),
    "an AMQP queue",
    _abstract("Queue", "RobustQueue"),
    {
        "bind": Function(_bind, keeps=True),
        "unbind": Function(keeps=True),
        "consume": Function(_consume, "", (0, "callback"), _MESSAGE),
        "get": Function(_consume, _MESSAGE),
        "iterator": Function(_consume, _named("Iterator")),
    },
    {"name": own_name},
    enter=_named("Queue"),
    item=_MESSAGE,
)
_ITERATOR = Type(
    _named("Iterator"),
    annotations=(f"{_NAME}.abc.AbstractQueueIterator",),
    enter=_named("Iterator"),
    item=_MESSAGE,
)
_MESSAGE_DATA = dict.fromkeys(
    ("body", "headers", "routing_key", "exchange", "reply_to", "correlation_id", "message_id"), ""
)
_PATTERNS = (
    Type(
        _named("Master"),
        "tasks over AMQP",
        (f"{_NAME}.patterns.Master", f"{_NAME}.patterns.JsonMaster"),
        {
            "create_task": Function(publishing(_NAME, at(0, "channel_name"), at(1, "kwargs"))),
            "create_worker": Function(
                subscribing(_NAME, at(0, "queue_name"), at(1, "func")), "", (1, "func")
            ),
        },
        {"proxy": _named("Proxy")},
    ),
    Type(
        _named("RPC"),
        "remote calls over AMQP",
        (f"{_NAME}.patterns.RPC", f"{_NAME}.patterns.JsonRPC"),
        {
            "call": Function(publishing(_NAME, at(0, "method_name"), at(1, "kwargs"))),
            "register": Function(
                subscribing(_NAME, at(0, "method_name"), at(1, "func")), "", (1, "func")
            ),
        },
        {"proxy": _named("Proxy")},
    ),
    Type(
        _named("Proxy"),
        "remote calls over AMQP",
        other=Function(unproven_publish(_NAME, "a proxy puts it together from attributes")),
    ),
)

LIBRARY = Library(
    _NAME,
    (_NAME,),
    {
        **dict.fromkeys(
            (f"{_NAME}.connect", f"{_NAME}.connect_robust", *_CONNECTION.annotations),
            Function(None, _CONNECTION.name),
        ),
        f"{_NAME}.pool.Pool": Function(None, _pool, keeps=True),
        f"{_NAME}.Message": Function(None, _body),
        f"{_NAME}.message.Message": Function(None, _body),
        **{
            f"{_NAME}.patterns.{json}{kind}{create}": Function(None, _named(kind), keeps=True)
            for kind in ("Master", "RPC")
            for json in ("", "Json")
            for create in ("", ".create")
        },
    },
    (
        _CONNECTION,
        _CHANNEL,
        _EXCHANGE,
        _QUEUE,
        _ITERATOR,
        *_PATTERNS,
        Type(_named("Message")),
        Type(_named("Pool"), methods={"acquire": Function(None, _pooled)}),
        Type(_MESSAGE, annotations=_abstract("IncomingMessage"), attributes=_MESSAGE_DATA),
    ),
    values={
        f"{_NAME}.ExchangeType.{kind.upper()}": Text((kind,))
        for kind in ("direct", "fanout", "topic", "headers")
    },
)
