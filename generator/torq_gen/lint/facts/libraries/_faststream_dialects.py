"""FastStream's brokers, and where each has its topics."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torq_gen.immutable import immutable
from torq_gen.lint.facts.libraries._amqp import address
from torq_gen.lint.facts.libraries._topics import at, before, every, joined, remember
from torq_gen.lint.facts.library import Argument, Call
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import NONE, Thing, Unknown, Value

Topics = Callable[[Call, int, Value], tuple[Argument, ...]]
"""The topics among the arguments of a call: where the first stands, and a prefix for each."""

NO_PREFIX = Text()


@immutable
class Dialect:
    """One broker.

    ``classes`` is what its classes' names begin with, ``batch`` the topic's name in
    `publish_batch`; ``brokers`` are further names of its broker.
    """

    module: str
    classes: str
    subscribed: Topics
    published: Topics
    batch: str = "topic"
    brokers: tuple[str, ...] = ()

    def type(self, name: str) -> str:
        """The name of one of the broker's types."""
        return f"{self.module}.{name}"

    def moved(self, prefix: Argument | None, topic: Argument, call: Call) -> Argument:
        """The topic of a route below its router's prefix, which goes into an exchange's key."""
        if prefix is None:
            return topic
        if self.subscribed is _routed:
            return Argument(Unknown("it is a route below a prefix"), topic.span)
        return _prefixed(prefix.value, topic, call)


def _named(*names: str) -> Topics:
    """The topic is one argument: the first, or one of those that take its place."""

    def topics(call: Call, first: int, prefix: Value) -> tuple[Argument, ...]:
        found = at(first, names[0]).stated(call) or at(None, *names).of(call)
        return () if found is None else (_prefixed(prefix, found, call),)

    return topics


def _prefixed(prefix: Value, topic: Argument, call: Call) -> Argument:
    return Argument(before(prefix, topic.value, call), topic.span)


def _several(call: Call, first: int, prefix: Value) -> tuple[Argument, ...]:
    """Kafka takes any number of topics, a pattern of topics, or partitions of topics."""
    found = tuple(_prefixed(prefix, one, call) for one in every(call, first, "partitions"))
    pattern = at(None, "pattern").stated(call)
    if pattern is None:
        return found
    whole = joined((Text(("^",)), prefix, pattern.value), call)
    return (*found, Argument(whole, pattern.span))


def _routed(call: Call, first: int, prefix: Value) -> tuple[Argument, ...]:
    """RabbitMQ routes by the exchange and the routing key, which is the queue's name by default."""
    queue = at(first, "queue").stated(call)
    key = at(None, "routing_key").stated(call) or queue
    exchange = at(first + 1, "exchange").stated(call)
    if key is None and exchange is None:
        return ()
    span = (key or exchange or call.positional[0]).span
    routing = join(_key(one) for one in alternatives(key.value)) if key else Text()
    routing = before(prefix, routing, call)
    return (address(exchange.value if exchange else NONE, routing, span, call),)


def _key(value: Value) -> Value:
    """The routing key that a queue is bound with."""
    if not isinstance(value, Thing):
        return value
    return value.get("key") or value.get("topic") or value


def name_of(kind: str, *names: str) -> Callable[[Call], Value]:
    """An object that only names a topic: ``RabbitQueue("q")``, ``StreamSub("s")``."""

    def made(call: Call) -> Value:
        return remember(kind, at(0, *names).of(call))

    return made


def queue(call: Call) -> Value:
    """``RabbitQueue(name, routing_key=…)``."""
    key = at(None, "routing_key").stated(call)
    more = {"key": key.value} if key else {}
    return remember("faststream.rabbit.Queue", at(0, "name").of(call), **more)


def exchange(call: Call) -> Value:
    """``RabbitExchange(name, type)``; without a name it is the default exchange."""
    name, kind = at(0, "name").of(call), at(1, "type").stated(call)
    fields = {"name": name.value if name else Text()} | ({"kind": kind.value} if kind else {})
    return remember("faststream.rabbit.Exchange", None, **fields)


DIALECTS: tuple[Dialect, ...] = (
    Dialect("faststream.kafka", "Kafka", _several, _named("topic")),
    Dialect("faststream.confluent", "Kafka", _several, _named("topic")),
    Dialect("faststream.rabbit", "Rabbit", _routed, _routed),
    Dialect("faststream.nats", "Nats", _named("subject"), _named("subject")),
    Dialect(
        "faststream.redis",
        "Redis",
        _named("channel", "list", "stream"),
        _named("channel", "list", "stream"),
        "list",
        ("RedisClusterBroker", "RedisSentinelBroker"),
    ),
    Dialect("faststream.mqtt", "MQTT", _named("topic"), _named("topic")),
)

NAMING: Mapping[str, tuple[str, ...]] = {
    "faststream.kafka.Topic": ("name",),
    "faststream.confluent.Topic": ("name",),
    "faststream.kafka.TopicPartition": ("topic",),
    "faststream.confluent.TopicPartition": ("topic",),
    "faststream.redis.ListSub": ("list", "list_name"),
    "faststream.redis.PubSub": ("channel",),
    "faststream.redis.StreamSub": ("stream",),
}
