from __future__ import annotations

import logging

import pytest

from mycelium.transports.shared.saying import Rarely


def test_the_same_is_said_once_a_minute_and_something_else_once_a_second(
    caplog: pytest.LogCaptureFixture,
) -> None:
    times = [0.0]
    rarely = Rarely(logging.getLogger("mycelium.transports"), lambda: times[-1])
    for time, subject, text in (
        (0.0, "a", "one"),
        (0.5, "a", "two"),
        (0.5, "b", "other"),
        (1.5, "a", "two"),
        (30.0, "a", "two"),
        (61.4, "a", "two"),
        (61.6, "a", "two"),
    ):
        times.append(time)
        rarely.warn(subject, text)
    assert caplog.messages == ["one", "other", "two", "two"]
    rarely.forget("a")
    rarely.warn("a", "two")
    assert caplog.messages[-1:] == ["two"]
    assert len(caplog.messages) == 5
