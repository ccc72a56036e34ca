"""Lists, sets, dictionaries, queues: what goes in is what may come out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import classes, elements, objects, operators, subscripts
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.heap import ELEMENT, KEY
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import MOST_ALTERNATIVES, alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    MORE,
    NOTHING,
    Class,
    Container,
    External,
    Literal,
    MessageClass,
    Module,
    Object,
    Plain,
    Thing,
    Tuple,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


_NOWHERE = Given(Span("", 0, 0, 0, 0))


def fill(machine: Machine, container: Container, values: Iterable[Value]) -> None:
    """Puts values into a list, set or queue."""
    for value in values:
        if value == NOTHING:
            continue
        if container.kind == "set":
            for one in alternatives(value):
                if one.__class__ is Object:
                    sought(machine, container, one)
        machine.heap.write(container, ELEMENT, value)


def put(machine: Machine, container: Container, key: Value, value: Value) -> None:
    """Puts a value under a key of a dictionary."""
    for one in alternatives(key):
        name = _cell(machine, one)
        if one.__class__ is Object:
            sought(machine, container, one)
        machine.heap.write(container, name or ELEMENT, value)
        if name is None or name[0] == _OF_CLASS:
            machine.heap.write(container, KEY, one)


def sought(
    machine: Machine, container: Container, value: Value, span: Span = _NOWHERE.span
) -> None:
    """Something is sought in a list, set or dictionary: objects say what they equal."""
    operators.compared(machine, ast.In(), value, container, span)


_OF_CLASS = "@"
"""How the names of cells begin whose key is a class; the keys themselves are those of `KEY`."""


def _cell(machine: Machine, key: Value) -> str | None:
    """The name of a known key's cell: a prefix for its kind, then the key."""
    if isinstance(key, Text) and (known := key.exact) is not None:
        return f"s{known}"
    if isinstance(key, Literal):
        return _known_cell(key.value)
    if isinstance(key, Class) and classes.special(machine, key, "__eq__") is None:
        return f"{_OF_CLASS}{key.code.dotted_name}:{key.code.node.lineno}:{key.scope}"
    return f"{_OF_CLASS}{key.name}" if isinstance(key, MessageClass) else None


def _known_cell(key: int | float | complex | bytes | None) -> str:
    """One name for all keys that are equal: 1, 1.0 and True are."""
    if isinstance(key, float | complex) and key == key.real and key.real.is_integer():
        key = int(key.real)
    elif isinstance(key, bool):
        key = int(key)
    return f"{type(key).__name__[0]}{key!r}"


def _key(cell: str) -> Value:
    return Text.of((cell[1:],)) if cell[0] == "s" else DATA


_ENVIRONMENT = (External("os.environ"), External("os.environb"))


def update(machine: Machine, container: Container, other: Value) -> None:
    """Puts all of another dictionary, or of pairs of key and value, into one."""
    for one in alternatives(other):
        whole = objects.collection_of(machine, one) if isinstance(one, Object) else one
        if isinstance(whole, Container) and whole.kind == "dict":
            _put_all(machine, container, whole)
        elif isinstance(one, Thing) and one.type == objects.NAMESPACE:
            _put_names(machine, container, one.get("of") or NOTHING)
        elif isinstance(one, Object) and classes.special(machine, one, "keys") is not None:
            _put_mapping(machine, container, one)
        elif one in _ENVIRONMENT:
            put(machine, container, ANY_TEXT, ANY_TEXT)
        else:
            for pair in alternatives(elements.of(machine, one)):
                _put_pair(machine, container, pair)


def mapping(machine: Machine, value: Value, span: Span) -> Value:
    """The dictionary that ``**`` makes of an object with ``keys``; anything else as it is."""
    if not isinstance(value, Object) or classes.special(machine, value, "keys") is None:
        return value
    made = Container("dict", span)
    _put_mapping(machine, made, value)
    return made


def _put_mapping(machine: Machine, container: Container, mapping: Object) -> None:
    """What an object with ``keys`` and ``__getitem__`` holds, as Python asks it."""
    listed = machine.call(machine.attribute(mapping, "keys", _NOWHERE.span), _NOWHERE)
    for key in alternatives(elements.of(machine, listed)):
        put(machine, container, key, subscripts.item(machine, mapping, key, _NOWHERE.span))


def _put_all(machine: Machine, container: Container, other: Container) -> None:
    for name in machine.heap.names(other):
        value = machine.heap.read(other, name)
        if value is not None:
            machine.heap.write(container, name, value)


def _put_names(machine: Machine, container: Container, owner: Value) -> None:
    """The attributes of an object or the names of a module."""
    place = owner.code if isinstance(owner, Module) else owner
    for name in machine.heap.names(place):
        value = machine.heap.read(place, name)
        if value is not None:
            put(machine, container, Text.of((name,)), value)


def _put_pair(machine: Machine, container: Container, pair: Value) -> None:
    if isinstance(pair, Tuple) and len(pair.items) == 2:
        put(machine, container, *pair.items)
    elif pair != DATA:
        put(machine, container, DATA, elements.of(machine, pair))


def copied(machine: Machine, value: Container, span: Span) -> Container:
    """Another collection of the same elements; the same one, where nothing tells them apart."""
    made = Container(value.kind, span)
    if not span.file or made == value:
        return value
    _put_all(machine, made, value)
    return made


def joined(machine: Machine, container: Container, other: Value) -> Container:
    """The collection itself, with what another one holds."""
    if container.kind == "dict":
        update(machine, container, other)
    elif not isinstance(other, Plain | Literal | Text):
        fill(machine, container, (elements.of(machine, other),))
    return container


def keys(machine: Machine, container: Container) -> Value:
    """A dictionary's keys."""
    untold = (ELEMENT[0], _OF_CLASS)  # as in the cell of such keys
    names = [name for name in machine.heap.names(container) if name[0] not in untold]
    known = [MORE] if len(names) > MOST_ALTERNATIVES else [_key(name) for name in names]
    unknown = machine.heap.read(container, KEY)
    found = known if unknown is None else [*known, unknown]
    return join(found) if found else NOTHING


def entries(machine: Machine, value: Value) -> Mapping[str, Value] | None:
    """A dictionary's entries by text key; None when it is no dictionary or has other keys too."""
    if not isinstance(value, Container) or value.kind != "dict":
        return None
    names = machine.heap.names(value)
    if any(name in (ELEMENT, KEY) or name[0] != "s" for name in names):
        return None
    found = {name[1:]: machine.heap.read(value, name) for name in names}
    return {name: held for name, held in found.items() if held is not None}


def entry(machine: Machine, container: Container, key: Value) -> Value:
    """What a dictionary holds under a key; all that it holds, when the key is not known."""
    found: list[Value] = []
    for one in alternatives(key):
        name = _cell(machine, one)
        if name is None:
            if one.__class__ is Object:
                sought(machine, container, one)
            return machine.heap.all(container)
        if name[0] == _OF_CLASS:
            found.append(_of_class(machine, container, one, name))
            continue
        exact = machine.heap.read(container, name)
        loose = machine.heap.read(container, ELEMENT)
        found += [v for v in (exact, loose) if v is not None]
    return join(found) if found else NOTHING


def _of_class(machine: Machine, container: Container, key: Value, name: str) -> Value:
    """What is under a class, which may stand for any that derives from it; or all that there is."""
    known = alternatives(machine.heap.read(container, KEY) or NOTHING)
    if not all(isinstance(one, Class | MessageClass) for one in known):
        return machine.heap.all(container)
    derived = [
        _cell(machine, one)
        for one in known
        if isinstance(one, Class) and key in classes.ancestry(machine, one)
    ]
    names = dict.fromkeys((name, *(one for one in derived if one is not None)))
    read = (machine.heap.read(container, one) for one in names)
    found = [value for value in read if value is not None]
    return join(found) if found else machine.heap.all(container)


def cells(machine: Machine, made: Container) -> Iterator[tuple[Value, Value]]:
    """A dictionary's keys, each with what may be under it."""
    for name in machine.heap.names(made):
        value = machine.heap.read(made, name)
        if value is None or name == KEY:
            continue
        told = name != ELEMENT and name[0] != _OF_CLASS
        yield (_key(name) if told else machine.heap.read(made, KEY) or DATA), value
