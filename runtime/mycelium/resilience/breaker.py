"""A circuit breaker for one event loop.

Our own, because of the libraries none is both kept and fit: aiobreaker has had no release since
2021, pybreaker needs Tornado for coroutines, and purgatory and circuitbreaker let every waiting
caller through at once when they try again; purgatory also measures with a clock that can step.
"""

from __future__ import annotations

from collections.abc import Callable

from mycelium.errors import MyceliumError


class CircuitOpenError(MyceliumError):
    """An external failed so often that it is left alone for a while."""

    def __init__(self, external: str, seconds: float) -> None:
        super().__init__(external, seconds)
        self.external = external
        self.seconds = seconds

    def __str__(self) -> str:
        return f"{self.external} fails: no call is made for another {self.seconds:.1f} s"


class Breaker:
    """Closed, it lets calls through; open, none; then one, whose outcome decides.

    ``now`` gives seconds that never step back.
    """

    __slots__ = ("_after", "_failures", "_name", "_now", "_open_until", "_secs", "_trying")

    def __init__(self, name: str, after: int, secs: float, now: Callable[[], float]) -> None:
        self._name = name
        self._after = after
        self._secs = secs
        self._now = now
        self._failures = 0
        self._open_until: float | None = None
        self._trying = False

    @property
    def closed(self) -> bool:
        """Whether calls go through as usual."""
        return self._open_until is None

    def enter(self) -> None:
        """A call begins; `succeeded`, `failed` or `abandoned` must follow.

        Raises:
            CircuitOpenError: it may not
        """
        if self._open_until is None:
            return
        left = self._open_until - self._now()
        if left > 0 or self._trying:
            raise CircuitOpenError(self._name, max(left, 0.0))
        self._trying = True

    def succeeded(self) -> bool:
        """The external answered; whether that closes the circuit."""
        closes = self._open_until is not None
        self._failures, self._open_until, self._trying = 0, None, False
        return closes

    def failed(self) -> bool:
        """It did not; whether that opens the circuit, or opens it again."""
        self._failures += 1
        if not self._trying and (self._failures < self._after or self._open_until is not None):
            return False
        self._open_until, self._trying = self._now() + self._secs, False
        return True

    def abandoned(self) -> None:
        """The caller gave up, which tells nothing."""
        self._trying = False
