"""The service market."""

from __future__ import annotations

from exporting_contracts.messages import Order
from exporting_contracts.services import MarketBase


class Market(MarketBase):
    """Write the service's logic here; this file is yours and never generated again."""

    async def on_order(self, message: Order, /) -> None:
        raise NotImplementedError
