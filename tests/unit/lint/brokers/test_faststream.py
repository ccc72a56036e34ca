"""Every form in which FastStream publishes and subscribes is seen, with its topic."""

from __future__ import annotations

import pytest

from tests.unit.lint.brokers.analysed import facts, published, subscribed

HEAD = {
    "kafka": "from faststream.kafka import KafkaBroker as B, KafkaRouter as R, TopicPartition\n",
    "confluent": "from faststream.confluent import KafkaBroker as B, KafkaRouter as R\n",
    "nats": "from faststream.nats import NatsBroker as B, NatsRouter as R\n",
    "redis": "from faststream.redis import RedisBroker as B, RedisRouter as R, PubSub, StreamSub, "
    "ListSub\n",
    "mqtt": "from faststream.mqtt import MQTTBroker as B, MQTTRouter as R\n",
    "rabbit": "from faststream.rabbit import RabbitBroker as B, RabbitRouter as R, RabbitQueue, "
    "RabbitExchange, ExchangeType\n",
}
MESSAGES = "from shop_contracts.messages import Order, Quote\n"


@pytest.mark.parametrize(
    ("broker", "call", "topics"),
    [
        ("kafka", 'b.publish({}, "a")', ["a"]),
        ("kafka", 'b.publish({}, topic="a")', ["a"]),
        ("kafka", 'b.publish(message={}, topic="a", key=b"")', ["a"]),
        ("kafka", 'b.publish_batch({}, {}, topic="a")', ["a"]),
        ("kafka", 'b.request({}, "a")', ["a"]),
        ("kafka", "b.publish({})", ["? it is not given here"]),
        ("confluent", 'b.publish({}, "a")', ["a"]),
        ("nats", 'b.publish({}, "a.b")', ["a.b"]),
        ("nats", 'b.publish({}, subject="a", stream="s")', ["a"]),
        ("redis", 'b.publish({}, "a")', ["a"]),
        ("redis", 'b.publish({}, list="a")', ["a"]),
        ("redis", 'b.publish({}, stream="a")', ["a"]),
        ("redis", 'b.publish({}, stream=StreamSub("a"))', ["a"]),
        ("redis", 'b.publish_batch(1, 2, list="a")', ["a"]),
        ("mqtt", 'b.publish({}, "a/b")', ["a/b"]),
        ("rabbit", 'b.publish({}, "q")', ["q"]),
        ("rabbit", 'b.publish({}, RabbitQueue("q"))', ["q"]),
        ("rabbit", 'b.publish({}, queue=RabbitQueue(name="q"))', ["q"]),
        ("rabbit", 'b.publish({}, "q", "e")', ["e/q"]),
        ("rabbit", 'b.publish({}, routing_key="k", exchange="e")', ["e/k"]),
        ("rabbit", 'b.publish({}, "q", RabbitExchange("e"))', ["e/q"]),
        ("rabbit", 'b.publish({}, exchange=RabbitExchange("e", ExchangeType.FANOUT))', ["e/"]),
        ("rabbit", 'b.publish({}, RabbitQueue("q", routing_key="k"), "e")', ["e/k"]),
        ("kafka", 'b.publisher("a").publish({})', ["a"]),
        ("kafka", 'b.publisher(topic="a").publish({}, topic="z")', ["z"]),
        ("rabbit", 'b.publisher("q", exchange="e").publish({})', ["e/q"]),
        ("rabbit", 'R("p.").publisher("q").publish({})', ["p.q"]),
        ("rabbit", 'R(prefix="p.").publisher("q", "e").publish({})', ["e/p.q"]),
        ("kafka", 'b.publisher("a")', []),
        ("kafka", 'b.publisher("a", batch=True).publish({}, {})', ["a"]),
        ("kafka", 'b.publisher("a", batch=True).publish({}, topic="z")', ["z"]),
    ],
)
def test_publishes(broker: str, call: str, topics: list[str]) -> None:
    assert published(f"{HEAD[broker]}b = B()\n{call}\n") == topics


@pytest.mark.parametrize(
    ("broker", "call", "topics"),
    [
        ("kafka", 'b.subscriber("a")', ["a"]),
        ("kafka", 'b.subscriber("a", "b", group_id="g")', ["a", "b"]),
        ("kafka", 'b.subscriber(pattern="a.*")', ["^a.*"]),
        ("kafka", 'b.subscriber(partitions=[TopicPartition("a", 0)])', ["a"]),
        ("kafka", "b.subscriber()", ["? it is not given here"]),
        ("confluent", 'b.subscriber("a")', ["a"]),
        ("nats", 'b.subscriber("a.*", "group")', ["a.*"]),
        ("nats", 'b.subscriber(subject="a")', ["a"]),
        ("redis", 'b.subscriber("a")', ["a"]),
        ("redis", 'b.subscriber(channel=PubSub("a.*", pattern=True))', ["a.*"]),
        ("redis", 'b.subscriber(list=ListSub("a", batch=True))', ["a"]),
        ("redis", 'b.subscriber(stream=StreamSub("a", group="g", consumer="c"))', ["a"]),
        ("mqtt", 'b.subscriber("a/+")', ["a/+"]),
        ("rabbit", 'b.subscriber("q")', ["q"]),
        ("rabbit", 'b.subscriber(RabbitQueue("q"), RabbitExchange("e"))', ["e/q"]),
        ("rabbit", 'b.subscriber(RabbitQueue("q", routing_key="k.#"), "e")', ["e/k.#"]),
        ("kafka", 'R(prefix="p-").subscriber("a")', ["p-a"]),
        ("rabbit", 'R(prefix="p-").subscriber("q", "e")', ["e/p-q"]),
    ],
)
def test_subscribes(broker: str, call: str, topics: list[str]) -> None:
    """The decorator is a subscription, and putting it on a handler is the same one."""
    code = f"{HEAD[broker]}b = B()\n@{call}\nasync def handle(body: dict): ...\n"
    assert list(dict.fromkeys(subscribed(code))) == topics


def test_the_handlers_annotation_is_the_message() -> None:
    code = f"""{HEAD["nats"]}{MESSAGES}
b = B()
@b.subscriber("market")
async def handle(quote: Quote) -> None: ...
"""
    assert subscribed(code) == ["market", "market=Quote"]


def test_a_decorator_publishes_what_the_handler_returns() -> None:
    code = f"""{HEAD["nats"]}{MESSAGES}
b = B()
@b.publisher("trading")
@b.subscriber("market")
async def handle(quote: Quote) -> Order: ...
"""
    assert published(code) == ["trading=Order"]
    assert subscribed(code) == ["market", "market=Quote"]


def test_a_publisher_is_followed_into_another_module() -> None:
    brokers = f'{HEAD["rabbit"]}broker = B()\norders = broker.publisher(RabbitQueue("q"), "e")\n'
    code = f"""{MESSAGES}
from services.trader.brokers import orders

async def buy() -> None:
    await orders.publish(Order(id=1, amount=1))
"""
    assert published(code, brokers=brokers) == ["e/q=Order"]


def test_a_subscriber_may_be_put_on_a_handler_elsewhere() -> None:
    brokers = f'{HEAD["nats"]}broker = B()\nquotes = broker.subscriber("market")\n'
    code = f"""{MESSAGES}
from services.trader import brokers

@brokers.quotes
async def handle(quote: Quote) -> None: ...
"""
    assert subscribed(code, brokers=brokers) == ["market", "market=Quote"]


def test_a_handler_gets_a_broker_by_annotation() -> None:
    code = """
from faststream.kafka.annotations import KafkaBroker

async def send(broker: KafkaBroker) -> None:
    await broker.publish({}, "a")
"""
    assert published(code) == ["a"]


def test_routes_of_a_router_have_its_prefix() -> None:
    code = """
from faststream.nats import NatsRoute, NatsRouter

async def handle(body: dict): ...

router = NatsRouter("p.", handlers=(NatsRoute(handle, "a"),))
"""
    assert subscribed(code) == ["p.a"]


def test_routes_of_rabbit_below_a_prefix_are_unprovable() -> None:
    code = """
from faststream.rabbit import RabbitRoute, RabbitRouter

async def handle(body: dict): ...

router = RabbitRouter(prefix="p.", handlers=[RabbitRoute(handle, "q", exchange="e")])
"""
    assert subscribed(code) == ["? it is a route below a prefix"]


@pytest.mark.parametrize(
    "include",
    ['b.include_router(R(), prefix="p.")', 'R("p.").include_router(R())', 'R("p.", routers=[R()])'],
)
def test_a_router_under_another_prefix_is_unprovable(include: str) -> None:
    code = f"{HEAD['kafka']}b = B()\n{include}\n"
    assert subscribed(code) == ["? the router's topics get another prefix here"]
    assert published(code) == ["? the router's topics get another prefix here"]


def test_a_router_without_a_prefix_is_no_finding() -> None:
    code = f'{HEAD["kafka"]}b = B()\nb.include_router(R("p."))\nb.include_routers(R())\n'
    assert (published(code), subscribed(code)) == ([], [])


def test_the_router_of_fastapi_is_a_broker_and_its_prefix_is_no_topics() -> None:
    code = """
from faststream.kafka.fastapi import KafkaRouter

router = KafkaRouter("localhost:9092", prefix="/http")

@router.subscriber("a")
async def handle(body: dict):
    await router.broker.publish(body, "b")
"""
    assert list(dict.fromkeys(subscribed(code))) == ["a"]
    assert published(code) == ["b"]


def test_a_broker_out_of_the_context_without_annotation_is_unprovable() -> None:
    code = """
from faststream import Context

async def handle(body, broker=Context()):
    await broker.publish(body, "a")
"""
    assert published(code) == ["? the broker comes out of the context, without an annotation"]


def test_a_test_broker_is_the_broker() -> None:
    code = f"""{HEAD["nats"]}
from faststream.nats import TestNatsBroker

async def test():
    async with TestNatsBroker(B()) as broker:
        await broker.publish({{}}, "a")
"""
    assert published(code) == ["a"]


def test_a_router_in_an_app_of_fastapi_is_no_escape() -> None:
    code = """
from fastapi import FastAPI
from faststream.nats.fastapi import NatsRouter

router = NatsRouter("nats://localhost")
app = FastAPI()
app.include_router(router)

@app.get("/")
async def send():
    await router.publish({}, "a")
"""
    assert published(code) == ["a"]
    assert not [f for f in facts(code).facts if type(f).__name__ == "Escape"]
