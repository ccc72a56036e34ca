"""Tests of source."""

from __future__ import annotations

from services.source.service import Source


def test_it_is_complete() -> None:
    """Every subscribed message has its handler, so the service can be built."""
    service = Source()
    assert service.SPEC.name == "source"
