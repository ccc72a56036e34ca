"""Running one service in a test, without the others and without waiting."""

from mycelium.testing.clock import ManualClock
from mycelium.testing.harness import ServiceHarness

__all__ = ["ManualClock", "ServiceHarness"]
