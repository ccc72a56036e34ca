"""The service market."""

from __future__ import annotations

from promises_contracts.messages import Cancel, Order
from promises_contracts.services import MarketBase


class Market(MarketBase):
    """Write the service's logic here; this file is yours and never generated again."""

    async def on_order(self, message: Order, /) -> None:
        raise NotImplementedError

    async def on_cancel(self, message: Cancel, /) -> None:
        raise NotImplementedError
