"""Names in other spellings, and the two ways in which key patterns can meet."""

from __future__ import annotations

import pytest

from torq_gen.model.names import kebab_case, pascal_case, snake_case
from torq_gen.spec import rules
from torq_gen.spec.findings import near
from torq_gen.spec.naming import (
    as_pascal,
    as_snake,
    field_problem,
    package_problem,
    service_problem,
)
from torq_gen.spec.writers import overlap


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("InstrumentMeta", "instrument_meta"),
        ("UniswapV2Swap", "uniswap_v2_swap"),
        ("TLVMessage", "tlv_message"),
        ("ERC20Transfer", "erc20_transfer"),
        ("A", "a"),
    ],
)
def test_snake_case(name: str, snake: str) -> None:
    assert snake_case(name) == snake


def test_other_cases() -> None:
    assert kebab_case("MarketData") == "market-data"
    assert pascal_case("flash_arbitrage_2") == "FlashArbitrage2"


@pytest.mark.parametrize("name", ["", "é", "9lives", "__x", "Hello World", "a-b", "_"])
def test_suggestions_are_themselves_good_names(name: str) -> None:
    assert field_problem(as_snake(name)) is None
    assert as_pascal(name)[0].isupper()
    assert as_pascal(name).isalnum()


def test_names_of_unlimited_length_are_refused() -> None:
    problem = service_problem("a" * 49)
    assert problem is not None
    assert "at most 48 characters" in problem.message


def test_codes_and_names_of_rules_are_unique() -> None:
    assert len({r.code for r in rules.ALL}) == len(rules.ALL) == len({r.name for r in rules.ALL})
    assert all(r.code.startswith("TQ1") and r.summary for r in rules.ALL)


@pytest.mark.parametrize(
    ("one", "two", "meet"),
    [
        ("pool:{a}", "pool:{b}", True),
        ("pool:{a}", "pool:x", True),
        ("pool:{a}", "token:{a}", False),
        ("*", "anything", True),
        ("{a}:x", "{b}:y", False),
        ("a{x}c", "ab{y}", True),
        ("same", "same", True),
        ("same", "other", False),
        ("{a}{b}", "", True),
    ],
)
def test_overlap(one: str, two: str, meet: bool) -> None:
    assert overlap(one, two) is meet
    assert overlap(two, one) is meet


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("OrderPayed", ["OrderPlaced", "OrderPaid"], "OrderPaid"),
        ("OrderPayed", ["OrderPaid", "OrderPlaced"], "OrderPaid"),
        ("rnge", ["in", "range", "pattern"], "range"),
        ("PoolSwapp", ["PoolSwapEvent", "PoolSwap"], "PoolSwap"),
        ("orderpaid", ["OrderPlaced", "OrderPaid"], "OrderPaid"),
    ],
)
def test_the_likest_name_is_suggested_wherever_it_is_declared(
    name: str, known: list[str], meant: str
) -> None:
    assert near(name, known) == f"did you mean '{meant}'?"


def test_nothing_is_suggested_for_a_name_like_no_other() -> None:
    assert near("Block", ["OrderPaid", "Swap"]) is None


@pytest.mark.parametrize(
    ("name", "help"),
    [
        ("shop-contracts", "call it 'shop_contracts'"),
        ("Contracts", "call it 'contracts'"),
        ("my shop", "call it 'my_shop_contracts'"),
        ("json", "call it 'json_contracts'"),
        ("a" * 49, "shorten it"),
    ],
)
def test_suggested_packages_are_themselves_good_names(name: str, help: str) -> None:
    problem = package_problem(name)
    assert problem is not None
    assert problem.help == help
    if help.startswith("call it"):
        assert package_problem(help.split("'")[1]) is None
