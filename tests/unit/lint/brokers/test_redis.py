"""Every form in which redis-py publishes and subscribes is seen, with its channel or stream."""

from __future__ import annotations

import pytest

from tests.unit.lint.brokers.analysed import published, shown, subscribed
from torq_gen.diagnostics import Span
from torq_gen.lint.facts.libraries._redis_messaging import METHODS, PUBSUB
from torq_gen.lint.facts.library import Argument, Call, Function
from torq_gen.lint.facts.model import TopicPublish, TopicSubscribe
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import Container, Literal, Tuple, Unknown, Value

SPAN = Span("s.py", 1, 1, 1, 9)
STREAMS = Container("dict", SPAN)


def text(value: str) -> Text:
    return Text.of((value,))


def _elements(value: Value) -> Value:
    return join([text("s"), text("t")]) if value == STREAMS else Unknown()


def effects(function: Function, *given: Value, **named: Value) -> list[str]:
    positional = tuple(Argument(value, SPAN) for value in given)
    keywords = {name: Argument(value, SPAN) for name, value in named.items()}
    call = Call(SPAN, "redis", positional, keywords, elements=_elements)
    assert function.effect is not None
    return [
        shown(fact)
        for fact in function.effect(call)
        if isinstance(fact, TopicPublish | TopicSubscribe)
    ]


@pytest.mark.parametrize(
    ("name", "given", "named", "topics"),
    [
        ("publish", [text("c"), text("x")], {}, ["c"]),
        ("publish", [], {"channel": text("c"), "message": text("x")}, ["c"]),
        ("publish", [Literal(b"c"), text("x")], {}, ["c"]),
        ("publish", [Text.of(("c:", Hole())), text("x")], {}, ["c:{}"]),
        ("publish", [Unknown("it comes from afar")], {}, ["? it comes from afar"]),
        ("spublish", [text("c"), text("x")], {}, ["c"]),
        ("xadd", [text("s"), Container("dict", None)], {}, ["s"]),
        ("xadd", [], {"name": text("s"), "fields": STREAMS}, ["s"]),
        ("xread", [STREAMS], {}, ["s", "t"]),
        ("xreadgroup", [text("g"), text("c"), STREAMS], {}, ["s", "t"]),
        ("xreadgroup", [text("g"), text("c")], {"streams": STREAMS}, ["s", "t"]),
        ("xautoclaim", [text("s"), text("g"), text("c"), Literal(1)], {}, ["s"]),
        ("xclaim", [text("s")], {}, ["s"]),
        ("xrange", [text("s")], {}, ["s"]),
    ],
)
def test_commands(
    name: str, given: list[Value], named: dict[str, Value], topics: list[str]
) -> None:
    assert effects(METHODS[name], *given, **named) == topics


@pytest.mark.parametrize("name", ["subscribe", "psubscribe", "ssubscribe"])
def test_subscriptions(name: str) -> None:
    subscribe = PUBSUB.methods[name]
    assert effects(subscribe, text("a"), text("b")) == ["a", "b"]
    assert effects(subscribe, Tuple((text("a"), text("b")))) == ["a", "b"]
    assert effects(subscribe, handled=Unknown()) == ["handled"]


@pytest.mark.parametrize("name", ["xack", "xgroup_create", "xlen", "xtrim", "pubsub_channels"])
def test_administration_of_streams_is_no_message(name: str) -> None:
    assert METHODS[name].effect is None


def test_a_subscription_comes_from_the_client() -> None:
    assert METHODS["pubsub"].returns == PUBSUB.name


@pytest.mark.parametrize("module", ["redis", "redis.asyncio"])
def test_clients_of_both_kinds_have_them(module: str) -> None:
    code = f"""
from {module} import Redis

async def main(client: Redis) -> None:
    client.publish("a", "x")
    client.pipeline().publish("b", "x")
    async with client.pubsub() as listener:
        await listener.subscribe("c", **{{"d": print}})
        await listener.psubscribe("e.*")
    await client.xreadgroup("g", "me", {{"s": ">", "t": ">"}})
"""
    assert published(code) == ["a", "b"]
    assert subscribed(code) == ["c", "d", "e.*", "s", "t"]
