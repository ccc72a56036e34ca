"""Running a test that is a coroutine, in an event loop of its own."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Coroutine
from typing import Any


def run_coroutine(test: Callable[..., Coroutine[Any, Any, object]], /, **arguments: Any) -> float:
    """Runs it to its end; the seconds that it took, without making the loop."""
    import asyncio

    with asyncio.Runner() as runner:
        runner.get_loop()
        began = time.perf_counter()
        runner.run(test(**arguments))
        return time.perf_counter() - began


def unwrap_given(test: Any) -> None:
    """Makes a coroutine under hypothesis' ``given`` a function, which is what that can call."""
    inner = getattr(getattr(test, "hypothesis", None), "inner_test", None)
    if not inspect.iscoroutinefunction(inner):
        return

    @functools.wraps(inner)
    def run(**arguments: Any) -> None:
        run_coroutine(inner, **arguments)

    test.hypothesis.inner_test = run
