"""confluent-kafka: its producers and consumers, those for asyncio among them."""

from __future__ import annotations

from torq_gen.lint.facts.libraries._topics import at, publishing, remember, subscribing
from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.values import Value

_NAME = "confluent_kafka"
_PRODUCERS = (
    "Producer",
    "SerializingProducer",
    "aio.AIOProducer",
    "avro.AvroProducer",
    "cimpl.Producer",
    "serializing_producer.SerializingProducer",
)
_CONSUMERS = (
    "Consumer",
    "DeserializingConsumer",
    "ShareConsumer",
    "DeserializingShareConsumer",
    "aio.AIOConsumer",
    "avro.AvroConsumer",
    "cimpl.Consumer",
    "deserializing_consumer.DeserializingConsumer",
)
_PARTITION = f"{_NAME}.TopicPartition"


def _partition(call: Call) -> Value:
    return remember(_PARTITION, at(0, "topic").of(call))


_ASSIGN = Function(subscribing(_NAME, at(0, "partitions")))

_PRODUCER = Type(
    f"{_NAME}.Producer",
    "a Kafka producer",
    tuple(f"{_NAME}.{name}" for name in _PRODUCERS),
    {
        "produce": Function(publishing(_NAME, at(0, "topic"), at(1, "value"))),
        "produce_batch": Function(publishing(_NAME, at(0, "topic"))),
    },
)
_CONSUMER = Type(
    f"{_NAME}.Consumer",
    "a Kafka consumer",
    tuple(f"{_NAME}.{name}" for name in _CONSUMERS),
    {
        "subscribe": Function(subscribing(_NAME, at(0, "topics"))),
        "assign": _ASSIGN,
        "incremental_assign": _ASSIGN,
    },
)

LIBRARY = Library(
    _NAME,
    (_NAME,),
    {
        **dict.fromkeys(_PRODUCER.annotations, Function(None, _PRODUCER.name)),
        **dict.fromkeys(_CONSUMER.annotations, Function(None, _CONSUMER.name)),
        _PARTITION: Function(None, _partition),
    },
    (_PRODUCER, _CONSUMER, Type(_PARTITION, annotations=(_PARTITION,))),
)
