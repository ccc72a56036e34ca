"""Which topics a declared topic stands for, and which a subscription takes in."""

from __future__ import annotations

import pytest

from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.rules._wildcards import covers, meets, takes_in


def text(written: str) -> Text:
    """``a.{}`` has a hole, ``{NAME}`` a setting."""
    parts = written.replace("{", "\0{").replace("}", "\0").split("\0")
    return Text.of(Hole(part[1:]) if part.startswith("{") else part for part in parts)


@pytest.mark.parametrize(
    ("declared", "written", "covered", "met"),
    [
        ("orders", "orders", True, True),
        ("orders", "order", False, False),
        ("orders", "ord{}", False, True),
        ("orders", "{}", False, True),
        ("orders", "x{}", False, False),
        ("orders.{symbol}", "orders.{}", True, True),
        ("orders.{symbol}", "orders.btc", True, True),
        ("orders.{symbol}", "orders.{}.limit", True, True),
        ("orders.{symbol}", "orders.", False, True),
        ("orders.{symbol}", "orders", False, False),
        ("orders.{symbol}", "{}.btc", False, True),
        ("{venue}.orders", "{}.orders", True, True),
        ("{venue}.orders.{symbol}", "x.orders.{}", True, True),
        ("a+b", "aab", False, False),
        ("{TOPIC}", "{TOPIC}", True, True),
        ("{TOPIC}", "{OTHER}", False, False),
        ("{TOPIC}", "orders", False, False),
        ("orders", "{TOPIC}", False, False),
        ("{PREFIX}.orders", "{PREFIX}.orders", True, True),
    ],
)
def test_declared_topics(declared: str, written: str, covered: bool, met: bool) -> None:
    assert covers(declared, text(written)) is covered
    assert meets(declared, text(written)) is met


@pytest.mark.parametrize(
    ("library", "written", "declared", "taken"),
    [
        ("nats", "orders.*", "orders.new", True),
        ("nats", "orders.*", "orders.new.btc", False),
        ("nats", "orders.>", "orders.new.btc", True),
        ("nats", "orders.>", "orders", False),
        ("nats", "*.new", "orders.{x}", False),
        ("nats", "orders.*", "orders.{symbol}", True),
        ("nats", "orders", "orders", None),
        ("nats", "a+", "a+", None),
        ("paho", "a/+/c", "a/b/c", True),
        ("paho", "a/+", "a/b/c", False),
        ("paho", "a/#", "a/b/c", True),
        ("paho", "a/#", "a", True),
        ("paho", "#", "a", True),
        ("paho", "$share/g/a/+", "a/b", True),
        ("paho", "$share/g/a", "a", True),
        ("pika", "shop/orders.*", "shop/orders.new", True),
        ("pika", "shop/orders.#", "shop/orders", True),
        ("pika", "shop/#", "shop/orders.new", True),
        ("pika", "other/#", "shop/orders.new", False),
        ("pika", "orders.*", "orders.new", True),
        ("redis", "orders:*", "orders:new", True),
        ("redis", "order?", "orders", True),
        ("redis", "order[st]", "orders", True),
        ("redis", "orders", "orders", None),
        ("confluent_kafka", "^ord.*", "orders", True),
        ("confluent_kafka", "^ord", "orders", True),
        ("confluent_kafka", "ord.*", "orders", None),
        ("aiokafka", "^(", "orders", None),
        ("celery", "*", "orders", None),
        ("nats", "{}.*", "shop.orders", True),
    ],
)
def test_subscriptions(library: str, written: str, declared: str, taken: bool | None) -> None:
    assert takes_in(library, text(written), declared) is taken
