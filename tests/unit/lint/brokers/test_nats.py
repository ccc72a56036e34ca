"""Every form in which nats-py publishes and subscribes is seen, with its subject."""

from __future__ import annotations

import pytest

from tests.unit.lint.brokers.analysed import PATH, facts, published, subscribed
from torq_gen.diagnostics import Span
from torq_gen.lint.facts.model import Access, KeyAccess, TopicPublish
from torq_gen.lint.facts.text import Text

HEAD = """import nats
from shop_contracts.messages import Order

async def main() -> None:
    client = await nats.connect()
    stream = client.jetstream()
    bucket = await stream.key_value("state")
    """


@pytest.mark.parametrize(
    ("call", "subjects"),
    [
        ('client.publish("a.b", b"")', ["a.b"]),
        ('client.publish(subject="a", payload=b"")', ["a"]),
        ('client.publish("a", Order(id=1, amount=1))', ["a=Order"]),
        ('client.request("a", b"", timeout=1)', ["a"]),
        ('stream.publish("a", b"")', ["a"]),
        ('stream.publish_async("a", b"")', ["a"]),
        (
            '(await client.request("a")).respond(b"")',
            ["a", "? " + "who asked says where the answer goes"],
        ),
        ("client.flush()", []),
        ('stream.add_stream(name="s", subjects=["a"])', []),
    ],
)
def test_publishes(call: str, subjects: list[str]) -> None:
    assert sorted(published(f"{HEAD}await {call}\n")) == sorted(subjects)


@pytest.mark.parametrize(
    ("call", "subjects"),
    [
        ('client.subscribe("a.*")', ["a.*"]),
        ('client.subscribe("a.>", "group", print)', ["a.>"]),
        ('client.subscribe(subject="a", queue="g", cb=print)', ["a"]),
        ('stream.subscribe("a", durable="d")', ["a"]),
        ('stream.pull_subscribe("a", "d")', ["a"]),
        (
            'stream.pull_subscribe_bind("d", "s")',
            ["? the consumer on the server says which subjects it gets"],
        ),
        (
            'stream.subscribe_bind("s", None, "d", print)',
            ["? the consumer on the server says which subjects it gets"],
        ),
    ],
)
def test_subscribes(call: str, subjects: list[str]) -> None:
    assert subscribed(f"{HEAD}await {call}\n") == subjects


@pytest.mark.parametrize(
    "head",
    [
        "from nats.aio.client import Client\nclient = Client()\n",
        "from nats import NATS\nclient = NATS()\n",
        "from nats.aio.client import Client as NATS\ndef use(client: NATS):\n  ",
        "from nats.js import JetStreamContext\nclass A:\n  client: JetStreamContext\n"
        "  def use(self):\n    client = self.client\n    ",
    ],
)
def test_a_client_is_known_by_construction_and_annotation(head: str) -> None:
    assert published(f'{head}client.publish("a", b"")\n') == ["a"]


def test_the_span_is_the_subjects() -> None:
    found = facts('import nats\nnats.NATS().publish("a" "b", b"")\n').facts
    assert [f for f in found if isinstance(f, TopicPublish)] == [
        TopicPublish(Span(PATH, 2, 21, 2, 28), Span(PATH, 2, 1, 2, 34), Text(("ab",)), "nats")
    ]


@pytest.mark.parametrize(
    ("call", "access", "key"),
    [
        ('bucket.put("k", b"")', Access.WRITE, "state.k"),
        ('bucket.delete(f"k.{client}")', Access.WRITE, "state.k.{}"),
        ('bucket.get("k")', Access.READ, "state.k"),
        ('bucket.watch("k.*")', Access.READ, "state.k.*"),
        ("bucket.keys()", Access.READ, "state.{}"),
    ],
)
def test_a_bucket_is_a_store(call: str, access: Access, key: str) -> None:
    found = [f for f in facts(f"{HEAD}await {call}\n").facts if isinstance(f, KeyAccess)]
    assert [(f.access, str(f.key), f.kind) for f in found] == [(access, key, "nats")]


def test_a_handler_gets_a_message_whose_data_may_go_anywhere() -> None:
    code = f"""{HEAD}await client.subscribe("a", cb=handle)

async def handle(message):
    print(message.data, message.subject)
"""
    assert not [f for f in facts(code).facts if type(f).__name__ == "Escape"]
