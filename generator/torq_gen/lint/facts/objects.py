"""Objects of the project's classes where Python asks them: subscripts, descriptors, namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    assigning,
    attributes,
    binding,
    classes,
    collection_methods,
    collections_,
    instances,
    members,
)
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.heap import ANY_ATTRIBUTE, OF_ALL_OBJECTS
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    NOTHING,
    Bound,
    Class,
    Container,
    External,
    Function,
    Module,
    Object,
    Thing,
    ThingMethod,
    Tuple,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

NAMESPACE = "builtins.__dict__"
SHARED = (OF_ALL_OBJECTS, "shared")
"""Its cell says whether any object was given a dictionary for its attributes."""
_NAMES = "[names]"
"""The cell of the dictionary that an object was given for its attributes."""
_KINDS = {
    "builtins.list": "list",
    "builtins.set": "set",
    "builtins.dict": "dict",
    "collections.deque": "list",
    "collections.OrderedDict": "dict",
    "collections.defaultdict": "dict",
    "collections.UserDict": "dict",
    "collections.UserList": "list",
    "asyncio.Queue": "queue",
    "queue.Queue": "queue",
}


def collection_of(machine: Machine, value: Object | Class) -> Container | None:
    """What an object holds whose class derives from a list, a dictionary, a queue.

    All objects of a class are taken for one: each may be any of them.
    """
    cls = value.cls if isinstance(value, Object) else value
    for base in classes.ancestry(machine, cls):
        kind = _KINDS.get(base.path) if isinstance(base, External) else None
        if kind is not None:
            return Container(kind, cls.code.name_span)
    return None


def tuple_of(machine: Machine, value: Value) -> Value:
    """The tuple that an object of a ``NamedTuple`` is; anything else as it is."""
    if not isinstance(value, Object):
        return value
    order = classes.ancestry(machine, value.cls)
    if External("typing.NamedTuple") not in order:
        return value
    nowhere = value.cls.code.name_span
    names = classes.fields_of(machine, value.cls, order)
    return Tuple(tuple(members.read(machine, value, name, nowhere) for name in names))


def is_typed_dictionary(machine: Machine, value: Value) -> bool:
    """Whether an object is a dictionary whose keys its class annotates."""
    if not isinstance(value, Object):
        return False
    order = classes.ancestry(machine, value.cls)
    return any(isinstance(base, External) and base.path.endswith(".TypedDict") for base in order)


def described(machine: Machine, found: Value, owner: Object, span: Span) -> Value:
    """What a class's attribute gives when it is read from an object: a descriptor is asked."""
    results: list[Value] = []
    for one in alternatives(found):
        method = _getter(machine, one)
        if method is None:
            results.append(one)
        else:
            given = (Argument(owner, span), Argument(owner.cls, span))
            results.append(machine.call(method, Given(span, given)))
    return join(results)


def _getter(machine: Machine, value: Value) -> Value | None:
    """The ``__get__`` of a descriptor: of the project's, or of a library's that is described."""
    if isinstance(value, Object):
        return classes.method(machine, value, "__get__")
    if isinstance(value, Thing) and machine.libraries.method(value, "__get__") is not None:
        return ThingMethod(value, "__get__")
    return None


def described_by_class(machine: Machine, found: Value, cls: Class, span: Span) -> Value | None:
    """What a library's descriptor gives when it is read from the class; None when it is none."""
    for one in alternatives(found):
        if isinstance(one, Thing) and machine.libraries.method(one, "__get__") is not None:
            given = (Argument(NONE, span), Argument(cls, span))
            return machine.call(ThingMethod(one, "__get__"), Given(span, given))
    return None


def told_to_set(
    machine: Machine, owner: Object | Class, name: str, value: Value, span: Span
) -> bool:
    """Whether a method of the class (of a class: of its own class) takes an assignment."""
    argument = Argument(value, span)
    for wanted, given in (
        (f"{name}.setter", (argument,)),
        ("__setattr__", (Argument(Text((name,)), span), argument)),
    ):
        found = classes.special(machine, owner, wanted)
        if found is not None:
            machine.call(found, Given(span, given))
            return True
    if isinstance(owner, Class):
        return False
    order = classes.ancestry(machine, owner.cls)
    held = classes.in_classes(machine, order, name)
    taken = False
    for one in alternatives(held[1]) if held is not None else ():
        if isinstance(one, Thing) and one.type == binding.MADE_PROPERTY:
            setter = one.get("set")
            if setter is not None:
                machine.call(Bound(setter, owner), Given(span, (argument,)))
                taken = True
            continue
        method = classes.method(machine, one, "__set__") if isinstance(one, Object) else None
        if method is not None:
            machine.call(method, Given(span, (Argument(owner, span), argument)))
            taken = True
    return taken


def told_to_delete(machine: Machine, owner: Value, name: str, span: Span) -> None:
    """Runs the methods that ``del owner.name`` calls."""
    instances.note_deleted(machine, name)
    for one in alternatives(owner):
        for wanted, given in (
            (f"{name}.deleter", ()),
            ("__delattr__", (Argument(Text.of((name,)), span),)),
        ):
            found = classes.special(machine, one, wanted)
            if found is not None:
                machine.call(found, Given(span, given))
        if isinstance(one, Object):
            _descriptor_deletes(machine, one, name, span)


def _descriptor_deletes(machine: Machine, owner: Object, name: str, span: Span) -> None:
    held = classes.in_classes(machine, classes.ancestry(machine, owner.cls), name)
    for one in alternatives(held[1]) if held is not None else ():
        method = classes.special(machine, one, "__delete__")
        if isinstance(one, Thing) and one.type == binding.MADE_PROPERTY:
            deleter = one.get("del")
            method = None if deleter is None else Bound(deleter, owner)
            machine.call(method or NONE, Given(span))
        elif method is not None:
            machine.call(method, Given(span, (Argument(owner, span),)))


# Namespaces: ``vars(x)``, ``x.__dict__``, ``globals()``.


def namespace(of: Value) -> Thing:
    """The dictionary of an object's or module's names."""
    return Thing(NAMESPACE, (("of", of),))


def entry(machine: Machine, names: Thing, key: Value, span: Span) -> Value:
    """What a namespace holds under a key."""
    owner = names.get("of") or NOTHING
    found = [
        _named(machine, owner, one.exact, span)
        if isinstance(one, Text) and one.exact is not None
        else whole(machine, names, span)
        for one in alternatives(key)
    ]
    return join(found)


def _named(machine: Machine, owner: Value, name: str, span: Span) -> Value:
    """What a namespace holds under a name: of an object, past what its class says of reading."""
    own = attributes.own(machine, owner, name) if isinstance(owner, Object) else None
    return members.read(machine, owner, name, span) if own is None else own


def put(machine: Machine, names: Thing, key: Value, value: Value, span: Span) -> None:
    """An assignment to an entry of a namespace."""
    owner = names.get("of") or NOTHING
    for one in alternatives(key):
        known = one.exact if isinstance(one, Text) else None
        if known is not None and isinstance(owner, Object):
            assigning.write_own(machine, owner, known, value)
        elif known is not None:
            machine.assign(owner, known, value, span)
        elif isinstance(owner, Object | Class | Module):
            assigning.write_any(machine, owner, value)
        else:
            machine.hand_over(value, span, "a name that is computed")


_DELETING = ("__delitem__", "clear", "pop", "popitem")


def call(machine: Machine, names: Thing, name: str, given: Given) -> Value:
    """A method of a namespace."""
    if name in ("update", "__ior__"):
        update(machine, names, given)
        return names
    if name in ("__setitem__", "setdefault"):
        key = given.argument(0, "key")
        value = given.argument(1, "default")
        stated = DATA if key is None else key.value
        if value is not None:
            put(machine, names, stated, value.value, given.span)
        return entry(machine, names, stated, given.span)
    if name in _DELETING:
        key = given.argument(0, "key")
        for one in alternatives(DATA if key is None else key.value):
            known = one.exact if isinstance(one, Text) else None
            instances.note_deleted(machine, ANY_ATTRIBUTE if known is None else known)
    if name in ("get", "__getitem__") and given.positional:
        default = given.positional[1].value if len(given.positional) > 1 else NONE
        return join((entry(machine, names, given.positional[0].value, given.span), default))
    return whole(machine, names, given.span)


def update(machine: Machine, names: Thing, given: Given) -> None:
    """What ``update`` of a namespace is called with."""
    made = Container("dict", given.span)
    collection_methods.method(machine, made, "update", given)
    for key, value in collections_.cells(machine, made):
        put(machine, names, key, value, given.span)


def whole(machine: Machine, names: Thing, span: Span) -> Value:
    """Any entry of a namespace: whose, nobody can tell."""
    owner = names.get("of") or NOTHING
    held = machine.heap.all(owner.code if isinstance(owner, Module) else owner)
    if isinstance(owner, Class):  # its methods get no object by their names alone
        held = join([one for one in alternatives(held) if not isinstance(one, Function)])
    machine.hand_over(held, span, "a name that is computed")
    return join((held, Unknown("its name is computed")))


def share(machine: Machine, owner: Object, value: Value) -> None:
    """What an object gets for its ``__dict__``, others may have too; or it is one itself."""
    machine.heap.write(SHARED, "any", DATA)
    for one in alternatives(value):
        held = collection_of(machine, one) if isinstance(one, Object) else one
        if held is not None:
            machine.heap.write(owner, _NAMES, held)


def in_shared(machine: Machine, owner: Object, name: str) -> Iterator[Value]:
    """What stands under a name in the dictionaries that an object got for its ``__dict__``."""
    for names in alternatives(machine.heap.read(owner, _NAMES) or NOTHING):
        of = names.get("of") if isinstance(names, Thing) else None
        found: Value | None = None
        if isinstance(names, Container):
            found = collections_.entry(machine, names, Text.of((name,)))
        elif isinstance(of, Object):
            found = machine.heap.read(of, name)
        if found is not None and found != NOTHING:
            yield found


def put_shared(machine: Machine, owner: Object, name: str, value: Value) -> None:
    """Puts an attribute into the dictionaries that an object got for its ``__dict__``."""
    for names in alternatives(machine.heap.read(owner, _NAMES) or NOTHING):
        of = names.get("of") if isinstance(names, Thing) else None
        if isinstance(names, Container):
            collections_.put(machine, names, Text.of((name,)), value)
        elif isinstance(of, Object):
            machine.heap.write(of, name, value)
