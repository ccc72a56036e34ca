"""What is waited for is said on a terminal alone, after a while, and taken away again."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from torq_gen.cli._shared import progress


class Terminal(io.StringIO):
    """Keeps what is written to it."""

    def isatty(self) -> bool:
        return True


class Timer:
    """Goes off at once, or never."""

    patient = False

    def __init__(self, seconds: float, show: Callable[[], None]) -> None:
        assert seconds >= 0.5
        self.show = show
        self.daemon = False

    def start(self) -> None:
        if not self.patient:
            self.show()

    def cancel(self) -> None:
        pass

    def join(self) -> None:
        pass


@pytest.mark.parametrize(
    ("stream", "patient", "written"),
    [
        (Terminal(), False, "checking 3 services …\r\x1b[K"),
        (Terminal(), True, ""),
        (io.StringIO(), False, ""),
    ],
)
def test_progress(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, patient: bool, written: str
) -> None:
    monkeypatch.setattr(Timer, "patient", patient)
    monkeypatch.setattr("threading.Timer", Timer)
    monkeypatch.setattr("sys.stderr", stream)
    with progress.progress("checking 3 services"):
        pass
    assert stream.getvalue() == written
