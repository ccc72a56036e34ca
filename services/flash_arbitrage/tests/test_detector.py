"""What is announced, replaced and ended as pools move; what gas and dollars make of it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from services.flash_arbitrage.book import Book, Pair, Pool
from services.flash_arbitrage.curves import Concentrated, ConstantProduct, Curve
from services.flash_arbitrage.detector import NOTHING, Detector
from services.flash_arbitrage.gas import GasCost, GasModel
from services.flash_arbitrage.settings import Settings, SettingsError
from services.flash_arbitrage.ticks import sqrt_price_at

USDC, WETH, PEPE, LINK = (bytes([n]) * 20 for n in (1, 3, 2, 4))
GWEI = 10**9
MODEL = GasModel(assumed_price=20 * GWEI)
A, B, C = (bytes([n]) * 20 for n in (0xA, 0xB, 0xC))
DOLLARS = Pair(1, USDC, WETH)


def pool_of(price: int, fee_ppm: int = 3000) -> ConstantProduct:
    """1,000 WETH at ``price`` dollars."""
    return ConstantProduct(price * 1000 * 10**6, 1000 * 10**18, fee_ppm)


def detector(*pools: tuple[bytes, Pair, Curve]) -> Detector:
    book = Book()
    for address, pair, curve in pools:
        book.add(Pool(address, 1, pair))
        book.update(address, curve)
    return Detector(book, MODEL, usd_token=USDC, wrapped_native=WETH)


def test_a_gap_is_announced_once_replaced_when_it_moves_and_ended_when_it_closes() -> None:
    found = detector((A, DOLLARS, pool_of(2200)), (B, DOLLARS, pool_of(2250)))
    first = found.look(DOLLARS, 10, None)
    assert first.opportunity is not None
    assert (first.replaces, first.ended) == (None, None)
    assert found.look(DOLLARS, 11, None) == NOTHING
    found.book.update(B, pool_of(2260))
    second = found.look(DOLLARS, 12, None)
    assert second.opportunity is not None
    assert second.replaces == 10
    found.book.update(B, pool_of(2201))
    assert found.look(DOLLARS, 13, None).ended == 12
    assert found.look(DOLLARS, 14, None) == NOTHING


def test_the_asset_is_bought_where_it_is_cheap_and_the_best_pool_is_chosen() -> None:
    found = detector(
        (A, DOLLARS, pool_of(2250)), (B, DOLLARS, pool_of(2200)), (C, DOLLARS, pool_of(2300))
    )
    opportunity = found.look(DOLLARS, 10, None).opportunity
    assert opportunity is not None
    loop = opportunity.loop
    assert (loop.first.pool.address, loop.second.pool.address) == (B, C)
    assert (loop.token, loop.asset) == (USDC, WETH)
    assert loop.gap_ppm == 45454  # 2300 / 2200 - 1
    assert loop.certain


def test_gas_is_paid_at_the_dearest_price_and_rounded_up() -> None:
    found = detector((A, DOLLARS, pool_of(2200)), (B, DOLLARS, pool_of(2250)))
    opportunity = found.look(DOLLARS, 10, base_fee=30 * GWEI).opportunity
    assert opportunity is not None
    assert opportunity.gas == GasCost(60_000 + 2 * 75_000, 30 * GWEI, assumed=False)
    assert opportunity.gas_cost == 14_175_000  # 0.0063 WETH at 2250 dollars
    assert opportunity.net == opportunity.loop.size.gain - 14_175_000
    assert opportunity.net_usd == opportunity.net


def test_a_block_without_a_base_fee_takes_the_assumed_price() -> None:
    found = detector((A, DOLLARS, pool_of(2200)), (B, DOLLARS, pool_of(2250)))
    opportunity = found.look(DOLLARS, 10, None).opportunity
    assert opportunity is not None
    assert opportunity.gas.assumed
    assert opportunity.gas.wei == 210_000 * 20 * GWEI


def test_a_pair_without_dollars_gains_the_native_coin_and_is_priced_by_other_pools() -> None:
    pair = Pair(1, PEPE, WETH)
    cheap, dear = (ConstantProduct(10**30, weth * 10**18, 3000) for weth in (1000, 1050))
    found = detector((A, pair, cheap), (B, pair, dear), (C, DOLLARS, pool_of(2000)))
    opportunity = found.look(pair, 10, None).opportunity
    assert opportunity is not None
    assert opportunity.loop.token == WETH
    assert opportunity.loop.first.pool.address == A
    assert opportunity.gas_cost == opportunity.gas.wei
    assert opportunity.net is not None
    assert opportunity.net_usd == opportunity.net * 2000 * 10**6 // 10**18


def test_a_pair_that_nothing_prices_has_no_net() -> None:
    pair = Pair(1, PEPE, LINK)
    found = detector(
        (A, pair, ConstantProduct(10**24, 10**24, 3000)),
        (B, pair, ConstantProduct(10**24, 2 * 10**24, 3000)),
    )
    opportunity = found.look(pair, 10, None).opportunity
    assert opportunity is not None
    assert opportunity.loop.token == PEPE
    assert (opportunity.gas_cost, opportunity.net, opportunity.net_usd) == (None, None, None)


def test_a_leg_that_leaves_its_ticks_makes_the_loop_uncertain() -> None:
    def at(tick: int) -> Concentrated:
        return Concentrated(sqrt_price_at(tick), 10**19, tick, 10, 500)

    found = detector((A, DOLLARS, at(199000)), (B, DOLLARS, at(199100)))
    opportunity = found.look(DOLLARS, 10, None).opportunity
    assert opportunity is not None
    assert not opportunity.loop.certain
    assert opportunity.gas.units == 60_000 + 2 * 100_000


def test_pools_of_another_chain_are_another_pair() -> None:
    found = detector((A, DOLLARS, pool_of(2200)), (B, Pair(137, USDC, WETH), pool_of(2250)))
    assert found.look(DOLLARS, 10, None) == NOTHING


def test_an_empty_pool_has_no_state() -> None:
    found = detector((A, DOLLARS, pool_of(2200)), (B, DOLLARS, pool_of(2250)))
    assert found.look(DOLLARS, 10, None).opportunity is not None
    found.book.update(B, Concentrated(1 << 96, 0, 0, 10, 500))
    assert found.look(DOLLARS, 11, None).ended == 10
    found.book.update(A, ConstantProduct(0, 0, 3000))
    assert found.book.prices(1, WETH, USDC) == []


def test_a_state_of_an_unknown_pool_is_not_taken() -> None:
    book = Book()
    assert book.update(A, pool_of(2200)) is None
    assert book.curves == {}


def test_losses_and_gains_are_turned_into_another_token_against_us() -> None:
    book = detector((A, DOLLARS, pool_of(2000)), (B, DOLLARS, pool_of(3000))).book
    ether = 10**18
    assert book.prices(1, WETH, USDC) == [Fraction(2000, 10**12), Fraction(3000, 10**12)]
    assert book.cost_in(1, ether + 1, WETH, USDC) == 3000 * 10**6 + 1
    assert book.worth_in(1, ether + 1, WETH, USDC) == 2000 * 10**6
    assert book.worth_in(1, -ether - 1, WETH, USDC) == -3000 * 10**6 - 1
    assert book.cost_in(1, 7, USDC, USDC) == 7
    assert book.worth_in(1, 7, USDC, LINK) is None


SETTINGS: dict[str, object] = {
    "usd_token": "0x" + "01" * 20,
    "wrapped_native": "0x" + "03" * 20,
    "assumed_gas_price_wei": 20 * GWEI,
}


def test_settings_are_read() -> None:
    assert Settings.read(SETTINGS) == Settings(USDC, WETH, MODEL)
    changed = Settings.read({**SETTINGS, "gas_units_concentrated": 5})
    assert changed.gas.concentrated_units == 5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"usd_token": None}, r"flash_arbitrage\.usd_token: expected an address .* found None"),
        ({"wrapped_native": "0x12"}, r"wrapped_native: expected an address .* found '0x12'"),
        ({"assumed_gas_price_wei": 1.5}, r"expected an integer of 0 or more, found 1\.5"),
        ({"assumed_gas_price_wei": True}, r"expected an integer of 0 or more, found True"),
        ({"gas_units_base": -1}, r"gas_units_base: expected an integer of 0 or more, found -1"),
        ({"gas": 1}, r"flash_arbitrage\.gas: expected one of assumed_gas_price_wei, gas_units_"),
    ],
)
def test_a_wrong_setting_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Settings.read({**SETTINGS, **change})
