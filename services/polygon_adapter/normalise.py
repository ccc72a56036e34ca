"""From pools and decoded events to the system's messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from mycelium.protocol.instrument import InstrumentId
from mycelium.protocol.timestamp import Timestamp
from services.polygon_adapter.events import (
    Event,
    V2Burn,
    V2Mint,
    V2Swap,
    V2Sync,
    V3Burn,
    V3Collect,
    V3Mint,
    V3Swap,
)
from services.polygon_adapter.logs import Log
from services.polygon_adapter.pools import Pool, Protocol, Token
from services.polygon_adapter.tracker import PoolState
from torq_contracts.messages import (
    Address,
    BurnEvent,
    CollectEvent,
    Hash,
    InstrumentKind,
    InstrumentMeta,
    LogPosition,
    MintEvent,
    PoolKind,
    PoolMetadata,
    PoolStateUpdate,
    Position,
    SwapEvent,
    TickRange,
    V3PoolState,
    Venue,
)

StateMessage: TypeAlias = PoolStateUpdate | V3PoolState
EventMessage: TypeAlias = SwapEvent | MintEvent | BurnEvent | CollectEvent
NANOSECONDS: Final = 1_000_000_000
VENUES: Final[Mapping[Protocol, Venue]] = {
    Protocol.UNISWAP_V2: Venue.UNISWAP_V2,
    Protocol.UNISWAP_V3: Venue.UNISWAP_V3,
    Protocol.SUSHISWAP_V2: Venue.SUSHISWAP_V2,
    Protocol.QUICKSWAP_V2: Venue.QUICKSWAP_V2,
}


def instrument_meta(token: Token, chain_id: int) -> InstrumentMeta:
    """A token's description."""
    return InstrumentMeta(
        token=Address(token.address),
        instrument=InstrumentId(chain_id, InstrumentKind.TOKEN, token.address),
        chain_id=chain_id,
        symbol=token.symbol,
        decimals=token.decimals,
    )


def pool_metadata(pool: Pool) -> PoolMetadata:
    """A pool's constants."""
    venue = VENUES[pool.protocol]
    return PoolMetadata(
        pool_address=Address(pool.address),
        instrument=InstrumentId(venue, InstrumentKind.POOL, pool.address),
        venue=venue,
        kind=kind_of(pool),
        chain_id=pool.chain_id,
        token0=Address(pool.token0.address),
        token1=Address(pool.token1.address),
        decimals0=pool.token0.decimals,
        decimals1=pool.token1.decimals,
        fee_ppm=pool.fee_ppm,
        tick_spacing=pool.tick_spacing,
    )


def kind_of(pool: Pool) -> PoolKind:
    """The pool's arithmetic."""
    return PoolKind.CONCENTRATED if pool.protocol.concentrated else PoolKind.CONSTANT_PRODUCT


def time_of(log: Log) -> Timestamp:
    """The time of the log's block."""
    return Timestamp(log.time * NANOSECONDS)


def state_messages(
    pool: Pool, log: Log, event: Event, state: PoolState | None
) -> Iterator[StateMessage]:
    """The pool's new state, if the event changed it; ``state`` is a concentrated pool's."""
    if isinstance(event, V2Sync):
        yield PoolStateUpdate(
            pool_address=Address(pool.address),
            venue_id=VENUES[pool.protocol],
            reserve0=event.reserve0,
            reserve1=event.reserve1,
            block_number=log.block_number,
            token0=Address(pool.token0.address),
            token1=Address(pool.token1.address),
            fee_ppm=pool.fee_ppm,
            position=_position(log),
        )
    elif state is not None and pool.tick_spacing is not None:
        yield V3PoolState(
            pool_address=Address(pool.address),
            venue_id=VENUES[pool.protocol],
            token0=Address(pool.token0.address),
            token1=Address(pool.token1.address),
            sqrt_price_x96=state.sqrt_price_x96,
            liquidity=state.liquidity,
            tick=state.tick,
            tick_spacing=pool.tick_spacing,
            fee_ppm=pool.fee_ppm,
            block_number=log.block_number,
            position=_position(log),
        )


def event_messages(pool: Pool, log: Log, event: Event) -> Iterator[EventMessage]:
    """What the event itself says; a Sync says nothing but the state."""
    match event:
        case V2Swap() | V3Swap():
            yield _swap(pool, log, event)
        case V2Mint() | V3Mint():
            yield _mint(pool, log, event)
        case V2Burn() | V3Burn():
            yield _burn(pool, log, event)
        case V3Collect():
            yield CollectEvent(
                pool_address=Address(pool.address),
                block_number=log.block_number,
                position=_position(log),
                owner=Address(event.owner),
                recipient=Address(event.recipient),
                ticks=TickRange(lower=event.tick_lower, upper=event.tick_upper),
                amount0=event.amount0,
                amount1=event.amount1,
            )
        case V2Sync():
            return


def _position(log: Log) -> LogPosition:
    return LogPosition(
        block_time=time_of(log),
        transaction_hash=Hash(log.transaction_hash),
        transaction_index=log.transaction_index,
        log_index=log.log_index,
    )


def _swap(pool: Pool, log: Log, event: V2Swap | V3Swap) -> SwapEvent:
    if isinstance(event, V3Swap):
        amounts_in = max(event.amount0, 0), max(event.amount1, 0)
        amounts_out = max(-event.amount0, 0), max(-event.amount1, 0)
    else:
        amounts_in = event.amount0_in, event.amount1_in
        amounts_out = event.amount0_out, event.amount1_out
    return SwapEvent(
        pool_address=Address(pool.address),
        kind=kind_of(pool),
        block_number=log.block_number,
        position=_position(log),
        sender=Address(event.sender),
        recipient=Address(event.recipient),
        amount0_in=amounts_in[0],
        amount1_in=amounts_in[1],
        amount0_out=amounts_out[0],
        amount1_out=amounts_out[1],
    )


def _mint(pool: Pool, log: Log, event: V2Mint | V3Mint) -> MintEvent:
    return MintEvent(
        pool_address=Address(pool.address),
        kind=kind_of(pool),
        block_number=log.block_number,
        position=_position(log),
        sender=Address(event.sender),
        owner=Address(event.owner) if isinstance(event, V3Mint) else None,
        added=_share(event) if isinstance(event, V3Mint) else None,
        amount0=event.amount0,
        amount1=event.amount1,
    )


def _burn(pool: Pool, log: Log, event: V2Burn | V3Burn) -> BurnEvent:
    return BurnEvent(
        pool_address=Address(pool.address),
        kind=kind_of(pool),
        block_number=log.block_number,
        position=_position(log),
        owner=Address(event.owner if isinstance(event, V3Burn) else event.sender),
        recipient=Address(event.recipient) if isinstance(event, V2Burn) else None,
        removed=_share(event) if isinstance(event, V3Burn) else None,
        amount0=event.amount0,
        amount1=event.amount1,
    )


def _share(event: V3Mint | V3Burn) -> Position:
    ticks = TickRange(lower=event.tick_lower, upper=event.tick_upper)
    return Position(ticks=ticks, liquidity=event.liquidity)
