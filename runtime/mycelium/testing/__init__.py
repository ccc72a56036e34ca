"""Testing services: one alone and without waiting, or a recording's messages through it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mycelium.testing.clock import ManualClock
    from mycelium.testing.harness import RunService, ServiceHarness, run_service
    from mycelium.testing.replaying import ReplayedService, replay_service
    from mycelium.testing.stalls import StalledError
    from mycelium.testing.virtual import VirtualClock

__all__ = [
    "ManualClock",
    "ReplayedService",
    "RunService",
    "ServiceHarness",
    "StalledError",
    "VirtualClock",
    "replay_service",
    "run_service",
]

_MODULES: Final = {
    "ManualClock": "clock",
    "ReplayedService": "replaying",
    "RunService": "harness",
    "ServiceHarness": "harness",
    "StalledError": "stalls",
    "VirtualClock": "virtual",
    "replay_service": "replaying",
    "run_service": "harness",
}


def __getattr__(name: str) -> object:
    """Imports when asked: pytest loads the plugin beside this in every run of every project."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
