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

    A call that began before is no such trial: when it fails late, that decides nothing.
    ``now`` gives seconds that never step back.
    """

    __slots__ = (
        "_after",
        "_failures",
        "_name",
        "_now",
        "_open_until",
        "_secs",
        "_trial",
        "_trials",
    )

    def __init__(self, name: str, after: int, secs: float, now: Callable[[], float]) -> None:
        self._name = name
        self._after = after
        self._secs = secs
        self._now = now
        self._failures = 0
        self._open_until: float | None = None
        self._trial = 0
        self._trials = 0

    @property
    def closed(self) -> bool:
        """Whether calls go through as usual."""
        return self._open_until is None

    def enter(self) -> int:
        """A call begins; `succeeded`, or with what this returns `failed` or `abandoned`, follows.

        Raises:
            CircuitOpenError: it may not
        """
        if self._open_until is None:
            return 0
        left = self._open_until - self._now()
        if left > 0 or self._trial:
            raise CircuitOpenError(self._name, max(left, 0.0))
        self._trials += 1
        self._trial = self._trials
        return self._trial

    def succeeded(self) -> bool:
        """The external answered; whether that closes the circuit."""
        closes = self._open_until is not None
        self._failures, self._open_until, self._trial = 0, None, 0
        return closes

    def failed(self, call: int) -> bool:
        """It did not; whether that opens the circuit, or opens it again."""
        self._failures += 1
        if self._open_until is None:
            if self._failures < self._after:
                return False
        elif call == 0 or call != self._trial:
            return False
        self._open_until, self._trial = self._now() + self._secs, 0
        return True

    def abandoned(self, call: int) -> None:
        """The caller gave up, which tells nothing."""
        if call == self._trial:
            self._trial = 0
