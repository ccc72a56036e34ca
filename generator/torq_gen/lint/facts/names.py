"""Names: looking them up, and binding them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from torq_gen.lint.facts import (
    assigning,
    collections_,
    elements,
    members,
    objects,
    subscripts,
)
from torq_gen.lint.facts.frame import Frame
from torq_gen.lint.facts.heap import ANY_ATTRIBUTE
from torq_gen.lint.facts.questions import name_of
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    NOTHING,
    Class,
    Container,
    External,
    Function,
    Super,
    Tuple,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def look_up(machine: Machine, name: str, frame: Frame) -> Value:
    """A name that is no variable of the body itself: of a scope around it, the module, Python."""
    if name not in frame.globals:
        scope = frame.scope
        while scope:
            found = machine.heap.read(("scope", scope), name)
            if found is not None:
                return found
            scope = machine.scopes[scope].parent
    found = machine.heap.read(frame.module, name)
    if found is not None:
        return found
    if name == "__file__":
        return Text((frame.module.path,))
    if name == "__name__":
        return Text((frame.module.name,))
    if name == "__package__":
        return Text.of((frame.module.package,))
    if name == "__builtins__":
        return External("builtins")
    if name in _BUILTIN:
        return External(f"builtins.{name}")
    if frame.is_module or machine.is_running(frame.module):
        return NOTHING  # not yet: what comes later in the module's body makes this round stale
    for unnamed in ("*", ANY_ATTRIBUTE):
        found = machine.heap.read(frame.module, unnamed)
        if found is not None:
            return found
    return Unknown(f"`{name}` is defined nowhere", missing=True)


def look_up_shared(machine: Machine, name: str, frame: Frame) -> Value:
    """What nested functions gave a variable of the body."""
    owner = frame.module if frame.is_module else ("scope", frame.captured)
    found = machine.heap.read(owner, name)
    return NOTHING if found is None else found


def share(machine: Machine, node: ast.GeneratorExp, frame: Frame, within: ast.AST | None) -> None:
    """What a generator names is read when it is asked, not where it stands: as by a function.

    A name that is assigned in one place alone is what it was, once it is something. ``within`` is
    what is done while the generator is gone through, if nothing else is.
    """
    if frame.body_of is not None:
        return  # its names are not seen in it
    first, *others = node.generators
    later = (part for one in (node.elt, *first.ifs, *others) for part in ast.walk(one))
    read = {part.id for part in later if isinstance(part, ast.Name)}
    read.difference_update(*(_bound_in(one.target) for one in node.generators))
    if frame.code is None:
        frame.shared.update(read)  # other modules may assign them, too
        return
    times = _assigned(frame.code.node)
    given = times if within is None else _assigned(within)
    shared = {n for n in read if given.get(n) and (times[n] > 1 or n not in frame.variables)}
    if shared:
        machine.scope_of(frame)
        frame.shared.update(shared)


def _bound_in(body: ast.AST) -> Iterator[str]:
    return (name for node in ast.walk(body) for name in _bound_by(node))


def _assigned(body: ast.AST) -> Mapping[str, int]:
    """The variables that a piece of code gives a value, in how many places; kept in its node."""
    known: Counter[str] | None = getattr(body, "assigned", None)
    if known is None:
        known = Counter(_bound_in(body))
        for node in ast.walk(body):
            if isinstance(node, ast.comprehension):  # seen in the comprehension alone
                known.subtract(_bound_in(node.target))
        body.assigned = known  # type: ignore[attr-defined]
    return known


def _bound_by(node: ast.AST) -> Iterator[str]:
    """The names that a node of itself gives a value; twice those that a function elsewhere may."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.arg(arg=name) | ast.ExceptHandler(name=str() as name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias(name=name, asname=alias):
            yield alias or name.partition(".")[0]
        case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
            yield name
        case ast.MatchMapping(rest=str() as name):
            yield name
        case ast.Nonlocal(names=names) | ast.Global(names=names):
            yield from (*names, *names)


def assign(machine: Machine, name: str, value: Value, frame: Frame) -> None:
    """Gives a variable a value."""
    if frame.globals and name in frame.globals:
        machine.heap.write(frame.module, name, value)
        return
    if frame.nonlocals and name in frame.nonlocals:
        scope = frame.scope
        while scope:
            if machine.heap.read(("scope", scope), name) is not None:
                machine.heap.write(("scope", scope), name, value)
            scope = machine.scopes[scope].parent
        return
    frame.variables[name] = value
    if frame.in_comprehension:
        return  # what ``:=`` assigns in it is assigned again where it ends
    if frame.code is None and frame.body_of is None:
        machine.heap.write(frame.module, name, value)
    elif frame.captured:
        machine.heap.write(("scope", frame.captured), name, value)
    for recorder in frame.recorders:
        known = recorder.get(name)
        recorder[name] = value if known is None else join((known, value))


def bind(machine: Machine, target: ast.expr, value: Value, frame: Frame) -> None:
    """Assigns to any target: a name, an attribute, an element, several at once."""
    match target:
        case ast.Name(id=name):
            assign(machine, name, value, frame)
        case ast.Attribute():
            owner = machine.eval(target.value, frame)
            for one in alternatives(owner):
                assigning.write(machine, one, target.attr, value, frame.module.span(target))
        case ast.Subscript():
            owner = machine.eval(target.value, frame)
            key = machine.eval(target.slice, frame)
            for one in alternatives(owner):
                subscripts.write(machine, one, key, value, frame.module.span(target))
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            _unpack(machine, targets, value, frame)
        case ast.Starred():
            bind(machine, target.value, value, frame)


def _unpack(machine: Machine, targets: list[ast.expr], value: Value, frame: Frame) -> None:
    star = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
    parts = [objects.tuple_of(machine, one) for one in alternatives(value)]
    for place, target in enumerate(targets):
        found = [
            _part(machine, one, place, len(targets), star)
            for one in parts
            if _fits(one, len(targets), star)
        ]
        part = join(found)
        if isinstance(target, ast.Starred):
            made = Container("list", frame.module.span(target))
            collections_.fill(machine, made, (part,))
            part = made
        bind(machine, target, part, frame)


def _fits(value: Value, count: int, star: int | None) -> bool:
    if not isinstance(value, Tuple):
        return True
    return len(value.items) == count if star is None else len(value.items) >= count - 1


def _part(machine: Machine, value: Value, place: int, count: int, star: int | None) -> Value:
    """What the target at a place gets of a value that is unpacked."""
    if not isinstance(value, Tuple):
        return elements.of(machine, value)
    if star is None or place < star:
        return value.items[place]
    if place > star:
        return value.items[place - count]
    taken = value.items[star : len(value.items) - (count - star - 1)]
    return join(taken)


def delete(machine: Machine, target: ast.expr, frame: Frame) -> None:
    """Forgets a variable; attributes and elements stay what they may have been."""
    if isinstance(target, ast.Name):
        frame.variables.pop(target.id, None)
    elif isinstance(target, ast.Attribute | ast.Subscript):
        owner = machine.eval(target.value, frame)
        if isinstance(target, ast.Attribute):
            objects.told_to_delete(machine, owner, target.attr, frame.module.span(target))
        else:
            key = machine.eval(target.slice, frame)
            for one in alternatives(owner):
                subscripts.delete(machine, one, key, frame.module.span(target))


def super_of(machine: Machine, node: ast.Call, frame: Frame) -> Value:
    """``super()``, with or without arguments."""
    receiver, above = frame.receiver, frame.owner
    if above is None and frame.scope and frame.code is not None and frame.code.parameters:
        above = machine.scopes[frame.scope].owner  # in a function inside a method
        receiver = frame.variables.get(frame.code.parameters[0].name)
    if len(node.args) == 2:
        cls, receiver = (machine.eval(a, frame) for a in node.args)
        above = cls if isinstance(cls, Class) else above
    if receiver is None or above is None:
        return Unknown("`super()` stands outside of a method")
    found: list[Value] = [Super(one, above) for one in alternatives(receiver)]
    return join(found)


def keep_defaults(machine: Machine, function: Function, frame: Frame) -> None:
    """Evaluates a function's defaults, where it is defined."""
    for parameter in function.code.parameters:
        if parameter.default is not None:
            value = machine.eval(parameter.default, frame)
            machine.heap.write(("defaults", function), parameter.name, value)


def import_all(machine: Machine, module: Value, frame: Frame) -> None:
    """``from module import *``."""
    for one in alternatives(module):
        for name, value in members.public_names(machine, one):
            assign(machine, name, value, frame)
        if isinstance(one, Unknown | External):
            reason = f"a name may come from `from {name_of(one) or '...'} import *`"
            machine.heap.write(frame.module, "*", Unknown(reason))


_BUILTIN = frozenset(dir(__builtins__) if not isinstance(__builtins__, dict) else __builtins__)
