"""Tests of writer."""

from __future__ import annotations

from services.writer.service import Writer


def test_it_is_complete() -> None:
    """Every subscribed message has its handler, so the service can be built."""
    service = Writer()
    assert service.SPEC.name == "writer"
