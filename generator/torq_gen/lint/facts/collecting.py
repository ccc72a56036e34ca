"""Collects all facts about one service: runs its code from every place where it may be entered."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import classes, instances, libraries, uncalled
from torq_gen.lint.facts.coarse import CoarseMachine
from torq_gen.lint.facts.contracts import Contracts
from torq_gen.lint.facts.detail import DETAILS
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.machine import EndlessError, Machine
from torq_gen.lint.facts.model import (
    DynamicCode,
    Escape,
    Fact,
    Handler,
    Known,
    ServiceClass,
    ServiceFacts,
    Symbol,
    Unreadable,
    What,
)
from torq_gen.lint.facts.modelled import Libraries
from torq_gen.lint.facts.program import Program
from torq_gen.lint.facts.questions import annotation
from torq_gen.lint.facts.service import is_started
from torq_gen.lint.facts.stack import with_room
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import (
    Class,
    External,
    Function,
    MessageClass,
    MessageValue,
    Object,
    Thing,
    Unknown,
    Value,
)
from torq_gen.lint.systems import once_a_system
from torq_gen.model.names import LIFE_CYCLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torq_gen.lint.facts.code import ClassCode, FunctionCode, ModuleCode
    from torq_gen.lint.facts.files import Files
    from torq_gen.lint.facts.library import Library
    from torq_gen.model import Service, System

MOST_ROUNDS = 200
"""Rounds after which the facts are taken as they are, and that is said."""
_RUNTIME = ("SPEC", "HANDLERS", "_attach_bus", "_detach_bus")
"""What the runtime reads off a service: no class of a person's may have it."""


def collect(
    service: Service,
    system: System,
    files: Files,
    *,
    roots: tuple[str, ...] = ("", "src"),
    own: Library | None = None,
    parsed: dict[str, ModuleCode] | None = None,
) -> ServiceFacts:
    """All facts about a service.

    ``own`` describes the project's own bus, if it has one; ``parsed`` keeps modules for the next.
    """
    parsed = {} if parsed is None else parsed
    paths = list(files.code(service.path))
    for detail in DETAILS:
        program = Program(files, roots, parsed, service.path, libraries.FILES)
        kind = CoarseMachine if detail.by_family else Machine
        machine = kind(program, _contracts(system), Libraries(own), service.path, detail)
        reason = _settle(machine, paths)
        if not reason or detail is DETAILS[-1]:
            break
        machine.end()
    facts: list[Fact] = [*program.unreadable, *machine.facts()]
    if reason and paths:
        reason = f"cannot be analysed, nor can the rest of {service.name}: {reason}"
        facts.append(Unreadable(Span.of_file(paths[0]), reason, whole=True))
    links = tuple(files.links(service.path))
    reason = "is a link to a folder, in which no code is sought: put the folder itself there"
    facts += [Unreadable(Span.of_file(path), reason) for path in links]
    facts.sort(key=lambda fact: fact.span)
    symbols = tuple(_symbols(machine))
    machine.end()
    return ServiceFacts(
        service.name,
        tuple(sorted(program.paths)),
        tuple(facts),
        (*paths, *links),
        tuple(sorted(program.absent)),
        symbols,
    )


@once_a_system
def _contracts(system: System) -> Contracts:
    return Contracts(system)


def _settle(machine: Machine, paths: list[str]) -> str:
    """Runs the service's code until nothing changes; why that never happens, if it does not."""
    try:
        return with_room(lambda: _rounds(machine, paths))
    except RecursionError:
        return "it is nested too deeply"
    except EndlessError:
        limit = f"{machine.most_steps:,} steps"
        return f"its values multiply beyond {limit}; split the service or annotate its parameters"


def _rounds(machine: Machine, paths: list[str]) -> str:
    for _ in range(MOST_ROUNDS):
        machine.begin_round()
        _run(machine, paths)
        lost = tuple(machine.heap.lost)
        for value in lost:
            span = Span.of_file(paths[0])
            machine.hand_over(value, span, "a collection of more values than are followed")
        uncalled.enter(machine)  # what was handed over may have made functions
        if not machine.heap.stale and len(machine.heap.lost) == len(lost):
            return ""
    return "what its variables hold grows without end"


def _symbols(machine: Machine) -> Iterator[Symbol]:
    codes: list[FunctionCode | ClassCode] = [f.code for f in machine.functions]
    codes += [c.code for c in machine.classes]
    for code in codes:
        node = code.node
        yield Symbol(code.module.path, node.lineno, node.end_lineno or node.lineno, code.qualname)


def _run(machine: Machine, paths: list[str]) -> None:
    modules = [machine.program.module_at(path) for path in paths]
    _allow(machine)
    for module in modules:
        machine.run_module(module)
    _allow(machine)  # for what they import, too
    for cls in list(machine.classes):
        service = machine.service_of(cls)
        if service is not None and machine.is_own(cls.code.module.path):
            _enter_service(machine, cls, service)
    uncalled.enter(machine)


def _allow(machine: Machine) -> None:
    size = sum(len(machine.program.source(path)) for path in machine.program.paths)
    machine.most_steps = machine.detail.steps(size)


def _enter_service(machine: Machine, cls: Class, service: str) -> None:
    """Runs a service as its supervisor does: constructor, start, handlers, stop."""
    span = cls.code.name_span
    code = cls.code
    started = is_started(machine, cls, service)
    machine.note(ServiceClass(span, code.qualname, service, started))
    _note_strangers(machine, cls)
    made = Object(cls, span)
    instances.remember_instance(machine, made)
    maker = machine.method(made, "__init__")
    if maker is not None:
        _enter(machine, maker, span, Thing("mycelium.settings"))
    for name in _methods(machine, cls):
        message = machine.contracts.handlers.get(name)
        method = machine.method(made, name)
        if method is None or (message is None and name not in LIFE_CYCLE):
            continue
        if message is None:
            _enter(machine, method, span)
            continue
        _note_handler(machine, cls, service, name)
        _enter(machine, method, span, MessageValue(message))


def _note_strangers(machine: Machine, cls: Class) -> None:
    """Notes base classes that nobody knows, and what stands in the place of the runtime's own."""
    span, name = cls.code.name_span, cls.code.qualname
    order = classes.ancestry(machine, cls)
    for base in order:
        if isinstance(base, Unknown):
            machine.note(Escape(span, "the service", "a base class that is not known"))
        elif isinstance(base, External) and not _is_known_base(machine, base.path):
            machine.note(Escape(span, "the service", f"its base class `{base.path}`"))
    for reserved in _RUNTIME:
        if classes.in_classes(machine, order, reserved) is not None:
            machine.note(DynamicCode(span, f"{name}.{reserved} in place of the runtime's own"))


def _is_known_base(machine: Machine, path: str) -> bool:
    top = path.partition(".")[0]
    return top in sys.stdlib_module_names or machine.libraries.made_by(path) is not None


def _enter(machine: Machine, method: Value, span: Span, *handed: Value) -> None:
    """Calls a method as the runtime does: with what it hands over, and nothing else."""
    machine.call(method, Given(span, tuple(Argument(value, span) for value in handed)))


def _methods(machine: Machine, cls: Class) -> tuple[str, ...]:
    """The names of a class's methods, inherited ones too; life cycle first."""
    found: dict[str, None] = dict.fromkeys(LIFE_CYCLE)
    for base in reversed(classes.ancestry(machine, cls)):
        if isinstance(base, Class):
            found.update(dict.fromkeys(machine.heap.names(base)))
    return tuple(found)


def _note_handler(machine: Machine, cls: Class, service: str, name: str) -> None:
    found = classes.in_classes(machine, classes.ancestry(machine, cls), name)
    for one in alternatives(found[1]) if found is not None else ():
        if isinstance(one, Function):
            stated = annotation(machine, one, 1)
            what: What | None = None
            if isinstance(stated, MessageClass):
                what = Known(stated.name)
            unfilled, plain = _is_unfilled(one), _is_plain(one)
            machine.note(Handler(one.code.name_span, name, service, unfilled, what, plain))
            return
    machine.note(Handler(cls.code.name_span, name, service, False, None))


def _is_plain(function: Function) -> bool:
    """Whether a function without ``async`` returns nothing, so that there is nothing to await."""
    node = function.code.node
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return False
    return not any(isinstance(s, ast.Return) and s.value is not None for s in ast.walk(node))


def _is_unfilled(function: Function) -> bool:
    """Whether a body only raises NotImplementedError, or does nothing."""
    node = function.code.node
    if isinstance(node, ast.Lambda):
        return False
    body = [
        s
        for s in node.body
        if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
        and not isinstance(s, ast.Pass)
    ]
    if not body:
        return True
    only = body[0]
    if len(body) != 1 or not isinstance(only, ast.Raise) or only.exc is None:
        return False
    raised = only.exc.func if isinstance(only.exc, ast.Call) else only.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
