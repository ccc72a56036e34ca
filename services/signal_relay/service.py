"""Passes signals on, each once, and says which are worth executing."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from mycelium.protocol.timestamp import Timestamp
from torq_contracts.messages import ArbitrageSignal, Confidence, Route, RoutedSignal
from torq_contracts.services import SignalRelayBase

REMEMBERED: Final = 10_000


class SignalRelay(SignalRelayBase):
    """Routes each signal once; a bus that delivers twice does no harm."""

    async def on_start(self) -> None:
        """Begins with an empty memory."""
        self._passed: OrderedDict[tuple[int, int], None] = OrderedDict()

    async def on_arbitrage_signal(self, message: ArbitrageSignal) -> None:
        """Passes the signal on, unless it was passed on before."""
        key = (message.chain_id, message.signal_id)
        if key in self._passed:
            self.log.warning("signal %d of chain %d came again", message.signal_id, key[0])
            return
        self._passed[key] = None
        if len(self._passed) > REMEMBERED:
            self._passed.popitem(last=False)
        await self.publish(
            RoutedSignal(
                signal_id=message.signal_id,
                origin=self.envelope.source,
                route=route_of(message),
                chain_id=message.chain_id,
                block_number=message.block_number,
                token=message.token,
                legs=message.legs,
                amount_in=message.amount_in,
                net_profit=message.net_profit,
                net_profit_usdc=message.net_profit_usdc,
                confidence=message.confidence,
                detected_at=Timestamp(self.envelope.timestamp),
            )
        )


def route_of(message: ArbitrageSignal) -> Route:
    """EXECUTE for a certain gain after gas; a gain that is doubtful or unknown is OBSERVE."""
    gains = message.net_profit is not None and message.net_profit > 0
    certain = message.confidence == Confidence.CERTAIN
    return Route.EXECUTE if gains and certain else Route.OBSERVE
