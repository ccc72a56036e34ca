"""Ctrl-C ends a command at once, without a traceback, whatever it is about."""

from __future__ import annotations

import builtins
import signal
from collections.abc import Callable
from typing import Any

import pytest

from torq_gen.cli import main, validate_system_yaml
from torq_gen.lint import forking


@pytest.mark.parametrize("command", [lambda: main(["check"]), lambda: validate_system_yaml([])])
def test_while_modules_are_imported(
    monkeypatch: pytest.MonkeyPatch, command: Callable[[], int]
) -> None:
    real = builtins.__import__

    def interrupted(name: str, *given: Any) -> object:
        if name == "torq_gen.cli.app":
            raise KeyboardInterrupt
        return real(name, *given)

    monkeypatch.setattr(builtins, "__import__", interrupted)
    assert command() == 130


def test_processes_leave_it_to_their_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    heeded: list[tuple[int, object]] = []
    monkeypatch.setattr(signal, "signal", lambda number, how: heeded.append((number, how)))
    forking._work(None, [], forking._tickets(0), parent=-1)  # type: ignore[arg-type]
    assert heeded == [(signal.SIGINT, signal.SIG_IGN)]
