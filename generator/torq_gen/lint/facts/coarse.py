"""The abstract interpreter of code whose values multiply."""

from __future__ import annotations

import ast

from torq_gen.lint.facts import expressions
from torq_gen.lint.facts.frame import Frame
from torq_gen.lint.facts.machine import Machine
from torq_gen.lint.facts.unions import MOST_ALTERNATIVES
from torq_gen.lint.facts.values import Union, Value


class CoarseMachine(Machine):
    """An interpreter that follows few values of an expression: each step takes a bounded time."""

    def eval(self, node: ast.expr, frame: Frame) -> Value:
        """The value of an expression; of too many, what `Families.bounded` leaves.

        It does what the other one does rather than call it, for the stack has an end.
        """
        self.work(1)
        evaluate = expressions.EVALUATE.get(node.__class__, expressions.anything)
        value = evaluate(self, node, frame)
        if value.__class__ is Union and len(value.of) > MOST_ALTERNATIVES:
            return self.heap.few(value)
        return value
