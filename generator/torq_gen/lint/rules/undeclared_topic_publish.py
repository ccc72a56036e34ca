"""TQ210: code publishes to a topic of a broker that the spec does not let it."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.rules._topic_samples import AMQP, BY_FILE, BY_SETTING, BY_SYMBOL, TRADING
from torq_gen.lint.rules._topics import PUBLISHING, undeclared
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

_BAD = (
    Sample(
        title="nats-py: a subject that no message has",
        text="""\
import nats


async def main() -> None:
    client = await nats.connect("nats://127.0.0.1")
    await client.publish(«"alerts"», b"margin call")
""",
    ),
    Sample(
        title="FastStream: a decorator publishes what the handler returns",
        text="""\
from faststream.kafka import KafkaBroker

broker = KafkaBroker("localhost:9092")


@broker.publisher(«"market"»)
@broker.subscriber("market")
async def echo(quote: dict) -> dict:
    return quote
""",
    ),
    Sample(
        title="aiokafka: inside a wrapper of the service's own",
        text="""\
from aiokafka import AIOKafkaProducer


class Sender:
    def __init__(self, topic: str) -> None:
        self._producer = AIOKafkaProducer(bootstrap_servers="localhost:9092")
        self._topic = topic

    async def send(self, body: bytes) -> None:
        await self._producer.send_and_wait(«self._topic», body)


async def main() -> None:
    await Sender("market").send(b"")
""",
    ),
    Sample(
        title="confluent-kafka: the topic is an enum's value",
        text="""\
from enum import Enum

from confluent_kafka import Producer


class Topic(str, Enum):
    ALERTS = "alerts"
    ORDERS = "trading"


producer = Producer({"bootstrap.servers": "localhost:9092"})
producer.produce(«Topic.ALERTS.value», value=b"")
producer.produce(Topic.ORDERS.value, value=b"")
""",
    ),
    Sample(
        title="redis: an f-string that no declared topic fits",
        text="""\
import redis


def warn(user: str) -> None:
    store = redis.Redis()
    store.publish(«f"alerts:{user}"», "margin call")
""",
    ),
    Sample(
        title="pika: through an exchange, with a key of another message",
        files={TRADING: AMQP},
        text="""\
import pika

connection = pika.BlockingConnection(pika.ConnectionParameters("localhost"))
channel = connection.channel()
channel.basic_publish(exchange="shop", routing_key=«"alerts"», body=b"")
channel.basic_publish(exchange="shop", routing_key="orders.new", body=b"")
""",
    ),
    Sample(
        title="Celery: a task of another service by its name",
        text="""\
from celery import Celery

app = Celery("trader", broker="redis://localhost")


def charge(amount: int) -> None:
    app.send_task(«"billing.charge"», args=[amount])
""",
    ),
    Sample(
        title="paho-mqtt: the method under another name",
        text="""\
import paho.mqtt.client as mqtt

client = mqtt.Client()
send = client.publish


def warn() -> None:
    send(«"alerts/high"», "margin call")
""",
    ),
    Sample(
        title="the project's own bus, which pyproject.toml describes",
        files={
            "pyproject.toml": "[tool.torq-gen.bus.publish]\n"
            '"services.trader.bus:send" = {topic = 0, message = 1}\n',
            "services/trader/bus.py": "def send(topic, body): ...\n",
        },
        text="""\
from services.trader.bus import send

send(«"alerts"», b"margin call")
send("trading", b"order")
""",
    ),
    Sample(
        title="the message is known, and the topic is another's",
        text="""\
from faststream.nats import NatsBroker

from shop_contracts.messages import Order

broker = NatsBroker()


async def buy() -> None:
    await broker.publish(Order(id=1, amount=2), «"market"»)
""",
    ),
    Sample(
        title="the message is known and not declared, though its topic is",
        text="""\
from faststream.nats import NatsBroker

from shop_contracts.messages import Alert

broker = NatsBroker()
alerts = broker.publisher(«"trading"»)


async def warn() -> None:
    await alerts.publish(Alert(text="margin call"))
""",
    ),
)

_GOOD = (
    Sample(
        title="nats-py: through JetStream, the subject in a module of constants",
        files={"services/trader/subjects.py": 'ORDERS = "trading"\n'},
        text="""\
import nats

from services.trader.subjects import ORDERS


async def main() -> None:
    client = await nats.connect("nats://127.0.0.1")
    stream = client.jetstream()
    await stream.publish(ORDERS, b"")
""",
    ),
    Sample(
        title="FastStream: a publisher object, its message known",
        text="""\
from faststream.rabbit import RabbitBroker, RabbitQueue

from shop_contracts.messages import Order

broker = RabbitBroker()
orders = broker.publisher(RabbitQueue("trading", durable=True))


async def buy() -> None:
    await orders.publish(Order(id=1, amount=2))
""",
    ),
    Sample(
        title="NATS: an f-string that the declared topic's placeholder covers",
        files={TRADING: BY_SYMBOL},
        text="""\
import nats


async def buy(symbol: str) -> None:
    client = await nats.connect()
    await client.publish(f"orders.{symbol}", b"")
    await client.publish("orders." + symbol + ".limit", b"")
""",
    ),
    Sample(
        title="Kafka: the declared topic is a setting",
        files={TRADING: BY_SETTING},
        text="""\
import os

from kafka import KafkaProducer

TOPIC = os.environ["ORDERS_TOPIC"]
producer = KafkaProducer()
producer.send(TOPIC, b"")
""",
    ),
    Sample(
        title="Kafka: the declared topic stands in a file of settings",
        files={TRADING: BY_FILE},
        text="""\
import yaml
from kafka import KafkaProducer

with open("settings.yaml") as file:
    settings = yaml.safe_load(file)

producer = KafkaProducer()
producer.send(settings["kafka"]["topic"], b"")
""",
    ),
    Sample(
        title="aio-pika: exchange and routing key",
        files={TRADING: AMQP},
        text="""\
import aio_pika


async def main() -> None:
    connection = await aio_pika.connect_robust("amqp://guest@localhost/")
    async with connection:
        channel = await connection.channel()
        shop = await channel.declare_exchange("shop", aio_pika.ExchangeType.TOPIC)
        await shop.publish(aio_pika.Message(b""), routing_key="orders.new")
""",
    ),
    Sample(
        title="a method called publish of something that is no broker",
        text="""\
class Diary:
    def publish(self, topic: str, text: str) -> None:
        print(topic, text)


Diary().publish("alerts", "margin call")
""",
    ),
    Sample(
        title="a publisher that is declared and never used publishes nothing",
        text="""\
from faststream.kafka import KafkaBroker

broker = KafkaBroker()
spare = broker.publisher("alerts")
""",
    ),
    Sample(
        title="paho-mqtt: several messages at once",
        text="""\
from paho.mqtt import publish

publish.multiple([{"topic": "trading", "payload": "1"}, ("trading", "2")])
""",
    ),
)

RULE = Rule(
    "TQ210",
    "undeclared-topic-publish",
    "Code publishes to a topic that system.yaml does not let the service publish to.",
    why="""\
A service that talks to a broker itself has no generated base class that would stop it. What it
publishes beyond its declaration reaches services whose owners never heard of it, and no document,
diagram or check of ordering knows of the flow.""",
    fix="""\
Publish to the topic of a message that the service declares. If the flow is meant, add the message
to `services.<name>.publishes`; a topic that is no message's belongs into the message's schema as
its `topic`. `{name}` in a topic stands for any text, and `topic: "{NAME}"` for a setting.""",
    bad=_BAD,
    good=_GOOD,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Topics that code publishes to and the spec does not allow."""
    yield from undeclared(view, PUBLISHING, RULE)
