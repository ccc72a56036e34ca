"""One external, as a service calls it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, ParamSpec, TypeVar
from weakref import WeakSet

from mycelium.clock import SYSTEM_CLOCK, Clock
from mycelium.errors import MissingLibraryError
from mycelium.resilience.breaker import Breaker, CircuitOpenError
from mycelium.resilience.policy import Policy

P = ParamSpec("P")
T = TypeVar("T")

_LOG: Final = logging.getLogger("mycelium.resilience")
_EXTERNALS: Final[WeakSet[External]] = WeakSet()


class External:
    """Calls something outside of the system under a policy.

    ``failures`` are the errors that mean that the external is down or out of reach, besides an
    attempt that takes too long; they are tried again and open the circuit. Any other error is an
    answer, and is raised at once.

    ``succeeded``, ``failed`` and ``refused`` count calls, ``attempts`` what was tried for them.

    Raises:
        MissingLibraryError: stamina is not installed
    """

    def __init__(
        self,
        name: str,
        policy: Policy | None = None,
        *,
        failures: tuple[type[Exception], ...] = (OSError,),
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        try:
            from stamina import retry_context
        except ModuleNotFoundError:
            raise MissingLibraryError(f"calls to {name}", "stamina") from None
        self.name = name
        self.policy = policy or Policy()
        self.succeeded = self.failed = self.refused = self.attempts = 0
        self._retry = retry_context
        self._failures: tuple[type[Exception], ...] = (*failures, TimeoutError)
        self._breaker = Breaker(
            name, self.policy.open_after, self.policy.open_secs, clock.monotonic
        )
        _EXTERNALS.add(self)

    @property
    def closed(self) -> bool:
        """Whether the circuit is closed: calls are made."""
        return self._breaker.closed

    async def call(
        self, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What the function returns, once it does.

        Raises:
            CircuitOpenError: the external failed too often just before
            TimeoutError: the last attempt took too long
            Exception: the last attempt's failure, or an error that is no failure
        """
        policy = self.policy
        try:
            async for attempt in self._retry(
                on=self._failures,
                attempts=policy.attempts,
                timeout=policy.total_secs,
                wait_initial=policy.wait_secs,
                wait_max=policy.longest_wait_secs,
                wait_jitter=policy.jitter_secs,
            ):
                with attempt:
                    result = await self._attempt(function, *args, **kwargs)
        except CircuitOpenError:
            self.refused += 1
            raise
        except Exception:
            self.failed += 1
            raise
        self.succeeded += 1
        return result

    async def _attempt(
        self, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        call = self._breaker.enter()
        self.attempts += 1
        try:
            async with asyncio.timeout(self.policy.timeout_secs):
                result = await function(*args, **kwargs)
        except self._failures as error:
            self._note_failure(call, error)
            raise
        except Exception:
            self._note_answer()
            raise
        except BaseException:
            self._breaker.abandoned(call)
            raise
        self._note_answer()
        return result

    def _note_failure(self, call: int, error: Exception) -> None:
        if self._breaker.failed(call):
            _LOG.warning(
                "%s fails, no call is made for %g s: %s: %s",
                self.name,
                self.policy.open_secs,
                type(error).__name__,
                error,
            )

    def _note_answer(self) -> None:
        if self._breaker.succeeded():
            _LOG.info("%s answers again", self.name)


def externals() -> tuple[External, ...]:
    """All that this process has, by name; for metrics. Another thread may ask."""
    return tuple(sorted(_EXTERNALS.copy(), key=lambda external: external.name))
