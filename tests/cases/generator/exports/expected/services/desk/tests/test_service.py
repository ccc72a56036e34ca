"""Tests of desk."""

from __future__ import annotations

from services.desk.service import Desk


def test_it_is_complete() -> None:
    """Every subscribed message has its handler, so the service can be built."""
    service = Desk()
    assert service.SPEC.name == "desk"
