"""Tests of a_service_with_a_name_as_long_as_may_be_12345678."""

from __future__ import annotations

from services.a_service_with_a_name_as_long_as_may_be_12345678.service import (
    AServiceWithANameAsLongAsMayBe12345678,
)


def test_it_is_complete() -> None:
    """Every subscribed message has its handler, so the service can be built."""
    service = AServiceWithANameAsLongAsMayBe12345678()
    assert service.SPEC.name == "a_service_with_a_name_as_long_as_may_be_12345678"
