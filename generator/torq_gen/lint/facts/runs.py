"""Runs functions, and other work that gives a value, once for each key; again while that changes.

A function is interpreted once for each combination of arguments. What asks for its own result is
repeated until that is the same; what others gave that asked for it too early, is stale. What lies
too deep in the stack is put off.
"""

from __future__ import annotations

import ast
import sys
from functools import partial
from typing import TYPE_CHECKING

from torq_gen.lint.facts import calls
from torq_gen.lint.facts.activations import Activation, Activations
from torq_gen.lint.facts.frame import Frame
from torq_gen.lint.facts.unions import blurred, general, join, settled, shallow
from torq_gen.lint.facts.values import NOTHING, Class, Function, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from torq_gen.lint.facts.machine import Machine

STEPS_TO_ENTER = 20
"""What it costs to begin a function, in steps."""
_MERGED = ("merged",)
"""In place of arguments: all of a function's calls at once."""
MOST_TIMES = 6
"""How often something is done again in a round before its result is one of finitely many."""
MOST_NESTED = 4
"""How often a function runs inside itself before its arguments are only followed by their kind."""
_MOST_ATTEMPTS = 4
"""How often what asks for its own result is done on the spot; the rest is for the next round."""
DEEPEST_CALL = 40
"""Calls inside calls; what lies deeper is interpreted later, from the top."""
FEW_NESTED = 10
"""Pieces of work inside one another that never fill the stack."""
DEEPEST_STACK = 500
"""Frames of the interpreter's own stack for them: Python gives no more than a thousand to all."""


class Runs:
    """What one service's analysis has run, and runs now."""

    def __init__(self, machine: Machine, activations: Activations) -> None:
        self._machine = machine
        self._activations = activations
        self.later: dict[Activation, None] = {}
        self._contexts: dict[Function, int] = {}
        self._nested: dict[Function, int] = {}
        self._depth = 0
        self._deepest = _frames() + DEEPEST_STACK

    def forget(self) -> None:
        """Everything is to be run anew."""
        self._activations.known.clear()
        self._contexts.clear()

    def redo(self, stale: set[Activation], needed: set[Activation]) -> set[Activation]:
        """Runs again what is stale and needed; what is left for the next round."""
        times = self._machine.detail.times
        forgotten, left = self._activations.redo(stale, needed, self._settle, times)
        for lost in forgotten:
            self._uncount(lost)
        return left

    def _uncount(self, forgotten: Activation) -> None:
        """There is one combination less of the function's arguments, if it is a function."""
        if forgotten.code is not None:
            function: Function = forgotten.key[0]  # type: ignore[index]
            self._contexts[function] -= 1

    def once(self, key: Hashable, work: Callable[[], object]) -> None:
        """Does a piece of work that gives nothing, if it was not done."""

        def again() -> Value:
            work()
            return NOTHING

        self.found(key, again)

    def found(self, key: Hashable, find: Callable[[], Value]) -> Value:
        """What a piece of work gives, which is done if it was not."""
        activation = self._activations.known.get(key)
        if activation is None:
            activation = Activation(key, find)
            self._enter(activation)
        else:
            self._activations.call(activation)
        return activation.result

    def run(
        self, function: Function, arguments: tuple[Value, ...], receiver_class: Class | None
    ) -> Value:
        """What a function gives for arguments, one a parameter."""
        if self._nested.get(function, 0) >= MOST_NESTED:
            arguments = self._bounded(function, arguments)
        known = self._activations.known
        activation = known.get((function, arguments, receiver_class))
        if activation is None:
            count = self._contexts[function] = self._contexts.get(function, 0) + 1
            if count > self._machine.detail.contexts_of(function.code):
                return self._run_merged(function, arguments, receiver_class)
        if activation is not None:
            self._activations.call(activation)
            return activation.result
        key = (function, arguments, receiver_class)
        interpret = partial(self._interpret, function, arguments, receiver_class)
        return self._enter(Activation(key, interpret, function.code))

    def _enter(self, activation: Activation) -> Value:
        """Does something for the first time; what lies too deep, later and from the top."""
        self._activations.known[activation.key] = activation
        self._activations.call(activation)
        if self._is_deep(activation):
            self.later[activation] = None
            return NOTHING
        result = self._settle(activation)
        self._machine.heap.stale.update(activation.misled())
        if activation.in_place and self._activations.forget(activation):
            self._uncount(activation)  # around the next call there is something else
        return result

    def _is_deep(self, activation: Activation) -> bool:
        if activation.code is not None and self._depth >= DEEPEST_CALL:
            return True
        return len(self._activations.stack) > FEW_NESTED and _has_frames(self._deepest)

    def run_later(self) -> None:
        """Runs what lay too deep; who called it is to be run again."""
        while self.later:
            activation = next(iter(self.later))
            del self.later[activation]
            known = self._activations.known.get(activation.key) is activation
            if known and self._settle(activation) != NOTHING:
                self._machine.heap.stale.update(activation.callers)  # who asked early among them

    def _run_merged(
        self, function: Function, arguments: tuple[Value, ...], receiver_class: Class | None
    ) -> Value:
        """What a function gives for any arguments of its calls, which its parameters' cells hold.

        A call with further ones makes it stale: once a round it is run again, for all of them.
        """
        heap = self._machine.heap
        cells = ("parameters", function)
        for parameter, value in zip(function.code.parameters, arguments, strict=True):
            heap.write(cells, parameter.name, heap.summary(general(value)))
        key = (function, _MERGED, receiver_class)
        activation = self._activations.known.get(key)
        if activation is not None:
            self._activations.call(activation)
            return activation.result

        def interpret() -> Value:
            held = (heap.read(cells, p.name) for p in function.code.parameters)
            joined = tuple(NOTHING if value is None else value for value in held)
            return self._interpret(function, joined, receiver_class, _MERGED)

        return self._enter(Activation(key, interpret, function.code))

    def _bounded(self, function: Function, arguments: tuple[Value, ...]) -> tuple[Value, ...]:
        """Arguments of a function that calls itself again and again: of finitely many kinds."""
        found: list[Value] = []
        for value in map(general, arguments):
            kept, lost = settled(value, "it comes out of a recursion")
            if lost != NOTHING:
                self._machine.hand_over(lost, function.code.name_span, "a recursion")
            found.append(kept)
        return tuple(found)

    def _settle(self, activation: Activation, times: int = 0) -> Value:
        """Does a piece of work, again as long as it asks for its own result and that changes.

        ``times`` is how often that was done since the last round.
        """
        heap = self._machine.heap
        outer, heap.reader = heap.reader, activation
        self._activations.stack.append(activation)
        self._machine.work(STEPS_TO_ENTER)
        activation.start()
        result: Value = NOTHING
        last = activation.result
        try:
            for attempt in range(_MOST_ATTEMPTS):
                activation.recursed = False
                result = activation.again()
                before = activation.result
                if activation.recursed or times:
                    kept, lost = shallow(result, "it comes out of a recursion")
                    result = self._rest_handed_over(kept, lost, activation)
                if attempt and activation.recursed:
                    result = blurred(join((before, result)))
                if times > MOST_TIMES and result != before:
                    result = self._finite(join((before, result)), activation)
                result = activation.result = heap.bounded(result, last, activation)
                if not activation.recursed or result == before:
                    break
        finally:
            self._activations.stack.pop()
            self._activations.done(activation)
            heap.reader = outer
        return result

    def _finite(self, value: Value, activation: Activation) -> Value:
        """What of a function's result is one of finitely many values."""
        kept, lost = settled(value, "it comes out of a recursion")
        return self._rest_handed_over(kept, lost, activation)

    def _rest_handed_over(self, kept: Value, lost: Value, activation: Activation) -> Value:
        if lost != NOTHING and activation.code is not None:
            self._machine.hand_over(lost, activation.code.name_span, "a recursion")
        elif lost != NOTHING:
            self._machine.heap.lost[lost] = None
        return kept

    def _interpret(
        self,
        function: Function,
        arguments: tuple[Value, ...],
        receiver_class: Class | None,
        key: tuple[object, ...] | None = None,
    ) -> Value:
        code = function.code
        frame = Frame(
            code.module,
            code.qualname,
            code,
            receiver_class,
            scope=function.scope,
            key=arguments if key is None else key,
            variables={p.name: v for p, v in zip(code.parameters, arguments, strict=True)},
        )
        if receiver_class is not None and code.parameters:
            frame.receiver = arguments[0]
        self._depth += 1
        self._nested[function] = self._nested.get(function, 0) + 1
        try:
            if isinstance(code.node, ast.Lambda):
                return self._machine.eval(code.node.body, frame)
            falls = self._machine.execute(code.node.body, frame)
            return calls.result_of(self._machine, frame, code.node, falls=falls)
        except RecursionError:
            self._machine.too_deep(code.module, code.node)
            return Unknown("it comes out of code that is nested too deeply")
        finally:
            self._nested[function] -= 1
            self._depth -= 1


def _has_frames(count: int) -> bool:
    """Whether the stack is deeper than so many frames; asked of Python, since that is fast."""
    try:
        sys._getframe(count)
    except ValueError:
        return False
    return True


def _frames() -> int:
    """How deep the stack is."""
    frame, count = sys._getframe(), 0
    while frame.f_back is not None:
        frame, count = frame.f_back, count + 1
    return count
