"""Tests of ticker."""

from __future__ import annotations

from services.ticker.service import Ticker


def test_it_is_complete() -> None:
    """Every subscribed message has its handler, so the service can be built."""
    service = Ticker()
    assert service.SPEC.name == "ticker"
