"""aiokafka and kafka-python, which share their names for things."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.libraries._topics import (
    at,
    before,
    every,
    publishes,
    publishing,
    remember,
    subscribes,
    subscribing,
)
from torq_gen.lint.facts.library import Argument, Call, Effect, Function, Library, Type
from torq_gen.lint.facts.model import Fact
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.values import Value

_PARTITIONS = (
    "aiokafka.TopicPartition",
    "aiokafka.structs.TopicPartition",
    "kafka.TopicPartition",
    "kafka.structs.TopicPartition",
)


def _construct(library: str) -> Effect:
    """A consumer subscribes the topics that it is made with; without any, it does so later."""

    def effect(call: Call) -> Iterator[Fact]:
        for topic in every(call, 0):
            yield from subscribes(call, topic, library)

    return effect


def _subscribe(library: str) -> Effect:
    def effect(call: Call) -> Iterator[Fact]:
        pattern = at(1, "pattern").stated(call)
        if pattern is None:
            yield from subscribes(call, at(0, "topics").of(call), library)
        else:
            value = before(Text(("^",)), pattern.value, call)
            yield from subscribes(call, Argument(value, pattern.span), library)

    return effect


def _send_batch(library: str) -> Effect:
    def effect(call: Call) -> Iterator[Fact]:
        yield from publishes(call, at(1, "topic").of(call), library)

    return effect


def _partition(call: Call) -> Value:
    return remember("kafka.TopicPartition", at(0, "topic").of(call))


def _types(library: str, producer: str, consumer: str, capability: str) -> tuple[Type, Type]:
    send = Function(publishing(library, at(0, "topic"), at(1, "value")))
    names = {"aiokafka": ("", "producer.", "producer.producer."), "kafka": ("", "producer.")}
    consumers = {"aiokafka": ("", "consumer.", "consumer.consumer."), "kafka": ("", "consumer.")}
    return (
        Type(
            f"{library}.Producer",
            f"a {capability} producer",
            tuple(f"{library}.{inside}{producer}" for inside in names[library]),
            {"send": send, "send_and_wait": send, "send_batch": Function(_send_batch(library))},
        ),
        Type(
            f"{library}.Consumer",
            f"a {capability} consumer",
            tuple(f"{library}.{inside}{consumer}" for inside in consumers[library]),
            {
                "subscribe": Function(_subscribe(library)),
                "assign": Function(subscribing(library, at(0, "partitions"))),
            },
        ),
    )


_ASYNC = _types("aiokafka", "AIOKafkaProducer", "AIOKafkaConsumer", "Kafka")
_BLOCKING = _types("kafka", "KafkaProducer", "KafkaConsumer", "Kafka")


def _constructors(producer: Type, consumer: Type, library: str) -> dict[str, Function]:
    made = {path: Function(None, producer.name) for path in producer.annotations}
    construct = Function(_construct(library), consumer.name)
    return made | dict.fromkeys(consumer.annotations, construct)


LIBRARY = Library(
    "kafka",
    ("aiokafka", "kafka"),
    {
        **_constructors(*_ASYNC, "aiokafka"),
        **_constructors(*_BLOCKING, "kafka"),
        **dict.fromkeys(_PARTITIONS, Function(None, _partition)),
    },
    (*_ASYNC, *_BLOCKING, Type("kafka.TopicPartition", annotations=_PARTITIONS)),
)
