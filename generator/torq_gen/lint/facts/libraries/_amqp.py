"""AMQP: a topic is what messages are routed by, ``exchange/routing_key``.

The default exchange routes by the queue's name, which is then the topic alone. An exchange that
sends to all its queues (fanout) or looks at headers has no use for the key: ``exchange/``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from torq_gen.diagnostics import Span
from torq_gen.lint.facts.libraries._topics import field, joined, placeholder, texts
from torq_gen.lint.facts.library import Argument, Call
from torq_gen.lint.facts.model import TopicSubscribe
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import NONE, Thing, Union, Unknown, Value

KEYLESS = ("fanout", "headers")
"""Kinds of exchange that do not look at the routing key."""
_ANY_KEY = ("#", "*")
ANY_NAME = "the exchange is only known when the program runs"


def address(exchange: Value, key: Value, span: Span, call: Call) -> Argument:
    """The topics of an exchange (a name, None, or a thing with a name) and a routing key."""
    found = [_address(one, key, call) for one in alternatives(exchange)]
    return Argument(join(found), span)


def _address(exchange: Value, key: Value, call: Call) -> Value:
    if exchange in (NONE, Text()):
        return key
    if isinstance(exchange, Thing):
        name, kind = exchange.get("name"), exchange.get("kind")
        if name is None:
            return Unknown(ANY_NAME)
        if kind is not None and _keyless(kind):
            key = Text()
        return join(_declared(one, key, call) for one in alternatives(name))
    if isinstance(exchange, Text) and not exchange.anchored and not exchange.setting:
        return Unknown(ANY_NAME)
    return joined((exchange, Text(("/",)), key), call)


def _declared(name: Value, key: Value, call: Call) -> Value:
    """The topic of an exchange that was declared: of one without a name, its key tells it apart."""
    if name == NONE or (isinstance(name, Text) and (name.anchored or name.setting)):
        return _address(name, key, call)
    before = (placeholder(), Text(("/",)))
    return join(
        joined((*before, one), call) if _tells(one) else Unknown(ANY_NAME)
        for one in alternatives(key)
    )


def _tells(key: Value) -> bool:
    """Whether a key is more than any."""
    return isinstance(key, Text) and key.anchored and key.exact not in ("", *_ANY_KEY)


def _keyless(kind: Value) -> bool:
    kinds = alternatives(kind)
    return bool(kinds) and all(isinstance(k, Text) and k.exact in KEYLESS for k in kinds)


def own_name(call: Call) -> Value:
    """The name of a queue; one that its broker gave stands for itself."""
    return field(call, "topic") or placeholder()


def server_named(name: Value) -> bool:
    """Whether a queue gets its name from the broker: only bindings bring it messages."""
    return name in (Text(), NONE) or (isinstance(name, Union) and all(map(server_named, name.of)))


def through(
    queue: Value | None, call: Call, found: Iterable[TopicSubscribe]
) -> Iterator[TopicSubscribe]:
    """The subscriptions as read through a queue, if its name is known."""
    names = [name for name in texts(queue, call) if isinstance(name, Text)] if queue else []
    name = names[0] if len(names) == 1 else None
    return (replace(fact, queue=name) for fact in found)
