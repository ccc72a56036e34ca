"""Finds price gaps between pools of one pair, sizes them exactly and announces them."""

from __future__ import annotations

from services.flash_arbitrage.announce import signal, signal_id
from services.flash_arbitrage.book import Book, Pair, Pool
from services.flash_arbitrage.curves import Concentrated, ConstantProduct, Curve
from services.flash_arbitrage.detector import Detector
from services.flash_arbitrage.settings import Settings, SettingsError
from torq_contracts.messages import (
    BlockUpdate,
    LogPosition,
    PoolMetadata,
    PoolStateUpdate,
    SignalWithdrawn,
    V3PoolState,
)
from torq_contracts.services import FlashArbitrageBase

USDC_DECIMALS = 6


class FlashArbitrage(FlashArbitrageBase):
    """Judges a pair whenever one of its pools moves."""

    async def on_start(self) -> None:
        """Reads the settings.

        Raises:
            SettingsError: a setting is missing or wrong
        """
        settings = Settings.read(self.settings)
        self._usd_token = settings.usd_token
        self._book = Book()
        self._detector = Detector(
            self._book, settings.gas, settings.usd_token, settings.wrapped_native
        )
        self._base_fees: dict[int, tuple[int, int | None]] = {}

    async def on_block_update(self, message: BlockUpdate) -> None:
        """Remembers the base fee of the chain's newest block."""
        self._base_fees[message.chain_id] = (message.number, message.base_fee)

    async def on_pool_metadata(self, message: PoolMetadata) -> None:
        """Takes a pool's constants.

        Raises:
            SettingsError: the dollar token has not the decimals of USDC
        """
        for token, decimals in (
            (message.token0, message.decimals0),
            (message.token1, message.decimals1),
        ):
            if token == self._usd_token and decimals != USDC_DECIMALS:
                raise SettingsError("usd_token", f"a token of {USDC_DECIMALS} decimals", decimals)
        pair = Pair(message.chain_id, message.token0, message.token1)
        self._book.add(Pool(message.pool_address, message.venue, pair))

    async def on_pool_state_update(self, message: PoolStateUpdate) -> None:
        """Takes the reserves of a constant-product pool.

        A version 1 writer does not say which log made the state: it is taken, and not judged.
        """
        curve = ConstantProduct(message.reserve0, message.reserve1, message.fee_ppm)
        await self._take(message.pool_address, curve, message.block_number, message.position)

    async def on_v3_pool_state(self, message: V3PoolState) -> None:
        """Takes price and liquidity of a concentrated pool."""
        curve = Concentrated(
            sqrt_price=message.sqrt_price_x96,
            liquidity=message.liquidity,
            tick=message.tick,
            tick_spacing=message.tick_spacing,
            fee_ppm=message.fee_ppm,
        )
        await self._take(message.pool_address, curve, message.block_number, message.position)

    async def _take(
        self, address: bytes, curve: Curve, block_number: int, position: LogPosition | None
    ) -> None:
        pool = self._book.update(address, curve)
        # A retained state is what was: a gap that it shows was announced when it arose.
        if pool is None or position is None or self.envelope.retained:
            return
        verdict = self._detector.look(
            pool.pair,
            signal_id(block_number, position),
            self._base_fee(pool.pair.chain_id, block_number),
        )
        if verdict.opportunity is not None:
            await self.publish(
                signal(verdict.opportunity, verdict.replaces, block_number, position)
            )
        elif verdict.ended is not None:
            await self.publish(
                SignalWithdrawn(
                    signal_id=verdict.ended, block_number=block_number, position=position
                )
            )

    def _base_fee(self, chain_id: int, block_number: int) -> int | None:
        number, base_fee = self._base_fees.get(chain_id, (None, None))
        return base_fee if number == block_number else None
