"""Every form in which Kafka's clients publish and subscribe is seen, with its topic."""

from __future__ import annotations

import pytest

from tests.unit.lint.brokers.analysed import published, subscribed

AIOKAFKA = "from aiokafka import AIOKafkaProducer as P, "
AIOKAFKA += "AIOKafkaConsumer as C, TopicPartition\n"
KAFKA = "from kafka import KafkaProducer as P, KafkaConsumer as C, TopicPartition\n"
CONFLUENT = "from confluent_kafka import Producer as P, Consumer as C, TopicPartition\n"
LIBRARIES = {"aiokafka": AIOKAFKA, "kafka": KAFKA, "confluent": CONFLUENT}


@pytest.mark.parametrize(
    ("library", "call", "topics"),
    [
        ("aiokafka", 'P().send("a", b"")', ["a"]),
        ("aiokafka", 'P().send_and_wait(topic="a", value=b"")', ["a"]),
        ("aiokafka", 'P().send_batch(None, "a", partition=0)', ["a"]),
        ("kafka", 'P().send("a", value={})', ["a"]),
        ("kafka", "P().flush()", []),
        ("confluent", 'P({}).produce("a", b"")', ["a"]),
        ("confluent", 'P({}).produce(topic="a", value=b"", on_delivery=print)', ["a"]),
        ("confluent", 'P({}).produce_batch("a", [])', ["a"]),
    ],
)
def test_publishes(library: str, call: str, topics: list[str]) -> None:
    assert published(f"{LIBRARIES[library]}{call}\n") == topics


@pytest.mark.parametrize(
    ("library", "call", "topics"),
    [
        ("aiokafka", 'C("a", "b", group_id="g")', ["a", "b"]),
        ("aiokafka", 'C(*["a", "b"])', ["a", "b"]),
        ("aiokafka", 'C(*("a", "b"))', ["a", "b"]),
        ("aiokafka", 'C(bootstrap_servers="h")', []),
        ("aiokafka", 'C().subscribe(["a", "b"])', ["a", "b"]),
        ("aiokafka", 'C().subscribe(pattern="a.*")', ["^a.*"]),
        ("aiokafka", 'C().assign([TopicPartition("a", 0)])', ["a"]),
        ("kafka", 'C("a")', ["a"]),
        ("kafka", 'C().subscribe(topics=("a", "b"))', ["a", "b"]),
        ("kafka", 'C().subscribe(pattern="^a")', ["^^a"]),
        ("kafka", 'C().assign([TopicPartition(topic="a", partition=0)])', ["a"]),
        ("confluent", 'C({}).subscribe(["a", "^b"])', ["a", "^b"]),
        ("confluent", 'C({}).assign([TopicPartition("a")])', ["a"]),
        ("confluent", 'C({}).incremental_assign([TopicPartition("a")])', ["a"]),
        ("confluent", "C({})", []),
    ],
)
def test_subscribes(library: str, call: str, topics: list[str]) -> None:
    assert subscribed(f"{LIBRARIES[library]}{call}\n") == topics


@pytest.mark.parametrize(
    "code",
    [
        "from confluent_kafka import SerializingProducer as P\n",
        "from confluent_kafka.aio import AIOProducer as P\n",
        "from confluent_kafka.avro import AvroProducer as P\n",
    ],
)
def test_further_producers(code: str) -> None:
    assert published(f'{code}P({{}}).produce(topic="a", value=1)\n') == ["a"]


def test_the_messages_bytes_are_known() -> None:
    code = f"""{KAFKA}from shop_contracts.messages import Order
P().send("trading", Order(id=1, amount=1))
"""
    assert published(code) == ["trading=Order"]


def test_a_reader_of_the_project_is_followed() -> None:
    code = f"""{AIOKAFKA}
class Reader:
    def __init__(self, topics: list[str]) -> None:
        self._consumer = C(group_id="g")
        self._topics = topics

    def start(self) -> None:
        self._consumer.subscribe(self._topics)

Reader(["a", "b"]).start()
"""
    assert subscribed(code) == ["a", "b"]


def test_topics_out_of_nowhere_are_unprovable() -> None:
    assert published(f"import sys\n{KAFKA}P().send(sys.argv[1], b'')\n") == [
        "? what it is made of is not known"
    ]


def test_a_list_that_holds_itself_is_read_to_its_end() -> None:
    code = f'{KAFKA}topics = ["a"]\ntopics.append(topics)\nC().subscribe(topics)\n'
    assert subscribed(code) == ["a"]


def test_a_list_that_many_ways_lead_to_is_looked_into_once() -> None:
    code = f'{KAFKA}l0 = ["orders"]\nr0 = ["trades"]\n'
    for n in range(1, 60):  # 2 ** 60 ways lead to the topics
        code += f"l{n} = [l{n - 1}, r{n - 1}]\nr{n} = [l{n - 1}, r{n - 1}]\n"
    assert subscribed(f"{code}C().subscribe(l59)\n") == ["orders", "trades"]
