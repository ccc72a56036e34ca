"""From opportunities to the system's messages."""

from __future__ import annotations

from services.flash_arbitrage.detector import Loop, Opportunity, Quoted
from torq_contracts.messages import (
    Address,
    ArbitrageSignal,
    Confidence,
    GasPriceSource,
    LogPosition,
    SwapLeg,
    TokenAmount,
    UsdcAmount,
)

LOG_INDEX_BITS = 24


def signal_id(block_number: int, position: LogPosition) -> int:
    """The id of a signal that the log at ``position`` gives rise to."""
    return block_number << LOG_INDEX_BITS | position.log_index


def signal(
    opportunity: Opportunity, replaces: int | None, block_number: int, position: LogPosition
) -> ArbitrageSignal:
    """The message that announces an opportunity."""
    loop, gas, size = opportunity.loop, opportunity.gas, opportunity.loop.size
    usd = opportunity.net_usd
    return ArbitrageSignal(
        signal_id=signal_id(block_number, position),
        replaces=replaces,
        chain_id=loop.first.pool.pair.chain_id,
        block_number=block_number,
        position=position,
        token=Address(loop.token),
        asset=Address(loop.asset),
        legs=_legs(loop),
        gap_ppm=loop.gap_ppm,
        amount_in=size.amount_in,
        amount_out=size.amount_out,
        gross_profit=size.gain,
        gas_units=gas.units,
        gas_price=gas.price,
        gas_price_source=GasPriceSource.ASSUMED if gas.assumed else GasPriceSource.BLOCK_BASE_FEE,
        gas_cost_wei=gas.wei,
        gas_cost=opportunity.gas_cost,
        net_profit=opportunity.net,
        net_profit_usdc=None if usd is None else UsdcAmount(usd),
        confidence=Confidence.CERTAIN if loop.certain else Confidence.IN_RANGE_ASSUMED,
    )


def _legs(loop: Loop) -> tuple[SwapLeg, SwapLeg]:
    paid = TokenAmount(token=Address(loop.token), amount=loop.size.amount_in)
    between = TokenAmount(token=Address(loop.asset), amount=loop.size.amount_between)
    received = TokenAmount(token=Address(loop.token), amount=loop.size.amount_out)
    return (
        _leg(loop.first, paid, between, zero_for_one=loop.zero_for_one),
        _leg(loop.second, between, received, zero_for_one=not loop.zero_for_one),
    )


def _leg(
    quoted: Quoted, paid: TokenAmount, received: TokenAmount, *, zero_for_one: bool
) -> SwapLeg:
    return SwapLeg(
        pool_address=Address(quoted.pool.address),
        venue=quoted.pool.venue,
        zero_for_one=zero_for_one,
        fee_ppm=quoted.curve.fee_ppm,
        paid=paid,
        received=received,
    )
