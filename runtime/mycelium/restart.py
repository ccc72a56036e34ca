"""When a crashed service is started again, and when it is given up."""

from __future__ import annotations

from collections import deque
from typing import Final

from mycelium.manifest import Restart, RestartStrategy

FIRST_DELAY_SECS: Final = 0.1
LONGEST_DELAY_SECS: Final = 10.0


class RestartBudget:
    """Counts crashes within the policy's window.

    The delay before a restart doubles with each crash in the window.
    """

    __slots__ = ("_crashes", "_policy")

    def __init__(self, policy: Restart) -> None:
        self._policy = policy
        self._crashes: deque[float] = deque()

    def after_crash(self, now: float) -> float | None:
        """Seconds to wait before the restart, or None when there is to be none.

        ``now`` is in seconds of a clock that never steps back.
        """
        if self._policy.strategy is not RestartStrategy.ONE_FOR_ONE:
            return None
        self._crashes.append(now)
        while self._crashes[0] <= now - self._policy.window_secs:
            self._crashes.popleft()
        crashes = len(self._crashes)
        if crashes > self._policy.max_restarts:
            return None
        return min(FIRST_DELAY_SECS * 2.0 ** min(crashes - 1, 30), LONGEST_DELAY_SECS)
