"""Tests of listener."""

from __future__ import annotations

from services.listener.service import Listener


def test_it_is_complete() -> None:
    """Every subscribed message has its handler, so the service can be built."""
    service = Listener()
    assert service.SPEC.name == "listener"
