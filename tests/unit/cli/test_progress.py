"""What is waited for is said on a terminal alone, after a while, and taken away again."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator

import pytest

from torq_gen.cli._shared import progress


class Terminal(io.StringIO):
    """Keeps what is written to it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """How often the end is waited for in vain; threads wait for other things without a limit."""
    outcomes: list[bool] = []
    wait = threading.Event.wait

    def waited(event: threading.Event, seconds: float | None = None) -> bool:
        if seconds is None:
            return wait(event)
        assert seconds >= 0.5
        return outcomes.pop(0)

    monkeypatch.setattr(threading.Event, "wait", waited)
    return outcomes


def _in_turn() -> Iterator[str]:
    yield "9 rows"
    yield "10 rows"


@pytest.mark.parametrize(
    ("stream", "outcomes", "written"),
    [
        (Terminal(), [False], "checking 3 services …\r\x1b[K"),
        (Terminal(), [True], ""),
        (io.StringIO(), [], ""),
    ],
)
def test_progress(
    monkeypatch: pytest.MonkeyPatch,
    patience: list[bool],
    stream: io.StringIO,
    outcomes: list[bool],
    written: str,
) -> None:
    patience += outcomes
    monkeypatch.setattr("sys.stderr", stream)
    with progress.progress("checking 3 services"):
        pass
    assert stream.getvalue() == written


def test_what_is_done_so_far_is_said_again_and_again(
    monkeypatch: pytest.MonkeyPatch, patience: list[bool]
) -> None:
    patience += [False, False, True]
    said = _in_turn()
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    with progress.progress("exporting day.torq", lambda: next(said)):
        pass
    assert stream.getvalue() == (
        "exporting day.torq: 9 rows …\rexporting day.torq: 10 rows …\r\x1b[K"
    )
