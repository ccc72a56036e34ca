"""Lists, sets, dictionaries, queues: what goes in is what may come out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    binding,
    classes,
    escape,
    library_calls,
    mixins,
    objects,
    operators,
    reflecting,
    strings,
    waiting,
)
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.heap import ELEMENT, KEY
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import MOST_ALTERNATIVES, alternatives, is_unknown, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    MORE,
    NONE,
    NOTHING,
    Amount,
    BaseMethod,
    Bound,
    Class,
    Container,
    External,
    Items,
    Literal,
    Module,
    Object,
    Plain,
    Thing,
    Tuple,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


SLICE = Plain("slice")
_INDEX = Plain("int")
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
        name = _cell(one)
        if one.__class__ is Object:
            sought(machine, container, one)
        machine.heap.write(container, name or ELEMENT, value)
        if name is None:
            machine.heap.write(container, KEY, one)


def sought(
    machine: Machine, container: Container, value: Value, span: Span = _NOWHERE.span
) -> None:
    """Something is sought in a list, set or dictionary: objects say what they equal."""
    operators.compared(machine, ast.In(), value, container, span)


def _cell(key: Value) -> str | None:
    """The name of a known key's cell: a prefix for its kind, then the key."""
    if isinstance(key, Text) and (known := key.exact) is not None:
        return f"s{known}"
    if isinstance(key, Literal):
        return _known_cell(key.value)
    return None


def _known_cell(key: int | float | complex | bytes | None) -> str:
    """One name for all keys that are equal: 1, 1.0 and True are."""
    if isinstance(key, float | complex) and key == key.real and key.real.is_integer():
        key = int(key.real)
    elif isinstance(key, bool):
        key = int(key)
    return f"{type(key).__name__[0]}{key!r}"


def _key(cell: str) -> Value:
    return Text.of((cell[1:],)) if cell[0] == "s" else DATA


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
        else:
            for pair in alternatives(elements(machine, one)):
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
    for key in alternatives(elements(machine, listed)):
        put(machine, container, key, item(machine, mapping, key, _NOWHERE.span))


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
        put(machine, container, DATA, elements(machine, pair))


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
        fill(machine, container, (elements(machine, other),))
    return container


def elements(machine: Machine, value: Value) -> Value:
    """What iterating gives, joined over all alternatives."""
    found = [_elements(machine, one) for one in alternatives(value)]
    return join(found) if found else NOTHING


def _elements(machine: Machine, value: Value) -> Value:
    match value:
        case Items(item=item):
            return item
        case Tuple(items=items):
            return join(items) if items else NOTHING
        case Container(kind="dict"):
            return keys(machine, value)
        case Container():
            return machine.heap.all(value)
        case Text() | Plain(type="str"):
            return ANY_TEXT
        case Unknown():
            return value
        case External(path=path) if "(" in path:
            return value
        case Object():
            return _iterated(machine, value)
        case Thing(type=objects.NAMESPACE):
            return ANY_TEXT
        case Thing(type=waiting.CONTEXT):
            return elements(machine, waiting.of_context(machine, value, "__iter__", _NOWHERE))
        case Thing():
            return library_calls.item_of(machine, value)
        case Class():
            return _of_class(machine, value)
        case BaseMethod(receiver=Container() as held):
            return join((held, machine.heap.all(held)))  # `maps` and the like: what it holds
        case Amount():
            return value
    return NOTHING if value == NONE else DATA


def _of_class(machine: Machine, cls: Class) -> Value:
    """What iterating over a class gives: an enum's members, or what its metaclass says."""
    if classes.special(machine, cls, "__iter__") is not None:
        return _iterated(machine, cls)
    return join([v for _, v in classes.members_of(machine, cls)] or [DATA])


def _iterated(machine: Machine, value: Object | Class, around: tuple[Value, ...] = ()) -> Value:
    """What iterating over an object gives; ``around`` are those whose iterator it may be."""
    passed = (*around, value)
    for name in ("__iter__", "__aiter__"):
        method = classes.special(machine, value, name)
        if method is not None:
            return step(machine, machine.call(method, _NOWHERE), passed)
    whole = objects.tuple_of(machine, value)
    collection = objects.collection_of(machine, value)
    if isinstance(whole, Tuple) or collection is not None:
        return elements(machine, whole if collection is None else collection)
    by_place = classes.special(machine, value, "__getitem__")
    if by_place is not None:
        return machine.call(by_place, Given(_NOWHERE.span, (Argument(_INDEX, _NOWHERE.span),)))
    return step(machine, value, passed)


def step(machine: Machine, value: Value, around: tuple[Value, ...] = ()) -> Value:
    """What ``next`` gives of an iterator; ``around`` are those that are iterated over already."""
    found: list[Value] = []
    for one in alternatives(value):
        asked = [classes.special(machine, one, name) for name in ("__next__", "__anext__")]
        own = [machine.call(method, _NOWHERE) for method in asked if method is not None]
        if own or not isinstance(one, Object | Class):
            found += own or [elements(machine, one)]
            continue
        if isinstance(one, Object) and mixins.is_abstract(machine, one):
            given = mixins.step(machine, one, _NOWHERE)
            if given != NOTHING:
                found.append(given)
                continue
        iterable = classes.special(machine, one, "__iter__") or objects.collection_of(machine, one)
        is_idle = iterable is None or one in around
        found.append(_not_iterated(one) if is_idle else _iterated(machine, one, around))
    return join(found) if found else NOTHING


def _not_iterated(value: Object | Class) -> Value:
    cls = value.cls if isinstance(value, Object) else value
    return Unknown(f"`{cls.code.node.name}` is iterated by code that is not analysed")


def keys(machine: Machine, container: Container) -> Value:
    """A dictionary's keys."""
    names = [name for name in machine.heap.names(container) if name not in (ELEMENT, KEY)]
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


def subscript(machine: Machine, value: Value, key: Value, span: Span) -> Value:
    """What subscripting gives, joined over all alternatives."""
    found = [item(machine, one, key, span) for one in alternatives(value)]
    return join(found) if found else NOTHING


def item(machine: Machine, value: Value, key: Value, span: Span) -> Value:
    """What subscripting one value gives."""
    match value:
        case Tuple(items=items):
            return _place(items, key)
        case Container(kind="dict" | "namespace"):
            return entry(machine, value, key)
        case Container():
            return copied(machine, value, span) if key == SLICE else machine.heap.all(value)
        case Items(item=one):
            return value if key == SLICE else one
        case Text():
            return ANY_TEXT
        case Unknown():
            return value
        case Class():
            return _class_item(machine, value, key, span)
        case BaseMethod(receiver=Container() as held):
            return join((held, machine.heap.all(held)))
        case External(path="os.environ"):
            return strings.environment(key)
        case External(path="builtins") if isinstance(key, Text) and key.exact:
            return External(f"builtins.{key.exact}")
        case External(path=path) if path.endswith(".__dict__"):
            named = (Argument(External(path.removesuffix(".__dict__")), span), Argument(key, span))
            return reflecting.named(machine, Given(span, named))
        case External(path="typing.Union" | "typing.Optional"):
            options = key.items if isinstance(key, Tuple) else (key,)
            stated = join([machine.instance_of(one) for one in options])
            return Thing("typing.Alias", (("of", stated),))
        case External():
            return value  # list[int]: a type; or what a library gave
        case Thing(type=objects.NAMESPACE):
            return objects.entry(machine, value, key, span)
        case Object() | Thing():
            whole = objects.tuple_of(machine, value)
            if isinstance(whole, Tuple):
                return _place(whole.items, key)
            if objects.is_typed_dictionary(machine, value):
                return objects.entry(machine, objects.namespace(value), key, span)
            asked = [machine.attribute(value, "__getitem__", span)]
            missing = machine.method(value, "__missing__") if isinstance(value, Object) else None
            asked += [] if missing is None else [missing]
            given = Given(span, (Argument(key, span),))
            return join([machine.call(method, given) for method in asked])
    return NOTHING if value == NONE else DATA


def _class_item(machine: Machine, cls: Class, key: Value, span: Span) -> Value:
    """A class with parameters is the class, unless it or its metaclass says what it is."""
    order = classes.ancestry(machine, cls)
    if classes.is_enum(machine, order):
        return _member(machine, cls, key)
    given = Given(span, (Argument(key, span),))
    asked = binding.of_metaclass(machine, cls, order, "__getitem__", span)
    if asked is not None:
        return machine.call(asked, given)
    own = classes.in_classes(machine, order, "__class_getitem__")
    if own is None:
        return cls
    made = machine.call(Bound(own[1], cls), given)
    kept = [one for one in alternatives(made) if not is_unknown(one)]
    return join(kept) if kept else cls


def _member(machine: Machine, enum: Class, key: Value) -> Value:
    """An enum's member by its name."""
    names = [one.exact if isinstance(one, Text) else None for one in alternatives(key)]
    held = [machine.heap.read(enum, name) for name in names if name is not None]
    known = [one for one in held if one is not None]
    if len(known) < len(names):
        known += [value for _, value in classes.members_of(machine, enum)]
    return join(known) if known else DATA


def _place(items: tuple[Value, ...], key: Value) -> Value:
    if isinstance(key, Literal) and isinstance(key.value, int):
        return items[key.value] if -len(items) <= key.value < len(items) else NOTHING
    if key == SLICE:
        return Items(join(items)) if items else Tuple(())
    return join(items) if items else NOTHING


def entry(machine: Machine, container: Container, key: Value) -> Value:
    """What a dictionary holds under a key; all that it holds, when the key is not known."""
    found: list[Value] = []
    for one in alternatives(key):
        name = _cell(one)
        if name is None:
            if one.__class__ is Object:
                sought(machine, container, one)
            return machine.heap.all(container)
        exact = machine.heap.read(container, name)
        loose = machine.heap.read(container, ELEMENT)
        found += [v for v in (exact, loose) if v is not None]
    return join(found) if found else NOTHING


def put_item(machine: Machine, owner: Value, key: Value, value: Value, span: Span) -> None:
    """An assignment to an element."""
    match owner:
        case Container(kind="dict" | "namespace"):
            put(machine, owner, key, value)
        case Container():
            held = elements(machine, value) if key == SLICE else value
            fill(machine, owner, (held,))
        case Thing(type=objects.NAMESPACE):
            objects.put(machine, owner, key, value, span)
        case Object() | Thing() | Class():
            _call_special(machine, owner, "__setitem__", span, key, value)
        case External(path=path) if path.endswith(".__dict__"):
            escape.patched(
                machine, External(path.removesuffix(".__dict__")), "__dict__", value, span
            )
        case Unknown() | External():
            machine.hand_over(value, span, "an object that is not known")


def delete_item(machine: Machine, owner: Value, key: Value, span: Span) -> None:
    """``del owner[key]``: of a project's or library's object, a call."""
    if isinstance(owner, Object | Thing | Class):
        _call_special(machine, owner, "__delitem__", span, key)


def _call_special(machine: Machine, owner: Value, name: str, span: Span, *given: Value) -> None:
    """Calls what Python asks of an object or thing; of a class, what its own class has."""
    if isinstance(owner, Class):
        method = classes.special(machine, owner, name)
    else:
        method = machine.attribute(owner, name, span)
    if method is not None:
        machine.call(method, Given(span, tuple(Argument(value, span) for value in given)))


def cells(machine: Machine, made: Container) -> Iterator[tuple[Value, Value]]:
    """A dictionary's keys, each with what may be under it."""
    for name in machine.heap.names(made):
        value = machine.heap.read(made, name)
        if value is None or name == KEY:
            continue
        yield (machine.heap.read(made, KEY) or DATA if name == ELEMENT else _key(name)), value
