"""Tests of market."""

from __future__ import annotations

from services.market.service import Market


def test_it_is_complete() -> None:
    """Every subscribed message has its handler, so the service can be built."""
    service = Market()
    assert service.SPEC.name == "market"
