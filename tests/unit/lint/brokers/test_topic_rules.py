"""What the rules about topics say, word for word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.unit.lint.brokers.analysed import facts, system
from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.model import Escape
from torq_gen.lint.rules import (
    declared_topic_missing,
    undeclared_topic_publish,
    undeclared_topic_subscribe,
    unprovable_topic,
)
from torq_gen.lint.view import ServiceView
from torq_gen.model import Publication, Status, System

Check = Callable[[ServiceView], Iterator[Diagnostic]]

NATS = """import os
import nats
from shop_contracts.messages import Alert, Order, Quote
client = nats.NATS()
"""
PUBLISH, SUBSCRIBE = undeclared_topic_publish.check, undeclared_topic_subscribe.check
UNPROVABLE, MISSING = unprovable_topic.check, declared_topic_missing.check


def topics(**named: str) -> System:
    """The samples' system with other topics for some messages."""
    found = system()
    messages = {
        name: replace(message, topic=named.get(name, message.topic))
        for name, message in found.messages.items()
    }
    return replace(found, messages=messages)


def found(check: Check, code: str, within: System | None = None) -> list[Diagnostic]:
    whole = within or system()
    return list(check(ServiceView(whole, whole.services["trader"], facts(NATS + code))))


@pytest.mark.parametrize(
    ("check", "code", "message", "help", "subject"),
    [
        (
            PUBLISH,
            'client.publish("alerts", b"")',
            'trader publishes to "alerts", which is the topic of no message',
            "use the topic of a message (market, trading), or give a message this topic in its "
            "schema",
            "alerts",
        ),
        (
            PUBLISH,
            'client.publish("tradin", b"")',
            'trader publishes to "tradin", which is the topic of no message',
            'did you mean "trading"? Otherwise give a message this topic in its schema',
            "tradin",
        ),
        (
            PUBLISH,
            'client.publish("market", b"")',
            'trader publishes to "market", the topic of Quote: system.yaml does not declare it',
            "let another service publish it, or declare it: services.trader.publishes "
            "(--accept-into-spec)",
            "Quote",
        ),
        (
            PUBLISH,
            'client.publish("trading", Alert(text=""))',
            'trader publishes Alert ("trading"), which system.yaml does not declare',
            "let another service publish it, or declare it: services.trader.publishes "
            "(--accept-into-spec)",
            "Alert",
        ),
        (
            PUBLISH,
            'client.publish("market", Order(id=1, amount=1))',
            'trader publishes Order at "market", but its topic is "trading"',
            "use the topic of Order, or change it in the schema: messages.Order.topic",
            "Order",
        ),
        (
            SUBSCRIBE,
            'client.subscribe("trading")',
            'trader subscribes "trading", the topic of Order, Alert: system.yaml does not declare '
            "them",
            "let another service subscribe it, or declare it: services.trader.subscribes "
            "(--accept-into-spec)",
            "trading",
        ),
        (
            SUBSCRIBE,
            'client.subscribe(">")',
            'trader subscribes ">", which takes in the topic of Order, Alert: system.yaml does not '
            "declare them",
            "let another service subscribe it, or declare it: services.trader.subscribes "
            "(--accept-into-spec)",
            ">",
        ),
    ],
)
def test_undeclared(check: Check, code: str, message: str, help: str, subject: str) -> None:
    (diagnostic,) = found(check, code)
    assert (diagnostic.message, diagnostic.help) == (message, help)
    assert (diagnostic.service, diagnostic.subject) == ("trader", subject)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "client.publish(os.getlogin(), b'')",
            "nobody can tell which topic trader publishes to: ",
        ),
        (
            'client.subscribe(os.environ["FEED"])',
            "trader subscribes what the setting FEED names, which none of its declared messages "
            "has for its topic",
        ),
        (
            'client.subscribe(os.getlogin() + "ket")',
            'nobody can tell whether "{}ket", which trader subscribes, is "market"',
        ),
        (
            'client.publish(f"trad{os.getlogin()}", Order(id=1, amount=1))',
            'nobody can tell whether "trad{}", which trader publishes to, is "trading"',
        ),
    ],
)
def test_unprovable(code: str, message: str) -> None:
    (diagnostic,) = found(UNPROVABLE, code)
    assert diagnostic.message.startswith(message)
    assert not [*found(PUBLISH, code), *found(SUBSCRIBE, code)]


def test_a_client_that_escapes_is_unprovable() -> None:
    (diagnostic,) = found(UNPROVABLE, "import relay\nrelay.run(client)")
    assert diagnostic.message.startswith("nobody can tell which topics ")
    assert diagnostic.message.endswith("uses: it gets a NATS client")


def test_what_else_escapes_is_other_rules_business() -> None:
    view = ServiceView(system(), system().services["trader"], facts(""))
    other = replace(view.facts, facts=(Escape(Span.of_file("s.py"), "a file", "x"),))
    assert not list(UNPROVABLE(replace(view, facts=other)))


def test_a_setting_that_is_the_declared_topic_is_proven() -> None:
    code = 'client.publish(os.environ["ORDERS"], b"")'
    within = topics(Order="{ORDERS}")
    assert not [*found(PUBLISH, code, within), *found(UNPROVABLE, code, within)]


def test_a_pattern_inside_a_declared_one_is_proven() -> None:
    code = 'client.publish(f"orders.{os.getlogin()}", Order(id=1, amount=1))'
    within = topics(Order="orders.{symbol}")
    assert not [*found(PUBLISH, code, within), *found(UNPROVABLE, code, within)]


def test_a_wildcard_over_several_declared_topics_is_proven() -> None:
    within = topics(Quote="shop.quotes", Order="trade.orders", Alert="trade.alerts")
    assert not found(SUBSCRIBE, 'client.subscribe("shop.*")', within)
    (finding,) = found(SUBSCRIBE, 'client.subscribe("*.*")', within)
    assert "takes in the topic of Order, Alert" in finding.message


def test_what_is_missing_is_pointed_out_in_the_spec() -> None:
    trader = system().services["trader"]
    (finding,) = found(MISSING, 'client.publish("trading", b"")')
    assert finding.span == trader.subscribes[0].span
    assert finding.message == (
        'no code of trader subscribes "market", the topic of Quote, which system.yaml declares'
    )
    assert finding.help == "write the code, or remove Quote from services.trader.subscribes"


def test_a_message_of_a_shared_topic_is_missing_when_only_the_other_is_sent() -> None:
    trader = system().services["trader"]
    both = replace(trader, publishes=(*trader.publishes, Publication("Alert")), subscribes=())
    within = replace(system(), services={"trader": both})
    assert [d.subject for d in found(MISSING, 'client.publish("trading", b"")', within)] == []
    sent = 'client.publish("trading", Order(id=1, amount=1))'
    assert [d.subject for d in found(MISSING, sent, within)] == ["Alert"]


@pytest.mark.parametrize(
    "code",
    [
        "",
        "from shop_contracts.services import TraderBase\n"
        "class Trader(TraderBase): ...\nclient.publish('x', b'')",
    ],
)
def test_nothing_is_missing_where_no_broker_is_used_directly(code: str) -> None:
    assert not found(MISSING, code)


def test_nothing_is_missing_in_a_planned_service() -> None:
    planned = replace(system().services["trader"], status=Status.PLANNED)
    within = replace(system(), services={"trader": planned})
    assert not found(MISSING, 'client.publish("trading", b"")', within)


def test_a_bound_queue_is_not_subscribed_under_its_own_name() -> None:
    code = """
import pika
channel = pika.BlockingConnection().channel()
channel.queue_bind("own", "shop", "quotes")
channel.basic_consume("own", print)
"""
    assert not found(SUBSCRIBE, code, topics(Quote="shop/quotes"))
    alone = code.replace('channel.queue_bind("own", "shop", "quotes")\n', "")
    (finding,) = found(SUBSCRIBE, alone, topics(Quote="shop/quotes"))
    assert finding.message == 'trader subscribes "own", which is the topic of no message'
