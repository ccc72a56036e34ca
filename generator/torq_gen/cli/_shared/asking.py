"""Questions to a person at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from torq_gen.cli._shared.failures import CommandError, UsageError
from torq_gen.cli._shared.terminal import is_terminal


class Question(NamedTuple):
    """What is asked: the flag that answers it too, a text, and what holds when one says nothing."""

    flag: str
    text: str
    default: Callable[[Mapping[str, str]], str]


Problem: TypeAlias = Callable[[str, str, Mapping[str, str]], str]


def answers(
    questions: tuple[Question, ...],
    given: Mapping[str, str | None],
    problem: Problem,
    *,
    defaults: bool,
) -> dict[str, str]:
    """An answer for each question: the flag's, the default, or what the person says.

    ``problem`` says what is wrong with an answer to a question beside those that are known, or
    nothing.

    Raises:
        UsageError: a flag's value cannot be used, or there is nobody to ask.
        CommandError: the person went away.
    """
    stated = {flag: value for flag, value in given.items() if value is not None}
    for question in questions:
        value = stated.get(question.flag)
        if value is not None and (wrong := problem(question.flag, value, stated)):
            raise UsageError(f"--{question.flag}: {wrong}")
    open_ = [q.flag for q in questions if given.get(q.flag) is None]
    if open_ and not defaults and not is_terminal(sys.stdin):
        flags = ", ".join(f"--{flag}" for flag in open_)
        raise UsageError(f"there is no terminal to ask at: {flags}", "give them, or --defaults")
    found: dict[str, str] = {}
    for question in questions:
        known = {**stated, **found}
        value = stated.get(question.flag)
        default = question.default(known)
        if value is None:
            value = default if defaults else _ask(question, default, problem, known)
        found[question.flag] = value
    return found


def _ask(question: Question, default: str, problem: Problem, known: Mapping[str, str]) -> str:
    while True:
        print(f"{question.text} [{default}]: ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            print(file=sys.stderr)
            raise CommandError("the questions were not answered", "nothing was written")
        answer = line.strip() or default
        if not (wrong := problem(question.flag, answer, known)):
            return answer
        print(f"  {wrong}", file=sys.stderr)
