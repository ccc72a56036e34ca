"""Tests of reader."""

from __future__ import annotations

from services.reader.service import Reader


def test_it_is_complete() -> None:
    """Every subscribed message has its handler, so the service can be built."""
    service = Reader()
    assert service.SPEC.name == "reader"
