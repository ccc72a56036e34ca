"""The contract of a message sees when released bytes were made anew, or are gone."""

from __future__ import annotations

from typing import Any

import pytest

from mycelium.testing.contracts import MessageContract
from mycelium.testing.vectors import digest

VECTORS: list[Any] = [{"name": "counting", "values": {"a": 1}, "tlv": "00"}]


def contract(vectors: dict[str, Any], released: dict[int, str]) -> MessageContract:
    members = {"GOLDEN": {"versions": vectors}, "RELEASED": released}
    found: MessageContract = type("Contract", (MessageContract,), members)()
    return found


def test_released_vectors_as_they_were_pass() -> None:
    kept = contract({"1": {"vectors": VECTORS}}, {1: digest(VECTORS)})
    kept.test_released_golden_bytes_are_those_that_were_released()


def test_vectors_made_anew_fail() -> None:
    changed = contract({"1": {"vectors": [*VECTORS, *VECTORS]}}, {1: digest(VECTORS)})
    with pytest.raises(AssertionError, match="version 1 has other golden bytes"):
        changed.test_released_golden_bytes_are_those_that_were_released()


def test_vectors_that_are_gone_fail() -> None:
    gone = contract({}, {1: digest(VECTORS)})
    with pytest.raises(AssertionError, match="version 1 was released, its golden bytes are gone"):
        gone.test_released_golden_bytes_are_those_that_were_released()
