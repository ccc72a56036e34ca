"""Attributes of values: reading, writing, and the order in which classes are searched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import collections_, objects, service
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    NOTHING,
    Amount,
    BaseMethod,
    Bound,
    Class,
    Container,
    External,
    Function,
    Generated,
    Items,
    Literal,
    MessageClass,
    MessageValue,
    Module,
    Object,
    Partial,
    Plain,
    Super,
    Thing,
    ThingMethod,
    Tuple,
    Union,
    Unknown,
    Value,
    alternatives,
    join,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

OF_MEMBERS = ("members",)
"""The cells of what enums define beside their members; a member is the value that it stands for."""
READER = "__getattribute__"
OWN_READERS = ("readers",)
"""Its cell says whether any class has its own way to read attributes."""
ANY_NAME = "?"
"""The cell of what was assigned to an object's attribute of a name that is computed."""
MADE_PROPERTY = "builtins.property"
"""What ``property(get, set)`` makes: a thing with both."""
STATIC, OF_CLASS, PROPERTY = "static", "class", "property"
_MEMBER = ("value", "_value_")
"""Attributes of an enum's member, which stands for its value."""
BASE = "[base]"
"""The cell of what a library's constructor made of an object of a class that derives from it."""


def read(machine: Machine, value: Value, name: str, span: Span) -> Value:
    """What reading an attribute gives, joined over all alternatives."""
    if value.__class__ is not Union:
        return _read(machine, value, name, span)
    machine.work(len(value.of))
    found = [_read(machine, one, name, span) for one in alternatives(value)]
    return join(found) if found else NOTHING


def _read(machine: Machine, value: Value, name: str, span: Span) -> Value:
    match value:
        case Object():
            return _of_object(machine, value, name, span)
        case Module():
            return of_module(machine, value, name)
        case External(path=path):
            return machine.libraries.value(f"{path}.{name}") or _of_external(value, path, name)
        case MessageValue():
            return _of_message(machine, value, name, span)
        case Generated() if name == "__dict__" and machine.contracts.service_of(value) is None:
            return objects.namespace(value)
        case Generated(path=path):
            return _of_generated(machine, value, f"{path}.{name}")
        case Class():
            return _of_class(machine, value, name, span)
        case Thing():
            return _of_thing(machine, value, name, span)
        case Super(receiver=receiver, above=above):
            return _of_super(machine, receiver, above, name, span)
        case MessageClass(name=own):
            if name in _MEMBER:
                return value
            return Text((own,)) if name == "__name__" else _of_data(machine, value, name, span)
        case Container(kind="namespace"):
            return collections_.entry(machine, value, Text.of((name,)))
        case Container() | Plain() | Amount() | Tuple() | Items() | Text() | Literal():
            return _of_data(machine, value, name, span)
        case Function() | Bound() | BaseMethod() | ThingMethod() | Partial():
            held = machine.heap.read(value, name)
            return _of_function(value, name) if held is None else held
    return value


DEEPEST_PATH = 8
"""Names in the dotted path of a library; what lies deeper is data that nobody describes."""
_OF_ITSELF = frozenset({"value", "_value_", "__dict__"})


def _of_external(value: External, path: str, name: str) -> Value:
    last = path.rpartition(".")[2]
    again = name == last or (name in _OF_ITSELF and last in _OF_ITSELF)
    if again and "(" in path:  # `copy.copy` and `time.time` are names of a module
        return value  # or else a loop that reads it again and again finds ever new values
    if path.count(".") > DEEPEST_PATH:
        return Unknown(f"it comes from the library {path.partition('.')[0]}")
    return External(f"{path}.{name}")


def _of_data(machine: Machine, value: Value, name: str, span: Span) -> Value:
    own = machine.heap.read(OF_MEMBERS, name)
    if own is not None:
        found = _method_value(machine, own, value, span)
        return join((found, BaseMethod(value, name))) if hasattr(str, name) else found
    if name in _MEMBER and isinstance(value, Text | Literal | Tuple):
        return value
    if name == "__class__":
        return DATA
    return BaseMethod(value, name)


def _of_function(value: Value, name: str) -> Value:
    if name in ("__call__", "__wrapped__", "func"):
        return value
    if name == "__func__":
        reason = "it is the function of a method that is not analysed"
        return value.function if isinstance(value, Bound) else Unknown(reason)
    if name == "__self__" and isinstance(value, Bound | BaseMethod | ThingMethod):
        return value.receiver
    if name in ("__name__", "__qualname__"):
        return Text((value.code.name,)) if isinstance(value, Function) else ANY_TEXT
    return DATA


def _of_message(machine: Machine, value: MessageValue, name: str, span: Span) -> Value:
    if name == "__class__":
        return MessageClass(value.name, value.struct)
    field = machine.contracts.field(value.name, name, struct=value.struct)
    if field is None and name in _MEMBER:
        return value
    return field if field is not None else _of_data(machine, value, name, span)


def _of_generated(machine: Machine, owner: Generated, path: str) -> Value:
    if machine.contracts.service_of(owner) is not None or machine.contracts.is_constant(owner):
        return BaseMethod(owner, path.rpartition(".")[2])
    return machine.contracts.value(path)


def of_module(machine: Machine, module: Module, name: str) -> Value:
    """A name of a module of the project."""
    code = module.code
    machine.run_module(code)
    found = machine.heap.read(code, name)
    if found is not None:
        return found
    inside = machine.program.module(f"{code.name}.{name}") if code.is_package else None
    if inside is not None:
        machine.run_module(inside)
        return Module(inside)
    if name == "__name__":
        return Text((code.name,))
    maker = machine.heap.read(code, "__getattr__")
    if maker is not None:
        return machine.call(maker, _given(Text((name,))))
    star = machine.heap.read(code, "*")
    if star is not None:
        return star
    if machine.is_running(code):
        return NOTHING
    return Unknown(f"`{code.name}` has no `{name}`", missing=True)


def _given(*values: Value) -> Given:
    nowhere = Span("", 0, 0, 0, 0)
    return Given(nowhere, tuple(Argument(value, nowhere) for value in values))


def public_names(machine: Machine, module: Value) -> Iterator[tuple[str, Value]]:
    """What ``import *`` takes from a module."""
    if isinstance(module, Module):
        machine.run_module(module.code)
        stated = machine.heap.read(module.code, "__all__")
        wanted = None if stated is None else collections_.elements(machine, stated)
        listed = (
            None if wanted is None else {getattr(v, "exact", None) for v in alternatives(wanted)}
        )
        for name in machine.heap.names(module.code):
            taken = not name.startswith("_") if listed is None else name in listed
            value = machine.heap.read(module.code, name)
            if taken and value is not None:
                yield name, value
    elif isinstance(module, Generated):
        yield from machine.contracts.all_names()


# Classes.


def ancestry(machine: Machine, cls: Class) -> tuple[Value, ...]:
    """A class and what it derives from, in the order in which attributes are sought."""
    return machine.ancestry_of(cls, lambda: tuple(_linearised(machine, cls, ())))


def _linearised(machine: Machine, cls: Class, inside: tuple[Value, ...]) -> list[Value]:
    """Python's own order (C3); of classes that have none, depth first."""
    bases = machine.heap.read(("bases", cls), "all")
    stated = bases.items if isinstance(bases, Tuple) else ()
    direct = [one for base in stated for one in alternatives(base) if one not in (*inside, cls)]
    orders = [_order_of(machine, one, (*inside, cls)) for one in direct]
    return [cls, *_merged([*orders, list(dict.fromkeys(direct))])]


def _order_of(machine: Machine, cls: Value, inside: tuple[Value, ...]) -> list[Value]:
    if not isinstance(cls, Class):
        return [cls]
    return list(machine.ancestry_of(cls, lambda: tuple(_linearised(machine, cls, inside))))


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
    """The first class that has an attribute, and what it has there."""
    for cls in classes:
        if isinstance(cls, Class):
            found = machine.heap.read(cls, name)
            if found is not None:
                return cls, found
    return None


def method(machine: Machine, value: Object, name: str) -> Value | None:
    """A method that an object's class defines, bound; None when it defines none."""
    found = in_classes(machine, ancestry(machine, value.cls), name)
    return None if found is None else _bound(machine, found[1], value)


def _bound(machine: Machine, found: Value, receiver: Value) -> Value:
    bound = []
    for one in alternatives(found):
        if isinstance(one, BaseMethod) and isinstance(one.receiver, Generated):
            bound.append(of_base(machine, receiver, one.name))
        elif isinstance(one, Thing) and one.type == "functools.partialmethod":
            bound.append(_with_receiver(one, receiver))
        elif isinstance(one, Thing) and one.type == MADE_PROPERTY:
            bound.append(_bound(machine, one.get("get") or NOTHING, receiver))
        elif isinstance(one, Container) and one.kind == "dispatch":
            bound.append(Bound(one, receiver))
        elif not isinstance(one, Function | Bound | Partial) or machine.kind_of(one) == STATIC:
            bound.append(one)
        elif machine.kind_of(one) == OF_CLASS:
            owner = receiver.cls if isinstance(receiver, Object) else receiver
            bound.append(Bound(one, owner))
        elif isinstance(one, Function):
            bound.append(Bound(one, receiver))
        else:
            bound.append(one)
    return join(bound)


def _with_receiver(method: Thing, receiver: Value) -> Value:
    """What ``partialmethod`` made, read from an object."""
    made = method.get("partial") or NOTHING
    return join(
        [
            Partial(one.function, (receiver, *one.positional), one.keywords)
            for one in alternatives(made)
            if isinstance(one, Partial)
        ]
    )


def _of_object(machine: Machine, value: Object, name: str, span: Span) -> Value:
    if name == "__class__":
        return value.cls
    if name == "__dict__":
        return objects.namespace(value)
    order = ancestry(machine, value.cls)
    if machine.heap.read(OWN_READERS, "any") is not None:
        reader = in_classes(machine, order, READER)
        if reader is not None:
            return machine.call(_bound(machine, reader[1], value), _given(Text((name,))))
    found = in_classes(machine, order, name)
    if found is not None and found[1] == NOTHING:
        found = None  # a dataclass's field without a default
    held = [] if found is None else _held(machine, found[1], value, span)
    if value.site is None:
        held += _overriding(machine, value, name, span)
    own = _own(machine, value, name)
    if own is not None:
        held.append(own)
    if held:
        return join(held)
    inherited = _inherited(machine, value, order, name, span)
    if isinstance(inherited, Unknown) and inherited.missing:
        return _own(machine, value, ANY_NAME) or inherited
    return inherited


def _held(machine: Machine, found: Value, value: Object, span: Span) -> list[Value]:
    """What an attribute of the class gives when it is read from an object."""
    if _is_method(machine, found):
        return [_method_value(machine, found, value, span)]
    return [objects.described(machine, found, value, span)]


def _overriding(machine: Machine, value: Object, name: str, span: Span) -> list[Value]:
    """What derived classes have instead; for an object that is only known to be of its class."""
    found: list[Value] = []
    for cls in alternatives(machine.heap.all(("derived", value.cls))):
        held = machine.heap.read(cls, name) if isinstance(cls, Class) else None
        if held is not None and held != NOTHING and isinstance(cls, Class):
            found += _held(machine, held, Object(cls, None), span)
    return found


def _own(machine: Machine, value: Object, name: str) -> Value | None:
    """What was assigned to the attribute; of an object that is any of its class, to any of them."""
    if value.site is not None:
        return machine.heap.read(value, name)
    found = [machine.heap.read(value, name)]
    found += [machine.heap.read(one, name) for one in machine.instances_of(value.cls)]
    known = [v for v in found if v is not None]
    return join(known) if known else None


def of_base(machine: Machine, value: Value, name: str) -> Value:
    """A method of the generated base class, bound to objects that are handed to it."""
    found: list[Value] = [
        BaseMethod(one, name)
        if isinstance(one, Object) and service_of(machine, one.cls) is not None
        else Unknown(f"`{name}` of a service's base class gets an object that is not known")
        for one in alternatives(value)
    ]
    return join(found) if found else NOTHING


def _is_method(machine: Machine, found: Value) -> bool:
    return any(isinstance(one, Function) or _is_bindable(one) for one in alternatives(found))


def _is_property(machine: Machine, value: Value) -> bool:
    """Whether reading it calls it."""
    if isinstance(value, Thing):
        return value.type == MADE_PROPERTY
    return isinstance(value, Function) and machine.kind_of(value) == PROPERTY


def _is_bindable(value: Value) -> bool:
    """Whether a class's attribute is bound to the object that it is read from, as functions are."""
    match value:
        case BaseMethod(receiver=Generated()):
            return True
        case Thing(type="functools.partialmethod" | "builtins.property"):
            return True
        case Container(kind="dispatch"):
            return True
    return False


def _method_value(machine: Machine, found: Value, receiver: Value, span: Span) -> Value:
    results = []
    for one in alternatives(found):
        bound = _bound(machine, one, receiver)
        called = _is_property(machine, one)
        results.append(machine.call(bound, Given(span)) if called else bound)
    return join(results)


def _inherited(
    machine: Machine, value: Object, order: tuple[Value, ...], name: str, span: Span
) -> Value:
    """An attribute that no class of the project defines."""
    maker = in_classes(machine, order, "__getattr__")
    if maker is not None:
        bound = _bound(machine, maker[1], value)
        return machine.call(bound, _given(Text((name,))))
    for base in order:
        if isinstance(base, Generated) and machine.contracts.service_of(base) is not None:
            if service.has(name):
                return service.attribute(value, name)
            continue
    thing = base_thing(machine, value, order)
    if thing is not None:
        return _of_base(machine, value, thing, name)
    declared = machine.declared(value.cls, order, name)
    if declared is not None:
        return declared
    collection = objects.collection_of(machine, value)
    if collection is not None:
        return BaseMethod(collection, name)
    outside = [base for base in order if not isinstance(base, Class | Generated)]
    if name.startswith("__") or outside:
        return BaseMethod(value, name)
    reason = f"`{value.cls.code.node.name}.{name}` is assigned nowhere that is analysed"
    return Unknown(reason, missing=True)


def base_thing(machine: Machine, value: Object | Class, order: tuple[Value, ...]) -> Thing | None:
    """The library's type that a class of the project derives from, if one is modelled."""
    made = machine.heap.read(value, BASE) if isinstance(value, Object) else None
    if isinstance(made, Thing):
        return made
    for base in order:
        if isinstance(base, Thing):
            return base
        known = machine.libraries.made_by(base.path) if isinstance(base, External) else None
        if known is not None:
            return Thing(known)
    return None


def _of_base(machine: Machine, owner: Object | Class, thing: Thing, name: str) -> Value:
    found = machine.libraries.attribute(thing, name)
    if found is None:
        return ThingMethod(thing, name, owner)
    return machine.result(found, machine.library_call(owner, name))


def _of_class(machine: Machine, cls: Class, name: str, span: Span) -> Value:
    if name in ("__name__", "__qualname__"):
        return Text((cls.code.node.name,))
    order = ancestry(machine, cls)
    found = in_classes(machine, order, name)
    thing = base_thing(machine, cls, order)
    if thing is not None and (found is None or not _is_method(machine, found[1])):
        model = machine.libraries.type(thing.type)
        asked = model.class_attribute if model is not None else None
        answer = asked(cls, name) if asked is not None else None
        if answer is not None:
            return answer
    if found is None:
        if thing is not None:
            return _of_base(machine, cls, thing, name)
        of_meta = _of_metaclass(machine, cls, order, name, span)
        if of_meta is not None:
            return of_meta
        for base in order:
            if isinstance(base, Generated) and machine.contracts.service_of(base) is not None:
                return BaseMethod(base, name)  # unbound: called with an object of the class
        return DATA if name == "__members__" else BaseMethod(cls, name)
    return _bound_to_class(machine, found[1], cls)


def _of_metaclass(
    machine: Machine, cls: Class, order: tuple[Value, ...], name: str, span: Span
) -> Value | None:
    """What the class of a class defines, if that is one of the project's."""
    for base in order:
        meta = machine.heap.read(("bases", base), "metaclass") if isinstance(base, Class) else None
        for one in alternatives(meta) if meta is not None else ():
            if isinstance(one, Class):
                found = in_classes(machine, ancestry(machine, one), name)
                return None if found is None else _method_value(machine, found[1], cls, span)
    return None


def _bound_to_class(machine: Machine, found: Value, cls: Class) -> Value:
    bound: list[Value] = []
    for one in alternatives(found):
        of_class = isinstance(one, Function) and machine.kind_of(one) == OF_CLASS
        bound.append(Bound(one, cls) if of_class else one)
    return join(bound)


def _of_super(machine: Machine, receiver: Value, above: Class, name: str, span: Span) -> Value:
    if isinstance(receiver, Object):
        order = ancestry(machine, receiver.cls)
    elif isinstance(receiver, Class):
        order = ancestry(machine, receiver)
    else:
        return Unknown("`super()` of an object that is not known")
    rest = order[order.index(above) + 1 :] if above in order else order[1:]
    found = in_classes(machine, rest, name)
    if found is not None:
        return _method_value(machine, found[1], receiver, span)
    if isinstance(receiver, Object):
        return _inherited(machine, receiver, rest, name, span)
    if name == "__new__":
        return External("builtins.object.__new__")
    return BaseMethod(receiver, name)


def _of_thing(machine: Machine, value: Thing, name: str, span: Span) -> Value:
    if value.type == "asyncio.Task":
        return ThingMethod(value, name)
    found = machine.libraries.attribute(value, name)
    if found is None:
        return ThingMethod(value, name)
    return machine.result(found, machine.library_call(value, name))


# Writing.


def write(machine: Machine, owner: Value, name: str, value: Value, span: Span) -> None:
    """An assignment to an attribute."""
    match owner:
        case Object() if name == "__dict__":
            objects.update(machine, objects.namespace(owner), Given(span, (Argument(value, span),)))
        case Object():
            if not objects.told_to_set(machine, owner, name, value, span):
                write_own(machine, owner, name, value)
                _tell_base(machine, owner, name, value, span)
        case Class():
            machine.heap.write(owner, name, value)
        case Module(code=code):
            machine.heap.write(code, name, value)
        case Super(receiver=receiver):
            write(machine, receiver, name, value, span)
        case Container(kind="namespace"):
            collections_.put(machine, owner, Text.of((name,)), value)
        case MessageValue() | Text() | Literal() | Plain() | Amount():
            return
        case Function() if not name.startswith("__"):
            machine.heap.write(owner, name, value)
        case External() | Thing() | Generated() | MessageClass() | ThingMethod() | Function():
            machine.patched(owner, name, value, span)
        case _:
            machine.hand_over(value, span, "an attribute of an object that is not known")


def write_own(machine: Machine, owner: Object, name: str, value: Value) -> None:
    """Gives an object's attribute a value; of an object that is any of its class, each of them."""
    machine.heap.write(owner, name, value)
    if owner.site is None:
        for one in machine.instances_of(owner.cls):
            machine.heap.write(one, name, value)


def _tell_base(machine: Machine, owner: Object, name: str, value: Value, span: Span) -> None:
    """A library's type that the object's class derives from may have to know."""
    thing = base_thing(machine, owner, ancestry(machine, owner.cls))
    model = None if thing is None else machine.libraries.type(thing.type)
    if model is None:
        return
    given = Given(span, (Argument(value, span),))
    assigned = model.assigned.get(name)
    if assigned is not None:
        machine.apply(assigned, f"{model.name}.{name}", owner, given)
    if model.stored is not None and not machine.in_constructor(owner):
        for fact in model.stored(machine.library_call(owner, name, given)):
            machine.note(fact)
