"""Whether code can come to a service: through attributes, elements, closures, globals.

It is asked of what nobody in the analysed code calls. It goes by the words in a function, so it
says yes more often than it is so; a name that is put together when the code runs, it does not see.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.lint.facts import classes, imports
from torq_gen.lint.facts.frame import Frame
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import (
    NOTHING,
    BaseMethod,
    Bound,
    Class,
    Container,
    Function,
    Items,
    Module,
    Object,
    Partial,
    Super,
    Thing,
    Tuple,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


class _Mentions(NamedTuple):
    """What stands in a function and those nested in it: names, attributes, texts; imports."""

    words: frozenset[str]
    imports: tuple[ast.ImportFrom | ast.Import, ...]


class Reach:
    """What was found to come to no service is not looked through again.

    It asks the heap at one moment: whoever keeps one asks before anything else is run.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._idle: set[Value] = set()

    def has_service(self, start: Iterable[Value]) -> bool:
        """Whether any of the values is, holds or mentions a service or its `publish`."""
        seen: set[Value] = set()
        left = [one for value in start for one in alternatives(value)]
        while left:
            one = left.pop()
            if one in seen or one in self._idle:
                continue
            if isinstance(one, Object) and self._machine.service_of(one.cls) is not None:
                return True
            seen.add(one)
            left += (inner for value in self._within(one) for inner in alternatives(value))
        self._idle |= seen
        return False

    def method_has_service(self, function: Function, cls: Class) -> bool:
        """As `has_service`, of a method that an object of the class has."""
        order = classes.ancestry(self._machine, cls)
        of_class = self._named(order, _mentioned(function).words)
        return self.has_service((function, *of_class))

    def _within(self, value: Value) -> Iterable[Value]:
        """What a value holds or mentions."""
        held = self._machine.heap.glance
        match value:
            case Object(cls=cls):
                return held(value), cls
            case Class():
                order = classes.ancestry(self._machine, value)
                return [held(base) for base in order if isinstance(base, Class)]
            case Container():
                return (held(value),)
            case Module(code=code):
                return (held(code),)
            case Function():
                return self._in_function(value)
            case Bound(function=function, receiver=receiver):
                return function, receiver
            case BaseMethod(receiver=receiver) | Super(receiver=receiver):
                return (receiver,)
            case Partial(function=function, positional=positional, keywords=keywords):
                several = (one for one in (value.rest, value.more) if one is not None)
                return function, *positional, *(one for _, one in keywords), *several
            case Tuple(items=items):
                return items
            case Items(item=item):
                return (item,)
            case Thing(fields=fields):
                return [field for _, field in fields]
        return ()

    def _in_function(self, function: Function) -> Iterator[Value]:
        """What the words in a function may stand for; of a module, what they read off it."""
        machine = self._machine
        words, imported = _mentioned(function)
        yield machine.heap.glance(("defaults", function))
        places: list[object] = [function.code.module]
        scope = function.scope
        while scope:
            places.append(("scope", scope))
            scope = machine.scopes[scope].parent
        owner = machine.functions.get(function)
        order = () if owner is None else classes.ancestry(machine, owner)
        found = [*self._named((*places, *order), words), *self._imported(function, imported)]
        modules: dict[Module, None] = {}
        while found:
            for one in alternatives(found.pop()):
                if not isinstance(one, Module):
                    yield one
                elif one not in modules:
                    modules[one] = None
                    found += self._named((one.code,), words)
                    inside = (f"{one.code.name}.{word}" for word in words)
                    codes = (machine.program.known(name, machine.near) for name in inside)
                    found += (Module(code) for code in codes if code is not None)

    def _named(self, places: Iterable[object], words: Iterable[str]) -> Iterator[Value]:
        """What stands under the words in some places."""
        for place in places:
            for word in words:
                found = self._machine.heap.glance(place, word)
                if found != NOTHING:
                    yield found

    def _imported(
        self, function: Function, nodes: Iterable[ast.ImportFrom | ast.Import]
    ) -> Iterator[Value]:
        """The modules that a function imports when it is called, and those that it imports from."""
        frame = Frame(function.code.module)
        program, near = self._machine.program, self._machine.near
        for node in nodes:
            base = imports.absolute(node, frame) if isinstance(node, ast.ImportFrom) else None
            for alias in node.names:
                paths = (alias.name.partition(".")[0], alias.name)
                for path in paths if base is None else (base, f"{base}.{alias.name}"):
                    module = program.known(path, near)
                    if module is not None:
                        yield Module(module)


def _mentioned(function: Function) -> _Mentions:
    """What stands in a function; kept in its node."""
    node = function.code.node
    known: _Mentions | None = getattr(node, "mentions", None)
    if known is None:
        inside = list(ast.walk(node))
        words = {_word(one) for one in inside} - {""}
        imported = tuple(one for one in inside if isinstance(one, ast.ImportFrom | ast.Import))
        words.update(alias.name for one in imported for alias in one.names)
        known = _Mentions(frozenset(words), imported)
        node.mentions = known  # type: ignore[union-attr]
    return known


def _word(node: ast.AST) -> str:
    """The name that a node is or reads, or the text that may be one."""
    match node:
        case ast.Name(id=word) | ast.Attribute(attr=word):
            return word
        case ast.Constant(value=str() as word) if word.isidentifier():
            return word
    return ""
