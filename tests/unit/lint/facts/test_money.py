"""Money stays money wherever it goes, and what loses its digits is noted where it stands."""

from __future__ import annotations

import pytest

from tests.unit.lint.facts.programs import facts, handler, in_handler
from torq_gen.lint.facts import strings
from torq_gen.lint.facts.model import MoneyArithmetic, Operation
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import join

HEAD = """
import copy
import json
import math
from dataclasses import dataclass
from typing import NamedTuple

import attrs
import msgspec
import numpy
import pandas
from msgspec.structs import asdict, astuple, replace
from shop_contracts.types import Leg


class Row(NamedTuple):
    venue: int
    size: int


@dataclass
class Line:
    venue: int
    size: int
"""


def lost(body: str) -> list[tuple[str, str]]:
    """What is done to which money, in a handler with the body."""
    found = facts(handler(body, HEAD)).facts
    return [(f.operation.value, f.money) for f in found if isinstance(f, MoneyArithmetic)]


def divided(of: str) -> tuple[str, str]:
    return Operation.TRUE_DIVISION.value, of


@pytest.mark.parametrize(
    "amount",
    [
        'asdict(message)["size"]',
        'msgspec.to_builtins(message)["size"]',
        'msgspec.structs.asdict(message).get("size")',
        "astuple(message)[2]",
        "replace(message, venue=1).size",
        "copy.replace(message, venue=1).size",
        'json.loads(message.to_json())["size"]',
        'json.loads(json.dumps({"a": message.size, "b": message.depth}))["a"]',
        'json.loads(json.dumps([{"a": message.size}]))[0]["a"]',
        'json.loads(json.loads(json.dumps([json.dumps({"b": message.size})]))[0])["b"]',
        'msgspec.json.decode(message.to_json())["size"]',
        "Row(1, message.size)._replace(venue=2).size",
        "Row(1, message.size)[1]",
        'Row(1, message.size)._asdict()["size"]',
        'attrs.asdict(Line(1, message.size))["size"]',
        "sum(Row(1, message.size))",
    ],
)
def test_it_stays_money_as_plain_data(amount: str) -> None:
    assert lost(f"half = {amount} / 2") == [divided("Quote.size")]


def test_every_amount_of_a_message_may_be_the_one_in_a_loop() -> None:
    body = "for name, value in asdict(message).items():\n    half = value / 2"
    assert lost(body) == [divided("Quote.price"), divided("Quote.size")]


@pytest.mark.parametrize("count", ['asdict(message)["depth"]', "astuple(message)[3]"])
def test_counts_stay_counts_as_plain_data(count: str) -> None:
    assert lost(f"half = {count} / 2") == []


@pytest.mark.parametrize(
    "count",
    [
        'json.loads(json.dumps({"a": message.size, "b": message.depth}))["b"]',
        'json.loads(json.dumps([{"a": message.size, "b": message.depth}]))[0]["b"]',
        'msgspec.json.decode(msgspec.json.encode({"q": message, "b": 1}))["q"]["depth"]',
    ],
)
def test_counts_stay_counts_beside_money_in_json(count: str) -> None:
    assert lost(f"half = {count} / 2") == []


def test_a_number_is_made_once_of_each_amount_in_json() -> None:
    body = (
        'read = json.loads(json.dumps({"a": [message.size], "b": message.price}), parse_int=float)'
    )
    made = Operation.FLOAT_CONVERSION.value
    assert sorted(lost(body)) == [(made, "Quote.price"), (made, "Quote.size")]


def test_a_list_that_holds_itself_ends() -> None:
    body = """\
held = [message.size]
held.append(held)
held.append(json.dumps(held))
half = json.loads(json.dumps(held))[0] / 2"""
    assert lost(body) == [divided("Quote.size")]


def test_what_is_decoded_as_a_message_is_that_message_and_no_dictionary() -> None:
    body = "await self.publish(msgspec.json.decode(message.to_json(), type=Quote))"
    assert in_handler(body, HEAD) == ["Quote"]


def test_json_of_others_is_no_money() -> None:
    assert lost('half = json.loads(input())["size"] / 2') == []


@pytest.mark.parametrize(
    "made",
    [
        "numpy.float64(message.size)",
        "numpy.array([message.size])",
        "numpy.asarray((message.size, 1), dtype=float)",
        "numpy.divide(message.size, 2)",
        "numpy.mean([message.size])",
        'pandas.Series({"size": message.size})',
        "pandas.DataFrame([[message.size]])",
        "complex(message.size)",
        'f"{message.size:.2f}"',
        'f"{message.size:.{2}f}"',
        'format(message.size, ".3e")',
        '"{:.1f}".format(message.size)',
        '"{size:g}".format(size=message.size)',
        '"%d %.2f" % (message.venue, message.size)',
    ],
)
def test_it_is_made_a_float(made: str) -> None:
    assert lost(f"value = {made}") == [(Operation.FLOAT_CONVERSION.value, "Quote.size")]


@pytest.mark.parametrize(
    "made",
    [
        "numpy.array([message.size], dtype=object)",
        "numpy.array([message.depth])",
        'f"{message.size:,}"',
        'f"{message.size:>20}"',
        'f"{message.depth:.2f}"',
        'format(message.size, "x")',
        '"{:_}".format(message.size)',
        '"%d %s" % (message.size, message.size)',
        '"%.2f of %d" % (0.5, message.size)',
        "math.prod([message.size, 2])",
        "math.prod([message.depth, 0.5])",
    ],
)
def test_it_keeps_its_digits(made: str) -> None:
    assert lost(f"value = {made}") == []


def test_a_decimal_keeps_its_digits_in_a_format() -> None:
    assert lost('from decimal import Decimal\nshown = f"{Decimal(message.size):.2f}"') == []


def test_a_product_with_a_float_is_a_float() -> None:
    expected = [(Operation.FLOAT_ARITHMETIC.value, "Quote.size")]
    assert lost("value = math.prod([message.size, 0.5])") == expected


def test_what_is_rounded_to_a_whole_number_is_no_float() -> None:
    assert lost("value = message.size * round(1.5)") == []
    assert lost("value = message.size * round(1.55, 1)") == [
        (Operation.FLOAT_LITERAL.value, "Quote.size")
    ]


@pytest.mark.parametrize(
    "made",
    [
        "Order(1, 2.5)",
        "Order(id=1, amount=float(input()))",
        "Order.create(id=1, amount=message.depth / 3)",
        'Order(**{"id": 1, "amount": 0.5})',
        "replace(Order(1, 2), amount=0.5)",
    ],
)
def test_a_float_in_a_field_of_money_is_noted(made: str) -> None:
    assert lost(f"order = {made}") == [(Operation.FLOAT_VALUE.value, "Order.amount")]


@pytest.mark.parametrize(
    "made",
    [
        "Order(1, 2)",
        "Order(id=1, amount=message.size // 2)",
        "Order(id=1, amount=int(message.depth / 3))",
        'Order(id=1, amount=json.loads(input())["amount"])',
        "Quote(venue=1, price=1, size=2, depth=3, time=4)",
        "Line(venue=1, size=0.5)",
    ],
)
def test_what_is_whole_or_not_known_is_no_float(made: str) -> None:
    assert lost(f"order = {made}") == []


def test_money_in_the_last_of_many_texts_is_not_lost() -> None:
    many = [Text((letter,)) for letter in "abcdefghijkl"]
    shown = strings.concat(join([*many, Text((Hole(money="Order.amount"),))]), Text(("0",)))
    assert [amount.of for amount in strings.money_in(shown)] == ["Order.amount"]
