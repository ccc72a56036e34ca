"""The service ticker."""

from __future__ import annotations

from torq_contracts.services import TickerBase


class Ticker(TickerBase):
    """Write the service's logic here; this file is yours and never generated again."""
