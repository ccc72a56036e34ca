"""The abstract interpreter: runs code with values that stand for all that the code may compute.

A function is interpreted once for each combination of arguments that it is called with; within it,
branches are joined and loops repeated until nothing changes. What a call does to the world is
noted as a fact at once, whoever called.

Sound as far as it goes: whatever leaves the part that is understood, and can publish or reach a
store, is noted as an `Escape` where it leaves.
"""

from __future__ import annotations

import ast
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    assigning,
    calls,
    classes,
    escape,
    expressions,
    instances,
    library_calls,
    members,
    modelled,
    statements,
    typing_,
)
from torq_gen.lint.facts.activations import Activations
from torq_gen.lint.facts.detail import FINE, Detail
from torq_gen.lint.facts.families import Families
from torq_gen.lint.facts.frame import Frame, Given, Scope
from torq_gen.lint.facts.heap import Heap
from torq_gen.lint.facts.model import Escape, Fact, Publish, Unreadable
from torq_gen.lint.facts.runs import Runs
from torq_gen.lint.facts.syntax import Syntax
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import Class, Function, Object, Thing, Value

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from torq_gen.lint.facts.code import FunctionCode, ModuleCode
    from torq_gen.lint.facts.contracts import Contracts
    from torq_gen.lint.facts.library import Call as LibraryCall
    from torq_gen.lint.facts.library import Function as LibraryFunction
    from torq_gen.lint.facts.library import Result
    from torq_gen.lint.facts.modelled import Libraries
    from torq_gen.lint.facts.program import Program


class EndlessError(Exception):
    """The code's values multiply: the analysis would not end in a useful time."""


class Machine:
    """The state of one service's analysis."""

    def __init__(
        self,
        program: Program,
        contracts: Contracts,
        libraries: Libraries,
        near: str,
        detail: Detail = FINE,
    ) -> None:
        self.program = program
        self.contracts = contracts
        self.libraries = libraries
        self.near = near
        self.detail = detail
        families = (
            Families(partial(instances.root_of, self), self.service_of, libraries.known_as)
            if detail.by_family
            else None
        )
        self.heap = Heap(families)
        self.activations = Activations()
        self.runs = Runs(self, self.activations)
        self.syntax = Syntax()
        self.scopes: dict[int, Scope] = {}
        self.instances: dict[Class, dict[Object, None]] = {}
        self.classes: dict[Class, None] = {}
        self.functions: dict[Function, Class | None] = {}
        self.kinds: dict[Function, str] = {}
        self.with_fields: set[Class] = set()
        self.annotations: dict[Class, dict[str, tuple[ast.expr, Frame]]] = {}
        self.visited: set[FunctionCode] = set()
        self._scope_ids: dict[object, int] = {}
        self._open: set[ModuleCode] = set()
        self.ancestries: dict[Class, tuple[Value, ...]] = {}
        self.rivals: dict[Value, dict[Value, None]] = {}
        self.places: dict[Class, set[Span]] = {}
        self.steps = 0
        self.most_steps = detail.least_steps

    def begin_round(self) -> None:
        """Does again what read a cell that grew since."""
        forget = self.heap.has_new_bases
        stale = self.heap.begin()
        needed = self.activations.needed() if stale else set()
        self.heap.reader = self.activations.begin()
        self.ancestries.clear()
        if forget:
            self.runs.forget()
        self.heap.stale |= self.runs.redo(stale, needed)
        self.heap.reader = self.activations.begin()
        self.visited.clear()

    def end(self) -> None:
        """Lets go of what refers to it in turn; nothing can be asked of it any more."""
        self.activations.end()
        for cls in self.classes:
            cls.objects.clear()
            cls.code.made.clear()
        for function in self.functions:
            function.code.made.clear()
        vars(self).clear()

    def reach(self) -> None:
        """Takes what is called now as visited."""
        self.visited.update(a.code for a in self.activations.reach() if a.code is not None)

    def note(self, fact: Fact) -> None:
        """Adds a fact."""
        self.heap.reader.facts[fact] = None

    def note_empty(self, fact: Publish) -> None:
        """Notes a publish of which no value is known as yet: in another context, it may be."""
        self.heap.reader.empty[fact] = None

    def facts(self) -> tuple[Fact, ...]:
        """The facts; a publish of which nothing is known only when no context gave more."""
        live = self.activations.reached()
        found = dict.fromkeys(fact for activation in live for fact in activation.facts)
        known = {fact.call for fact in found if isinstance(fact, Publish)}
        empty = dict.fromkeys(fact for activation in live for fact in activation.empty)
        return (*found, *(fact for fact in empty if fact.call not in known))

    # What the other parts do, by one name each.

    def work(self, steps: int) -> None:
        """Counts what is done.

        Raises:
            EndlessError: it is more than may be done
        """
        self.steps += steps
        if self.steps > self.most_steps:
            raise EndlessError

    def eval(self, node: ast.expr, frame: Frame) -> Value:
        """The value of an expression."""
        self.steps += 1
        if self.steps > self.most_steps:
            raise EndlessError
        evaluate = expressions.EVALUATE.get(node.__class__, expressions.anything)
        return evaluate(self, node, frame)

    def execute(self, block: Sequence[ast.stmt], frame: Frame) -> bool:
        """Runs statements; whether the end of the block can be reached."""
        return statements.execute(self, block, frame)

    def call(self, function: Value, given: Given) -> Value:
        """What a call gives."""
        return calls.call(self, function, given)

    def attribute(self, value: Value, name: str, span: Span) -> Value:
        """What reading an attribute gives."""
        return members.read(self, value, name, span)

    def annotated(self, node: ast.expr, frame: Frame) -> Value:
        """What a variable of this annotation may hold."""
        return typing_.annotated(self, node, frame)

    # Modules and functions.

    def run_module(self, module: ModuleCode) -> None:
        """Runs a module's body, if that was not done."""
        if module.tree is not None:
            self.runs.once(module, lambda: self._run_body(module))

    def _run_body(self, module: ModuleCode) -> None:
        if module.tree is None:
            return
        self._open.add(module)
        try:
            self.execute(module.tree.body, Frame(module))
        except RecursionError:
            self.too_deep(module, module.tree.body[0])
        finally:
            self._open.remove(module)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Runs modules of which only types are taken: what their bodies do, does not happen."""
        self.activations.stack.append(self.activations.aside)
        try:
            yield
        finally:
            self.activations.stack.pop()

    def is_running(self, module: ModuleCode) -> bool:
        """Whether a module's body is being run: its later names are not known yet."""
        return module in self._open

    def scope_of(self, frame: Frame) -> int:
        """The scope of a body's own variables, for the functions nested in it."""
        if frame.is_module:
            return 0
        if frame.body_of is not None:
            return frame.scope  # a class's variables are not seen in its methods
        if not frame.captured:
            key = (frame.code, frame.scope, frame.key)
            number = self._scope_ids.setdefault(key, len(self._scope_ids) + 1)
            around = self.scopes.get(frame.scope)
            owner = frame.owner or (None if around is None else around.owner)
            self.scopes[number] = Scope(number, frame.scope, owner)
            frame.captured = number
        # Each time: on the way to this function they may be others than on the way to the first.
        for name, value in frame.variables.items():
            self.heap.write(("scope", frame.captured), name, value)
        return frame.captured

    def told_apart(self, *where: Hashable) -> Hashable:
        """The place, where places are told apart: else one of them stands for all."""
        return () if self.detail.by_family else where

    # Classes.

    def define(self, cls: Class) -> None:
        """Notes a class that a class statement made."""
        self.classes[cls] = None
        self.ancestries.pop(cls, None)

    def method(self, value: Object, name: str) -> Value | None:
        """A method that a class of the project defines, bound to the object."""
        return classes.method(self, value, name)

    def service_of(self, cls: Class) -> str | None:
        """The service whose generated base a class derives from."""
        return classes.service_of(self, cls)

    def kind_of(self, value: Value) -> str:
        """``static``, ``class`` or ``property``, as a function's decorators say; else empty."""
        return self.kinds.get(value, "") if isinstance(value, Function) else ""

    def instance_of(self, value: Value) -> Value:
        """What a variable holds that is annotated with the value."""
        return typing_.instance_of(self, value)

    # What leaves the part that is understood.

    def capability(self, value: Value) -> str:
        """What a value can do to the world beside computing; empty for what is harmless."""
        if isinstance(value, Object) and self.service_of(value.cls) is not None:
            return "the service"
        return self.libraries.capability(value) if isinstance(value, Thing) else ""

    def escaped(self, span: Span, capability: str, into: str) -> None:
        """Notes that a capability cannot be followed."""
        self.note(Escape(span, capability, into))

    def hand_over(self, value: Value, span: Span, into: str) -> None:
        """A value goes to code that is not analysed."""
        escape.of(self, value, span, into)

    def assign(self, owner: Value, name: str, value: Value, span: Span) -> None:
        """An assignment to an attribute."""
        for one in alternatives(owner):
            assigning.write(self, one, name, value, span)

    # Things of libraries.

    def result(self, returns: Result, call: LibraryCall) -> Value:
        """What a description says that a call gives."""
        return modelled.result(returns, call)

    def library_call(self, receiver: Value, name: str, given: Given | None = None) -> LibraryCall:
        """A call as a library's file sees it; without arguments, when it only asks."""
        return library_calls.library_call(self, name, receiver, given or Given(_NOWHERE))

    def apply(self, model: LibraryFunction, path: str, receiver: Value, given: Given) -> Value:
        """A call of what a library's file describes."""
        return library_calls.apply_model(self, model, path, receiver, given)

    # Places.

    def is_own(self, file: str) -> bool:
        """Whether a file is one of the service's own."""
        return file.startswith(f"{self.near}/") or file == self.near

    def current_module(self, span: Span) -> ModuleCode:
        """The module in whose file a place is."""
        return self.program.module_at(span.file)

    def too_deep(self, module: ModuleCode, node: ast.AST) -> None:
        """Notes that code is nested more deeply than Python follows it."""
        self.note(Unreadable(module.span(node), "cannot be analysed: it is nested too deeply"))


_NOWHERE = Span("", 0, 0, 0, 0)
