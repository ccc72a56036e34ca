"""A policy from a service's settings, where numbers with a point are Decimals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from mycelium.resilience.policy import Policy, PolicyError


def test_a_table_of_settings_makes_a_policy() -> None:
    found = Policy.of({"attempts": 3, "wait_secs": Decimal("0.25"), "jitter_secs": 0})
    assert found == Policy(attempts=3, wait_secs=0.25, jitter_secs=0.0)
    assert isinstance(found.wait_secs, float)
    assert Policy.of({}) == Policy()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"attempts": 0}, "attempts: expected a number from 1 on, found 0"),
        ({"open_after": Decimal("1.5")}, "found Decimal('1.5')"),
        ({"attempts": True}, "attempts: expected a number from 1 on, found True"),
        ({"timeout_secs": 0}, "timeout_secs: expected seconds above 0, found 0"),
        ({"wait_secs": -1}, "wait_secs: expected seconds from 0 on, found -1"),
        ({"total_secs": "5"}, "total_secs: expected seconds above 0, found '5'"),
        ({"open_secs": float("nan")}, "open_secs: expected seconds from 0 on, found nan"),
    ],
)
def test_a_value_that_cannot_be_is_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyError) as raised:
        Policy.of(settings)
    assert message in str(raised.value)


def test_every_fault_is_told() -> None:
    with pytest.raises(PolicyError) as raised:
        Policy.of({"atempts": 3, "wait_secs": "x"})
    assert str(raised.value) == (
        "atempts: expected one of attempts, jitter_secs, longest_wait_secs, open_after, open_secs, "
        "timeout_secs, total_secs, wait_secs; wait_secs: expected seconds from 0 on, found 'x'"
    )
