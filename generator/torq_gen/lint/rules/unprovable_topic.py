"""TQ213: nobody can tell from the code which topic of a broker it uses."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.libraries._topics import CAPABILITIES
from torq_gen.lint.rules._escapes import escapes
from torq_gen.lint.rules._topic_samples import BY_SETTING, MARKET, TRADING
from torq_gen.lint.rules._topics import PUBLISHING, SUBSCRIBING, Unprovable, verdict
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

_BAD = (
    Sample(
        title="a topic from the command line",
        text="""\
import sys

from kafka import KafkaProducer

KafkaProducer().send(«sys.argv[1]», b"")
""",
    ),
    Sample(
        title="a subject that comes with the message",
        text="""\
import nats


async def main() -> None:
    client = await nats.connect()

    async def relay(message) -> None:
        await client.publish(«message.headers["to"]», message.data)

    await client.subscribe("market", cb=relay)
""",
    ),
    Sample(
        title="a setting that is no message's topic",
        text="""\
import os

import redis

redis.Redis().publish(«os.environ["ORDERS_CHANNEL"]», "")
""",
    ),
    Sample(
        title="an f-string that begins with anything",
        text="""\
import paho.mqtt.client as mqtt


def listen(client: mqtt.Client, prefix: str) -> None:
    client.subscribe(«f"{prefix}ket"»)
""",
    ),
    Sample(
        title="a consumer that the server binds",
        text="""\
import nats


async def main() -> None:
    stream = (await nats.connect()).jetstream()
    await «stream.pull_subscribe_bind("trader", "ORDERS")»
""",
    ),
    Sample(
        title="the client goes to a library that nobody looks into",
        text="""\
import nats
from relay import forward


async def main() -> None:
    client = await nats.connect()
    forward(«client»)
""",
    ),
)

_GOOD = (
    Sample(
        title="a constant of a class",
        text="""\
from confluent_kafka import Producer


class Settings:
    topic = "trading"


Producer({}).produce(Settings.topic, b"")
""",
    ),
    Sample(
        title="a conditional expression between two known topics",
        text="""\
import redis


def listen(wide: bool) -> None:
    redis.Redis().pubsub().subscribe("market" if wide else b"market")
""",
    ),
    Sample(
        title="a loop over a table of topics",
        text="""\
import paho.mqtt.client as mqtt

ROUTES = {"market": print}
client = mqtt.Client()
for topic, handler in ROUTES.items():
    client.subscribe(topic)
    client.message_callback_add(topic, handler)
""",
    ),
    Sample(
        title="Celery: a task's own name",
        files={
            MARKET: "domain: Market\nmessages:\n"
            "  Quote: {type: 1, topic: services.trader.service.take, fields: [{venue: u16}]}\n"
        },
        text="""\
from celery import Celery

app = Celery("trader")


@app.task
def take(venue: int) -> None:
    print(venue)
""",
    ),
    Sample(
        title="the topic is a default of a parameter",
        text="""\
from aiokafka import AIOKafkaProducer


async def send(producer: AIOKafkaProducer, body: bytes, topic: str = "trading") -> None:
    await producer.send(topic, value=body)


async def main() -> None:
    await send(AIOKafkaProducer(), b"")
""",
    ),
    Sample(
        title="a setting that is the message's topic",
        files={TRADING: BY_SETTING},
        text="""\
import os

import nats


async def main() -> None:
    client = await nats.connect()
    await client.publish(os.getenv("ORDERS_TOPIC", "orders"), b"")
""",
    ),
    Sample(
        title="a client that is handed on inside the project",
        files={
            "services/trader/sending.py": "async def send(client, body):\n"
            '    await client.publish("trading", body)\n'
        },
        text="""\
import nats

from services.trader.sending import send


async def main() -> None:
    await send(await nats.connect(), b"")
""",
    ),
)

RULE = Rule(
    "TQ213",
    "unprovable-topic",
    "Nobody can tell from the code which topic it publishes to or subscribes.",
    why="""\
A topic that is only known when the program runs may be any topic. One such place and the whole
service is unchecked: this is what an undeclared flow would hide behind.""",
    fix="""\
Name the topic by a constant, an enum, a setting that is a message's `topic: "{NAME}"`, or an
f-string whose literal parts tell the topics apart. Where that cannot be (a bridge, a relay),
suppress the finding and say why.""",
    bad=_BAD,
    good=_GOOD,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Uses of topics that nobody can tell, and clients that go where nobody can follow."""
    for direction in (PUBLISHING, SUBSCRIBING):
        for fact in direction.facts(view):
            found = verdict(view, direction, fact)
            if isinstance(found, Unprovable):
                yield RULE.at(fact.span, found.message, help=found.help, service=view.service.name)
    for escape in escapes(view, CAPABILITIES):
        yield RULE.at(
            escape.span,
            f"nobody can tell which topics {escape.into} uses: it gets {escape.capability}",
            help="publish and subscribe in code of the project, and hand on data",
            service=view.service.name,
        )
