"""Tests of checker."""

from __future__ import annotations

from services.checker.service import Checker


def test_it_is_complete() -> None:
    """Every subscribed message has its handler, so the service can be built."""
    service = Checker()
    assert service.SPEC.name == "checker"
