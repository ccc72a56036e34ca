"""Classes of the project: what they derive from, define and declare."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import binding, definitions, elements, fields
from torq_gen.lint.facts.frame import Frame, Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    Class,
    External,
    Generated,
    MessageClass,
    Object,
    Thing,
    Tuple,
    Union,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


STATIC, OF_CLASS, PROPERTY = "static", "class", "property"


BASE = "[base]"
"""The cell of what a library's constructor made of an object of a class that derives from it."""


REGISTERED = ("registered",)
"""Its cell says whether `register` of any abstract class is used."""
METACLASSES = ("metaclasses",)
"""Its cell says whether any class of the project has a metaclass."""


def as_base(machine: Machine, base: Value, bases: tuple[Value, ...], span: Span) -> Value:
    """What a class derives from that names the value: an object says that itself."""
    if not any(isinstance(one, Object) for one in alternatives(base)):
        return base
    found: list[Value] = []
    for one in alternatives(base):
        asked = method(machine, one, "__mro_entries__") if isinstance(one, Object) else None
        given = Given(span, (Argument(Tuple(bases), span),))
        found.append(one if asked is None else elements.of(machine, machine.call(asked, given)))
    return join(found)


def ancestry(machine: Machine, cls: Class) -> tuple[Value, ...]:
    """A class and what it derives from, in the order in which attributes are sought."""
    known = machine.ancestries.get(cls)
    if known is not None:
        return known
    return ancestry_of(machine, cls, lambda: tuple(_linearised(machine, cls, ())))


def _linearised(machine: Machine, cls: Class, inside: tuple[Value, ...]) -> list[Value]:
    """Python's own order (C3); of classes that have none, depth first."""
    direct = [one for one in _direct(machine, cls) if one not in (*inside, cls)]
    orders = [_order_of(machine, one, (*inside, cls)) for one in direct]
    return [cls, *_merged([*orders, list(dict.fromkeys(direct))])]


def _direct(machine: Machine, cls: Class) -> list[Value]:
    """What a class derives from; of what it may derive from instead of each other, each.

    Those are `rivals`: what one of them has, does not hide what another one has.
    """
    stated = machine.heap.read(("bases", cls), "all")
    ways = [
        [base.of if isinstance(base, Union) else (base,) for base in way.items]
        if isinstance(way, Tuple)
        else [(way,)]
        for way in alternatives(stated or Tuple(()))
    ]
    for way in ways:
        held = {one for base in way for one in base}
        others = [one for other in ways for base in other for one in base if one not in held]
        for base in way:
            for one in base:
                rivals = [rival for rival in (*base, *others) if rival != one]
                if rivals:
                    machine.rivals.setdefault(one, {}).update(dict.fromkeys(rivals))
    return list(dict.fromkeys(one for way in ways for base in way for one in base))


def _order_of(machine: Machine, cls: Value, inside: tuple[Value, ...]) -> list[Value]:
    if not isinstance(cls, Class):
        return [cls]
    return list(ancestry_of(machine, cls, lambda: tuple(_linearised(machine, cls, inside))))


def _merged(orders: list[list[Value]]) -> list[Value]:
    """One order in which every given one holds, as far as there is one."""
    found: list[Value] = []
    left = [order for order in orders if order]
    while left:
        tails = {one for order in left for one in order[1:]}
        head = next((order[0] for order in left if order[0] not in tails), left[0][0])
        found.append(head)
        left = [[one for one in order if one != head] for order in left]
        left = [order for order in left if order]
    return found


def service_of(machine: Machine, cls: Class) -> str | None:
    """The service whose generated base a class derives from."""
    for base in ancestry(machine, cls):
        if isinstance(base, Generated):
            found = machine.contracts.service_of(base)
            if found is not None:
                return found
    return None


def in_classes(
    machine: Machine, classes: tuple[Value, ...], name: str
) -> tuple[Class, Value] | None:
    """The first class that has an attribute, and what it has there, or its rivals have."""
    read = machine.heap.read
    for place, cls in enumerate(classes):
        if cls.__class__ is Class:
            found = read(cls, name)
            if found is not None:
                if machine.rivals and not machine.rivals.keys().isdisjoint(classes[: place + 1]):
                    key = ("in rivals", classes, place, name)
                    others = partial(_in_rivals, machine, classes, place, name)
                    found = join((found, machine.runs.found(key, others)))
                return cls, found
    return None


def _in_rivals(machine: Machine, classes: tuple[Value, ...], place: int, name: str) -> Value:
    """What those have that may stand in the place of one of the first so many classes."""
    found: list[Value] = []
    behind = set(classes[place + 1 :])
    passed, waiting = list(classes[: place + 1]), list[Value]()
    while passed or waiting:
        if not passed:
            rival = waiting.pop()
            behind.discard(rival)
            order = ancestry(machine, rival) if isinstance(rival, Class) else ()
            held = ((one, machine.heap.read(one, name)) for one in order)
            for one, value in held:
                passed.append(one)
                if value is not None:
                    found.append(value)
                    break
        waiting += (o for one in passed for o in machine.rivals.get(one, ()) if o in behind)
        passed.clear()
    return join(found)


def method(machine: Machine, value: Object, name: str) -> Value | None:
    """A method that an object's class defines, bound; None when it defines none."""
    found = in_classes(machine, ancestry(machine, value.cls), name)
    return None if found is None else binding.bound(machine, found[1], value)


def special(machine: Machine, value: Value, name: str) -> Value | None:
    """What Python itself calls: a method of an object's class, or of a class's own class."""
    if isinstance(value, Object):
        return method(machine, value, name)
    meta = metaclass_of(machine, ancestry(machine, value)) if isinstance(value, Class) else None
    if meta is None:
        return None
    found = in_classes(machine, ancestry(machine, meta), name)
    return None if found is None else binding.bound(machine, found[1], value)


def base_thing(machine: Machine, value: Object | Class, order: tuple[Value, ...]) -> Thing | None:
    """The library's type that a class of the project derives from, if one is modelled."""
    made = machine.heap.read(value, BASE) if isinstance(value, Object) else None
    if isinstance(made, Thing):
        return made
    for base in order:
        if isinstance(base, Thing):
            return base
        own = machine.libraries.made_by(base.path) if isinstance(base, External) else None
        if own is not None:
            return Thing(own)
    return None


def ancestry_of(
    machine: Machine, cls: Class, find: Callable[[], tuple[Value, ...]]
) -> tuple[Value, ...]:
    """A class's ancestry, found once a round."""
    found = machine.ancestries.get(cls)
    if found is None:
        found = machine.ancestries[cls] = find()
    return found


def metaclass_of_base(machine: Machine, base: Value) -> Class | None:
    """The metaclass of a base class that a call of the metaclass made."""
    if isinstance(base, Object) and External("builtins.type") in ancestry(machine, base.cls):
        return base.cls
    return None


def metaclass_of(machine: Machine, order: Sequence[Value]) -> Class | None:
    """The class of a class with this ancestry, if that is one of the project's."""
    if machine.heap.read(METACLASSES, "any") is None:
        return None
    for base in order:
        meta = machine.heap.read(("bases", base), "metaclass") if isinstance(base, Class) else None
        for one in alternatives(meta) if meta is not None else ():
            if isinstance(one, Class):
                return one
    return None


def fields_of(machine: Machine, cls: Class, order: Sequence[Value]) -> dict[str, Value | None]:
    """The fields of a class whose ``__init__`` is made from them, with their defaults."""
    by_base = any(
        isinstance(c, External) and c.path.startswith(definitions.FIELD_BASES) for c in order
    )
    if not by_base and not _is_decorated(machine, order):
        return {}
    found: dict[str, Value | None] = {}
    for base in reversed(order):
        if not isinstance(base, Class):
            continue
        if by_base or _is_decorated(machine, ancestry(machine, base)):
            machine.heap.names(("annotations", base))
            stated = fields.stated(base.code.node)
            bare = (name for name, one in stated.items() if one is not None and not one.annotated)
            for name in (*machine.annotations.get(base, {}), *bare):
                if "." not in name and stated.get(name, _ANY_FIELD) is not None:
                    found[name] = machine.heap.read(base, name)
    return found


def _is_decorated(machine: Machine, order: Sequence[Value]) -> bool:
    """Whether a decorator makes fields of what a class with this ancestry annotates."""
    return any(base in machine.with_fields for base in order)


_ANY_FIELD = fields.Field(())


def field_names(machine: Machine, cls: Class | MessageClass) -> tuple[str, ...]:
    """The fields by position, for a pattern."""
    if isinstance(cls, MessageClass):
        return ()
    order = ancestry(machine, cls)
    stated = in_classes(machine, order, "__match_args__")
    listed = stated[1].items if stated is not None and isinstance(stated[1], Tuple) else ()
    names = [one.exact for one in listed if isinstance(one, Text)]
    return tuple(name or "" for name in names) or tuple(
        name for name in fields_of(machine, cls, order) if fields.of(order, name).by_place
    )


def declared(machine: Machine, cls: Class, order: Sequence[Value], name: str) -> Value | None:
    """What an attribute's annotation says, in the class or where ``self`` gets it."""
    for base in order:
        if not isinstance(base, Class):
            continue
        machine.heap.names(("annotations", base))
        stated = machine.annotations.get(base, {})
        for key in (name, f"self.{name}"):
            if key in stated:
                node, frame = stated[key]
                return machine.annotated(node, frame)
    return None


def annotate(machine: Machine, cls: Class, name: str, node: ast.expr, frame: Frame) -> None:
    """Keeps the annotation of a class's variable, or the first one of ``self.<attribute>``."""
    stated = machine.annotations.setdefault(cls, {})
    if name not in stated or frame.body_of is not None:
        stated[name] = (node, frame)
    machine.heap.write(("annotations", cls), name, DATA)
