"""Calls to what is outside of the system: tried again, and not made while it is known down."""

from mycelium.resilience.breaker import CircuitOpenError
from mycelium.resilience.external import External
from mycelium.resilience.policy import Policy, PolicyError

__all__ = ["CircuitOpenError", "External", "Policy", "PolicyError"]
