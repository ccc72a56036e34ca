"""The project's own bus, as pyproject.toml describes it."""

from __future__ import annotations

import tomllib

import pytest

from tests.unit.lint.brokers.analysed import facts, shown
from torq_gen.lint.facts.bus import BusError, library
from torq_gen.lint.facts.model import (
    Foreign,
    Known,
    Publish,
    Subscribe,
    TopicPublish,
    TopicSubscribe,
    Unproven,
)

BUS = """
class EventBus:
    def __init__(self, host: str) -> None:
        self.host = host

    async def publish(self, topic: str, event: object, retries: int = 3) -> None: ...

    def on(self, topic: str):
        return lambda handler: handler

    def listen(self, topic: str, callback) -> None: ...

    def send(self, event: object) -> None: ...


def emit(event: object) -> None: ...


def handle(event_class: type, handler) -> None: ...


def receiver(function): ...
"""
TABLE = """
[publish]
"services.trader.bus:EventBus.publish" = {topic = [0, "topic"], message = [1, "event"]}
"services.trader.bus:emit" = {message = 0}
"services.trader.bus:EventBus.send" = {message = 0}
[subscribe]
"services.trader.bus:EventBus.on" = {topic = 0}
"services.trader.bus:EventBus.listen" = {topic = [0, "topic"], handler = [1, "callback"]}
"services.trader.bus:handle" = {message = 0, handler = 1}
"services.trader.bus:receiver" = {handler = 0}
"""
HEAD = """
from services.trader.bus import EventBus, emit, handle, receiver
from shop_contracts.messages import Order, Quote

bus = EventBus("localhost")
"""


def uses(code: str) -> list[object]:
    found = facts(HEAD + code, {"services/trader/bus.py": BUS}, library(tomllib.loads(TABLE)))
    kinds = (Publish, Subscribe, TopicPublish, TopicSubscribe)
    return [
        shown(f) if isinstance(f, TopicPublish | TopicSubscribe) else f.what
        for f in found.facts
        if isinstance(f, kinds)
    ]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('bus.publish("a", {})', ["a"]),
        ('bus.publish(event=Order(id=1, amount=1), topic="a")', ["a=Order"]),
        ('send = bus.publish\nsend("a", 1)', ["a"]),
        (
            "class Own(EventBus):\n"
            "    async def publish(self, topic, event):\n"
            "        await super().publish('p.' + topic, event)\n"
            'Own("h").publish("a", 1)',
            ["p.a"],
        ),
        ('@bus.on("a")\ndef take(quote: Quote): ...', ["a", "a=Quote"]),
        ('def take(quote: Quote): ...\nbus.listen("a", take)', ["a=Quote"]),
        ("emit(Order(id=1, amount=1))", [Known("Order")]),
        ("class Own: ...\nemit(Own())", [Foreign("services.trader.service.Own")]),
        ("import json\nemit(json.loads('1'))", [Unproven("what it is made of is not known")]),
        ("handle(Quote, print)", [Known("Quote")]),
        ("@receiver\ndef take(quote: Quote): ...", [Known("Quote")]),
        ("print(bus.host)", []),
    ],
)
def test_calls(code: str, found: list[object]) -> None:
    assert uses(code) == found


@pytest.mark.parametrize(
    ("table", "message", "help"),
    [
        (
            'publishes = {"a:b" = {topic = 0}}',
            "unknown key 'publishes' in [tool.torq-gen.bus]",
            "did you mean 'publish'?",
        ),
        ("publish = 1", "expected a table [tool.torq-gen.bus.publish], found 1", ""),
        (
            'publish = {"shop.bus.emit" = {topic = 0}}',
            'expected "module:function" or "module:Class.method" in [tool.torq-gen.bus.publish], '
            'found "shop.bus.emit"',
            "",
        ),
        (
            'publish = {"shop.bus:emit" = 0}',
            'expected a table such as {topic = [0, "topic"], message = 1} for "shop.bus:emit" in '
            "[tool.torq-gen.bus.publish], found 0",
            "",
        ),
        (
            'publish = {"shop.bus:emit" = {topc = 0}}',
            "unknown key 'topc' for \"shop.bus:emit\" in [tool.torq-gen.bus.publish]",
            "did you mean 'topic'?",
        ),
        (
            'publish = {"shop.bus:emit" = {handler = 0}}',
            "unknown key 'handler' for \"shop.bus:emit\" in [tool.torq-gen.bus.publish]",
            "keys: topic, message",
        ),
        (
            'subscribe = {"shop.bus:on" = {}}',
            'expected at least one of topic, message, handler for "shop.bus:on" in '
            "[tool.torq-gen.bus.subscribe], found none",
            "",
        ),
        *(
            (
                f'publish = {{"shop.bus:emit" = {{topic = {given}}}}}',
                "expected a position, a name, or both as [0, \"name\"] for 'topic' of "
                f'"shop.bus:emit" in [tool.torq-gen.bus.publish], found {found}',
                "",
            )
            for given, found in [
                ("-1", "-1"),
                ("true", "true"),
                ('"a b"', '"a b"'),
                ('["a", 0]', "a list that holds something else"),
                ("{at = 0}", "a table"),
            ]
        ),
    ],
)
def test_a_wrong_table_is_refused(table: str, message: str, help: str) -> None:
    with pytest.raises(BusError) as raised:
        library(tomllib.loads(table))
    assert (str(raised.value), raised.value.help) == (message, help)


def test_an_empty_table_describes_nothing() -> None:
    assert not library({}).functions


def test_an_object_that_a_method_of_the_bus_is_given_is_the_message() -> None:
    assert uses("class Tick: ...\n\n\nbus.send(Tick())") == [
        Foreign("services.trader.service.Tick")
    ]
