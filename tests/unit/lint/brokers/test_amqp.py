"""Every form in which AMQP clients publish and subscribe is seen: exchange and routing key."""

from __future__ import annotations

import pytest

from tests.unit.lint.brokers.analysed import facts, published, subscribed

AIO_PIKA = """import aio_pika
from aio_pika import ExchangeType, Message, connect_robust

async def main() -> None:
    connection = await connect_robust("amqp://localhost/")
    channel = await connection.channel()
    default = channel.default_exchange
    shop = await channel.declare_exchange("shop", ExchangeType.TOPIC)
    logs = await channel.declare_exchange("logs", ExchangeType.FANOUT)
    queue = await channel.declare_queue("q", durable=True)
    own = await channel.declare_queue(exclusive=True)
    """
PIKA = """import pika
channel = pika.BlockingConnection(pika.ConnectionParameters("localhost")).channel()
own = channel.queue_declare(queue="", exclusive=True).method.queue
"""
KOMBU = """from kombu import Connection, Consumer, Exchange, Producer, Queue
connection = Connection("amqp://localhost/")
channel = connection.channel()
shop = Exchange("shop", type="topic")
"""


@pytest.mark.parametrize(
    ("call", "topics"),
    [
        ('default.publish(Message(b""), "q")', ["q"]),
        ('default.publish(Message(b""), routing_key=queue.name)', ["q"]),
        ('shop.publish(Message(b""), "k.a")', ["shop/k.a"]),
        ('shop.publish(message=Message(b""), routing_key="k")', ["shop/k"]),
        ('logs.publish(Message(b""), "")', ["logs/"]),
        ('(await channel.get_exchange("shop")).publish(Message(b""), "k")', ["shop/k"]),
        ('aio_pika.patterns.Master(channel).create_task("work", {})', ["work"]),
        ('(await aio_pika.patterns.RPC.create(channel)).call("multiply", {})', ["multiply"]),
    ],
)
def test_aio_pika_publishes(call: str, topics: list[str]) -> None:
    assert published(f"{AIO_PIKA}await {call}\n") == topics


UNTOLD = "? the exchange is only known when the program runs"


@pytest.mark.parametrize(
    ("key", "topic"),
    [
        ('"orders.new"', "{}/orders.new"),
        ('f"orders.{input()}"', "{}/orders.{}"),
        ('"#"', UNTOLD),
        ("input()", UNTOLD),
    ],
)
def test_a_declared_exchange_of_an_unknown_name_is_told_by_its_keys(key: str, topic: str) -> None:
    declared = "any = await channel.declare_exchange(input(), ExchangeType.TOPIC)"
    lines = (declared, f'await any.publish(Message(b""), {key})', f"await queue.bind(any, {key})")
    code = AIO_PIKA + "\n    ".join(lines) + "\n"
    assert published(code) == subscribed(code) == [topic]


def test_an_exchange_that_may_be_the_default_one_is_not_told_by_its_keys() -> None:
    code = (
        "import aio_pika\ndef f(any: aio_pika.abc.AbstractExchange):\n    any.publish(b'', 'k')\n"
    )
    assert published(code) == [UNTOLD]


def test_an_answer_goes_where_the_message_says() -> None:
    code = f"""{AIO_PIKA}async for message in queue:
        await default.publish(Message(message.body), routing_key=message.reply_to)
"""
    assert published(code) == ["? what it is made of is not known"]
    assert not [f for f in facts(code).facts if type(f).__name__ == "Escape"]


@pytest.mark.parametrize(
    ("call", "topics"),
    [
        ("queue.consume(print)", ["q"]),
        ("queue.get()", ["q"]),
        ("own.consume(print)", []),
        ('own.bind(shop, "k.#")', ["shop/k.#"]),
        ('own.bind(shop, routing_key="k")', ["shop/k"]),
        ("own.bind(logs)", ["logs/"]),
        ('queue.bind("shop")', ["shop/q"]),
        ('aio_pika.patterns.Master(channel).create_worker("work", print)', ["work"]),
        ('(await aio_pika.patterns.RPC.create(channel)).register("multiply", print)', ["multiply"]),
    ],
)
def test_aio_pika_subscribes(call: str, topics: list[str]) -> None:
    assert subscribed(f"{AIO_PIKA}await {call}\n") == topics


def test_aio_pika_iterates_over_a_queue() -> None:
    code = f"""{AIO_PIKA}async with queue.iterator() as messages:
        async for message in messages:
            print(message.body)
"""
    assert subscribed(code) == ["q"]


def test_aio_pika_takes_channels_out_of_pools() -> None:
    code = """
import aio_pika
from aio_pika.pool import Pool

async def connect() -> aio_pika.abc.AbstractRobustConnection:
    return await aio_pika.connect_robust("amqp://localhost/")

connections = Pool(connect, max_size=2)

async def channel() -> aio_pika.Channel:
    async with connections.acquire() as connection:
        return await connection.channel()

channels = Pool(channel, max_size=9)

async def send() -> None:
    async with channels.acquire() as channel:
        await channel.default_exchange.publish(aio_pika.Message(b""), "q")
"""
    assert published(code) == ["q"]


@pytest.mark.parametrize(
    ("call", "topics"),
    [
        ('channel.basic_publish("", "q", b"")', ["q"]),
        ('channel.basic_publish(exchange="e", routing_key="k", body=b"")', ["e/k"]),
        ('channel.basic_publish(exchange="logs", routing_key="", body=b"")', ["logs/"]),
        ('channel.basic_publish(exchange="e", body=b"")', ["? it is not given here"]),
    ],
)
def test_pika_publishes(call: str, topics: list[str]) -> None:
    assert published(f"{PIKA}{call}\n") == topics


@pytest.mark.parametrize(
    ("call", "topics"),
    [
        ('channel.basic_consume("q", print)', ["q"]),
        ('channel.basic_consume(queue="q", on_message_callback=print, auto_ack=True)', ["q"]),
        ('channel.basic_get("q")', ["q"]),
        ('for _ in channel.consume("q"): pass', ["q"]),
        ("channel.basic_consume(own, print)", []),
        ('channel.queue_bind(own, "e", "k")', ["e/k"]),
        ('channel.queue_bind(exchange="logs", queue=own)', ["logs/"]),
        ('channel.queue_bind(exchange="e", queue="q")', ["e/q"]),
    ],
)
def test_pika_subscribes(call: str, topics: list[str]) -> None:
    assert subscribed(f"{PIKA}{call}\n") == topics


def test_pika_hands_channels_to_callbacks() -> None:
    code = """
import pika

class Sender:
    def __init__(self) -> None:
        self.connection = pika.SelectConnection(None, on_open_callback=self.on_open)

    def on_open(self, connection) -> None:
        connection.channel(on_open_callback=self.on_channel)

    def on_channel(self, channel) -> None:
        channel.basic_publish("", "q", b"")
        channel.basic_consume("r", self.on_message)

    def on_message(self, channel, method, properties, body) -> None:
        channel.basic_publish("", "s", body)
"""
    assert published(code) == ["q", "s"]
    assert subscribed(code) == ["r"]


@pytest.mark.parametrize(
    ("call", "topics"),
    [
        ('Producer(channel).publish({}, routing_key="q")', ["q"]),
        ('Producer(channel).publish({}, "k", exchange=shop)', ["shop/k"]),
        ('Producer(channel, exchange=shop, routing_key="k").publish({})', ["shop/k"]),
        ('connection.Producer(exchange="shop").publish({}, routing_key="k")', ["shop/k"]),
        ('connection.SimpleQueue("q").put({})', ["q"]),
        ("Producer(channel).publish({})", ["? it is not given here"]),
        (
            "from kombu.pools import producers\n"
            "with producers[connection].acquire(block=True) as producer:\n"
            '    producer.publish({}, routing_key="k", exchange=shop)',
            ["shop/k"],
        ),
        (
            "producer = Producer(channel)\n"
            'connection.ensure(producer, producer.publish)({}, routing_key="q")',
            ["q"],
        ),
    ],
)
def test_kombu_publishes(call: str, topics: list[str]) -> None:
    assert published(f"{KOMBU}{call}\n") == topics


@pytest.mark.parametrize(
    ("call", "topics"),
    [
        ('Consumer(channel, [Queue("q")])', ["q"]),
        ('Consumer(channel, queues=Queue("q", shop, routing_key="k.*"))', ["shop/k.*"]),
        ('connection.Consumer([Queue("q", exchange=shop, routing_key="k")])', ["shop/k"]),
        ('connection.SimpleQueue("q").get()', ["q"]),
        ('Queue("q", shop, routing_key="k")', []),
    ],
)
def test_kombu_subscribes(call: str, topics: list[str]) -> None:
    assert subscribed(f"{KOMBU}{call}\n") == topics


def test_a_list_of_queues_that_holds_itself_is_read_to_its_end() -> None:
    code = 'queues = [Queue("q")]\nqueues.append(queues)\nConsumer(channel, queues)\n'
    assert subscribed(f"{KOMBU}{code}") == ["q"]


def test_a_mixin_that_kombu_runs_is_unprovable() -> None:
    code = f"""{KOMBU}
from kombu.mixins import ConsumerProducerMixin

class Worker(ConsumerProducerMixin):
    def __init__(self, connection):
        self.connection = connection

    def get_consumers(self, Consumer, channel):
        return [Consumer([Queue("q")], callbacks=[self.take])]

    def take(self, body, message):
        self.producer.publish(body, routing_key="k", exchange=shop)

Worker(connection).run()
"""
    reason = "kombu hands `get_consumers` a consumer of its own when it runs"
    assert subscribed(code) == [f"? {reason}"]
    assert published(code) == ["shop/k"]
