"""Code that is run again and again until its variables stand still."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torq_gen.lint.facts.frame import Frame, Variables
from torq_gen.lint.facts.unions import settled

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

MOST = 6
"""How often a loop's body is run before what still grows is taken to be anything."""


def widened(
    machine: Machine, node: ast.AST, frame: Frame, before: Variables, after: Variables
) -> Variables:
    """What still changes keeps what cannot grow without end; the rest may be anything."""
    found: Variables = {}
    for name, value in after.items():
        if before.get(name) == value:
            found[name] = value
            continue
        found[name], lost = settled(value, "it changes in a loop")
        machine.hand_over(lost, frame.module.span(node), "a variable that changes in a loop")
    return found
