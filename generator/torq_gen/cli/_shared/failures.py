"""Why a command stops: each is shown as one line, never a traceback, with exit code 2."""

from __future__ import annotations

import sys
from collections.abc import Iterable


class CommandError(Exception):
    """A command cannot go on; ``help`` says what to do about it."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


class UsageError(CommandError):
    """The call itself is wrong: an unknown command, flag or name."""


class NoProjectError(CommandError):
    """There is no system.yaml here or above."""


class UnusableSpecError(CommandError):
    """The spec has errors; they have been shown."""


def say(program: str, error: CommandError) -> None:
    """Show on standard error why a program stops, and what to do about it."""
    sys.stdout.flush()
    if text := str(error):
        print(f"{program}: error: {text}", file=sys.stderr)
    if error.help:
        print(f"  help: {error.help}", file=sys.stderr)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``did you mean 'x'?`` for the nearest known word, or nothing."""
    from difflib import get_close_matches

    by_folded = {_folded(k): k for k in known}
    near = get_close_matches(_folded(word), by_folded, n=1, cutoff=0.6)
    return f"did you mean {by_folded[near[0]]!r}?" if near else ""


def _folded(word: str) -> str:
    """``pool_state_update`` and ``PoolStateUpdate`` are one word to somebody who misspells."""
    return word.casefold().replace("-", "").replace("_", "")
