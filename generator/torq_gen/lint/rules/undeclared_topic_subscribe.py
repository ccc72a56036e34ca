"""TQ211: code subscribes a topic of a broker that the spec does not let it."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.rules._topic_samples import AMQP, MARKET, QUOTES_BY_VENUE, TRADING
from torq_gen.lint.rules._topics import SUBSCRIBING, undeclared
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

_BAD = (
    Sample(
        title="nats-py: a wildcard that takes in more than is declared",
        text="""\
import nats


async def main() -> None:
    client = await nats.connect()
    await client.subscribe(«">"», cb=print)
""",
    ),
    Sample(
        title="FastStream: a router with a prefix",
        text="""\
from faststream.kafka import KafkaBroker, KafkaRouter

router = KafkaRouter(prefix="shop-")
broker = KafkaBroker()
broker.include_router(router)


@router.subscriber(«"market"»)
async def on_market(body: dict) -> None:
    print(body)
""",
    ),
    Sample(
        title="FastStream: the handler takes a message that is not declared",
        text="""\
from faststream.nats import NatsBroker

from shop_contracts.messages import Alert

broker = NatsBroker()


@broker.subscriber(«"trading"»)
async def on_alert(alert: Alert) -> None:
    print(alert.text)
""",
    ),
    Sample(
        title="aiokafka: the topics of the constructor, from a list",
        text="""\
from aiokafka import AIOKafkaConsumer

TOPICS = ["market", "trading"]


async def main() -> None:
    consumer = «AIOKafkaConsumer(*TOPICS, group_id="trader")»
    async for record in consumer:
        print(record.value)
""",
    ),
    Sample(
        title="confluent-kafka: a regular expression",
        text="""\
from confluent_kafka import Consumer

consumer = Consumer({"group.id": "trader"})
consumer.subscribe(«["^(market|trading)$"]»)
""",
    ),
    Sample(
        title="redis: a stream is the key of a dictionary",
        text="""\
import redis.asyncio as redis


async def main() -> None:
    client = redis.Redis()
    await client.xreadgroup("trader", "one", «{"audit": ">"}», count=10)
""",
    ),
    Sample(
        title="pika: bound to an exchange",
        files={TRADING: AMQP},
        text="""\
import pika

channel = pika.BlockingConnection().channel()
queue = channel.queue_declare(queue="", exclusive=True).method.queue
channel.queue_bind(exchange="shop", queue=queue, routing_key=«"alerts"»)
channel.basic_consume(queue=queue, on_message_callback=print)
""",
    ),
    Sample(
        title="Celery: a task under a name of its own",
        text="""\
from celery import shared_task


@shared_task(name=«"billing.charge"»)
def charge(amount: int) -> None:
    print(amount)
""",
    ),
    Sample(
        title="paho-mqtt: in a callback that is assigned",
        text="""\
import paho.mqtt.client as mqtt


def on_connect(client, userdata, flags, reason, properties):
    client.subscribe(«[("market", 1), ("alerts/+", 0)]»)


client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
client.on_connect = on_connect
""",
    ),
)

_GOOD = (
    Sample(
        title="nats-py: in a queue group",
        text="""\
from nats.aio.client import Client as NATS


class Feed:
    def __init__(self, client: NATS) -> None:
        self.client = client

    async def start(self) -> None:
        await self.client.subscribe("market", queue="traders", cb=self.on_quote)

    async def on_quote(self, message) -> None:
        print(message.data)
""",
    ),
    Sample(
        title="FastStream: a router's prefix makes the declared topic",
        text="""\
from faststream.kafka import KafkaRouter

from shop_contracts.messages import Quote

router = KafkaRouter(prefix="mar")


@router.subscriber("ket")
async def on_quote(quote: Quote) -> None:
    print(quote.venue)
""",
    ),
    Sample(
        title="NATS: a wildcard that takes in the declared topic alone",
        files={MARKET: QUOTES_BY_VENUE},
        text="""\
import nats


async def main() -> None:
    client = await nats.connect()
    subscription = await client.subscribe("quotes.*")
    async for message in subscription.messages:
        print(message.data)
""",
    ),
    Sample(
        title="kafka-python: subscribed after it was made",
        text="""\
from kafka import KafkaConsumer

consumer = KafkaConsumer(group_id="trader")
consumer.subscribe(topics=("market",))
for record in consumer:
    print(record.value)
""",
    ),
    Sample(
        title="redis: a pattern for channels",
        text="""\
import redis

listener = redis.Redis().pubsub()
listener.psubscribe("mark*")
for message in listener.listen():
    print(message)
""",
    ),
    Sample(
        title="paho-mqtt: the client is handed to its callback",
        text="""\
import paho.mqtt.client as mqtt

TOPIC = "market"


class Feed:
    def __init__(self) -> None:
        self.client = mqtt.Client()
        self.client.on_connect = self.on_connect

    def on_connect(self, client, userdata, flags, reason) -> None:
        client.subscribe(TOPIC, qos=1)
""",
    ),
    Sample(
        title="the default exchange routes by the queue's name",
        text="""\
import aio_pika


async def main() -> None:
    connection = await aio_pika.connect("amqp://localhost/")
    channel = await connection.channel()
    queue = await channel.declare_queue("market", durable=True)
    async with queue.iterator() as messages:
        async for message in messages:
            print(message.body)
""",
    ),
)

RULE = Rule(
    "TQ211",
    "undeclared-topic-subscribe",
    "Code subscribes a topic that system.yaml does not let the service subscribe.",
    why="""\
Who listens decides what may change. A subscription that the spec does not know breaks when the
publisher changes the message: the breaking-change check tells its owner that nobody is affected.
A wildcard subscribes every message that it takes in, and all of them have to be declared.""",
    fix="""\
Subscribe the topics of declared messages only, or add the message to `services.<name>.subscribes`.
Narrow a wildcard that takes in more than the service needs.""",
    bad=_BAD,
    good=_GOOD,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Topics that code subscribes and the spec does not allow."""
    yield from undeclared(view, SUBSCRIBING, RULE)
