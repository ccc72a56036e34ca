"""TQ212: no code uses a declared message's topic, in a service that talks to a broker itself."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.model import Known, TopicPublish, TopicSubscribe, Unproven
from torq_gen.lint.rules._topics import (
    PUBLISHING,
    SUBSCRIBING,
    Direction,
    messages_of,
    uses_brokers,
)
from torq_gen.lint.rules._wildcards import meets, takes_in
from torq_gen.lint.view import ServiceView
from torq_gen.model import Message
from torq_gen.rule import Rule, Sample

_TRADER = """\
system: {{name: shop, package: shop_contracts, schemas: [schemas/*.yaml]}}
domains:
  Market: {{id: 1, types: [1, 19]}}
  Trading: {{id: 2, types: [20, 39], money: true}}
services:
  trader:
    id: 1
    publishes: {publishes}
    subscribes: {subscribes}
  feed: {{id: 2, publishes: [Quote], subscribes: []}}
  desk: {{id: 4, publishes: [Alert, Order], subscribes: []}}
"""


def _declares(publishes: str, subscribes: str) -> str:
    return _TRADER.format(publishes=publishes, subscribes=subscribes)


def _missing(title: str, publishes: str, subscribes: str, code: str) -> Sample:
    return Sample(
        _declares(publishes, subscribes),
        "system.yaml",
        title,
        {"services/trader/service.py": code},
    )


def _present(title: str, publishes: str, subscribes: str, code: str) -> Sample:
    return Sample(code, title=title, files={"system.yaml": _declares(publishes, subscribes)})


_PUBLISHER = """\
import nats


async def main() -> None:
    client = await nats.connect()
    await client.publish("trading", b"")
"""
_CONSUMER = """\
from aiokafka import AIOKafkaConsumer

consumer = AIOKafkaConsumer("market", group_id="trader")
"""
_DECLARED_ONLY = """\
from faststream.kafka import KafkaBroker

broker = KafkaBroker()
orders = broker.publisher("trading")


@broker.subscriber("market")
async def on_quote(quote: dict) -> None:
    print(quote)
"""
_ANOTHER_MESSAGE = """\
from faststream.nats import NatsBroker

from shop_contracts.messages import Order

broker = NatsBroker()


async def buy() -> None:
    await broker.publish(Order(id=1, amount=2), "trading")
"""
_WRITES_ONLY = """\
import redis

client = redis.Redis()
client.xadd("trading", {"id": "1"})
"""
_BINDS_ANOTHER = """\
import pika

channel = pika.BlockingConnection().channel()
channel.basic_publish("", "trading", b"")
channel.basic_consume("trading-replies", print)
"""

_BAD = (
    _missing("nobody subscribes the quotes", "[Order]", "[«Quote»]", _PUBLISHER),
    _missing("nobody publishes the orders", "[«Order»]", "[Quote]", _CONSUMER),
    _missing("a publisher that is never used", "[«Order»]", "[Quote]", _DECLARED_ONLY),
    _missing("only one of two messages", "[Order, «Alert»]", "[]", _ANOTHER_MESSAGE),
    _missing("a stream that is written and never read", "[Order]", "[«Quote»]", _WRITES_ONLY),
    _missing("another queue is read", "[Order]", "[«Quote»]", _BINDS_ANOTHER),
)

_GOOD = (
    _present("one topic of two messages", "[Order]", "[]", _PUBLISHER),
    _present("a consumer alone", "[]", "[Quote]", _CONSUMER),
    _present(
        "published by a helper",
        "[Order]",
        "[]",
        """\
import redis


def send(client: redis.Redis, channel: str, text: str) -> None:
    client.publish(channel, text)


send(redis.Redis(), "trading", "")
""",
    ),
    _present(
        "a wildcard takes it in",
        "[]",
        "[Quote]",
        """\
import paho.mqtt.client as mqtt

client = mqtt.Client()
client.subscribe("+")
""",
    ),
    _present(
        "what nobody can tell is another rule's finding",
        "[Order]",
        "[]",
        """\
import sys

from kafka import KafkaProducer

KafkaProducer().send(sys.argv[1], b"")
""",
    ),
    Sample(
        title="a service with a generated base class is other rules' business",
        text="""\
from shop_contracts.services import TraderBase


class Trader(TraderBase):
    pass
""",
    ),
)

RULE = Rule(
    "TQ212",
    "declared-topic-missing",
    "A declared message of a service that uses a broker directly is never published or subscribed.",
    why="""\
Others build on what system.yaml says: a subscriber of a message that nobody sends waits for ever,
and a publisher keeps a message alive for a subscriber that never was.""",
    fix="""\
Write the code, or take the message out of `services.<name>.publishes` or `.subscribes`. A service
whose code is still to come is `status: planned`.""",
    bad=_BAD,
    good=_GOOD,
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Declared messages whose topics no code uses."""
    if not view.service.active or not uses_brokers(view):
        return
    spans = {
        PUBLISHING: {p.message: p.span for p in view.service.publishes},
        SUBSCRIBING: {s.message: s.span for s in view.service.subscribes},
    }
    for direction in (PUBLISHING, SUBSCRIBING):
        uses = direction.facts(view)
        for message in messages_of(view, direction.declared(view)):
            if not any(_may_be(use, message) for use in uses):
                yield _finding(view, direction, message, spans[direction][message.name])


def _may_be(use: TopicPublish | TopicSubscribe, message: Message) -> bool:
    """Whether the use may be of the message; what nobody can tell is another rule's finding."""
    if isinstance(use.message, Known) and use.message.message != message.name:
        return False
    if isinstance(use.topic, Unproven) or use.topic.setting is not None:
        return isinstance(use.topic, Unproven) or meets(message.topic, use.topic)
    return meets(message.topic, use.topic) or bool(
        isinstance(use, TopicSubscribe) and takes_in(use.library, use.topic, message.topic)
    )


def _finding(
    view: ServiceView, direction: Direction, message: Message, span: Span | None
) -> Diagnostic:
    own = view.service.name
    return RULE.at(
        span or view.service.span or Span.of_file("system.yaml"),
        f'no code of {own} {direction.to} "{message.topic}", the topic of {message.name}, '
        "which system.yaml declares",
        help=f"write the code, or remove {message.name} from services.{own}.{direction.key}",
        related=view.declared_at(message.span, f"{message.name} is declared here"),
        service=own,
        subject=message.name,
    )
