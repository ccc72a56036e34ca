"""Tests of sink."""

from __future__ import annotations

from services.sink.service import Sink


def test_it_is_complete() -> None:
    """Every subscribed message has its handler, so the service can be built."""
    service = Sink()
    assert service.SPEC.name == "sink"
