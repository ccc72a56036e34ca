"""How often, how long and how far apart an external is tried: values from a service's settings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Self

from mycelium.errors import MyceliumError


class PolicyError(MyceliumError):
    """Settings that are no policy; the text names every key at fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is done about failures of one external.

    A call is tried up to ``attempts`` times and for ``total_secs``; one attempt may take
    ``timeout_secs``. Before the next comes a pause of ``wait_secs``, doubled each time up to
    ``longest_wait_secs``, and up to ``jitter_secs`` more by chance, so that many clients do not
    come back together. After ``open_after`` failed attempts in a row none is made for
    ``open_secs``.
    """

    attempts: int = 5
    timeout_secs: float = 10.0
    total_secs: float = 60.0
    wait_secs: float = 0.1
    longest_wait_secs: float = 5.0
    jitter_secs: float = 1.0
    open_after: int = 5
    open_secs: float = 30.0

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """The policy of a table of settings; what it does not name is as usual.

        Raises:
            PolicyError: a key is unknown, or a value is none that it may have
        """
        known = {field.name for field in fields(cls)}
        faults = [
            f"{key}: expected one of {', '.join(sorted(known))}" for key in settings.keys() - known
        ]
        found: dict[str, Any] = {}
        for key in known & settings.keys():
            value = _count(settings[key]) if key in _COUNTS else _seconds(key, settings[key])
            if value is None:
                what = "a number from 1 on" if key in _COUNTS else f"seconds {_least(key)}"
                faults.append(f"{key}: expected {what}, found {settings[key]!r}")
            found[key] = value
        if faults:
            raise PolicyError("; ".join(sorted(faults)))
        return cls(**found)


_COUNTS = ("attempts", "open_after")
_MAY_BE_ZERO = ("wait_secs", "longest_wait_secs", "jitter_secs", "open_secs")


def _least(key: str) -> str:
    return "from 0 on" if key in _MAY_BE_ZERO else "above 0"


def _count(value: object) -> int | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    return value if fits and isinstance(value, int) else None


def _seconds(key: str, value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    fits = math.isfinite(value) and (value > 0 or (value == 0 and key in _MAY_BE_ZERO))
    return float(value) if fits else None
