"""Attributes of the project's own objects and classes, read as Python finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    binding,
    classes,
    configured,
    enums,
    escape,
    instances,
    mixins,
    objects,
    raising,
    service,
)
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.heap import ANY_ATTRIBUTE, OF_ALL_OBJECTS, UNUSUAL
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    NOTHING,
    BaseMethod,
    Bound,
    Class,
    External,
    Function,
    Generated,
    Items,
    Object,
    Thing,
    ThingMethod,
    Tuple,
    Union,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

READER = "__getattribute__"
OWN_READERS = (OF_ALL_OBJECTS, "readers")
"""Its cell says whether any class has its own way to read attributes."""
UNKNOWN_OWNERS = (OF_ALL_OBJECTS, "unknown")
"""The cells of what was assigned to attributes of objects of which nothing is known."""


def given_of(*values: Value) -> Given:
    """The arguments of a call that no place in the code makes."""
    nowhere = Span("", 0, 0, 0, 0)
    return Given(nowhere, tuple(Argument(value, nowhere) for value in values))


def of_object(machine: Machine, value: Object, name: str, span: Span) -> Value:
    """An attribute of an object; its class may have its own way to read attributes."""
    if machine.heap.read(UNUSUAL, "any") is None:
        return _as_usual(machine, value, name, span)
    if machine.heap.read(OWN_READERS, "any") is not None:
        order = classes.ancestry(machine, value.cls)
        reader = classes.in_classes(machine, order, READER)
        if reader is not None:
            maker = classes.in_classes(machine, order, "__getattr__")  # if it gives up
            asked = [one[1] for one in (reader, maker) if one is not None]
            bound = [binding.bound(machine, one, value) for one in asked]
            return join([machine.call(one, given_of(Text((name,)))) for one in bound])
    return as_found(machine, value, name, span)


def _as_usual(machine: Machine, value: Object, name: str, span: Span) -> Value:
    """As `as_found`, of a method or of what was assigned to the very object."""
    if value.site is None or name[:2] == "__":
        return as_found(machine, value, name, span)
    order = classes.ancestry(machine, value.cls)
    found = classes.in_classes(machine, order, name)
    assigned = machine.heap.read(value, name)
    if found is None:
        return as_found(machine, value, name, span) if assigned is None else assigned
    plain = found[1].__class__ is Function and not machine.kinds.get(found[1])
    if not plain or _is_filled_elsewhere(machine, value, order):
        return as_found(machine, value, name, span)
    method = Bound(found[1], value)
    return method if assigned is None else join((method, assigned))


def as_found(machine: Machine, value: Object, name: str, span: Span) -> Value:
    """An attribute of an object, past what its class says of reading."""
    if name == "__class__":
        return value.cls
    if name in ("__cause__", "__context__"):
        return join([own(machine, value, name) or NOTHING, raising.raised(machine)])
    if name == "__dict__":
        return objects.namespace(value)
    order = classes.ancestry(machine, value.cls)
    found = classes.in_classes(machine, order, name)
    if found is not None and found[1].__class__ is Union and found[1] == NOTHING:
        found = None  # a dataclass's field without a default
    setting = configured.field(machine, value.cls, order, name)
    held = [] if found is None else _held(machine, found[1], value, span)
    plain = found is not None and held == [found[1]] and setting is None
    if plain and not _is_filled_elsewhere(machine, value, order):
        held = [] if instances.has_field(machine, value, order, name) else held
    defaults: list[Value] = []
    if setting is not None:
        defaults = [one for one in held if one.__class__ is Text]
        held = [*(one for one in held if one not in defaults), setting]
    elif held and _is_filled_elsewhere(machine, value, order):
        stated = classes.declared(machine, value.cls, order, name)
        held += [] if stated is None else [stated]
    if value.site is None:
        held += _overriding(machine, value, name, span)
    names = [name]
    if (held or plain) and found is not None and not binding.is_method(machine, found[1]):
        names.append(ANY_ATTRIBUTE)
    assigned = [own(machine, value, one) for one in names]
    held += [v for one in assigned if one is not None for v in alternatives(one)]
    if held:
        return join([one for one in held if one not in defaults])
    inherited = _inherited(machine, value, order, name, span)
    if isinstance(inherited, Unknown) and inherited.missing:
        computed = classes.in_classes(machine, order, ANY_ATTRIBUTE)
        held = [] if computed is None else _held(machine, computed[1], value, span)
        unnamed = own(machine, value, ANY_ATTRIBUTE)
        held += [] if unnamed is None else [unnamed]
        return join(held) if held else inherited
    return inherited


def _is_filled_elsewhere(machine: Machine, value: Object, order: tuple[Value, ...]) -> bool:
    """Whether a field's default is not all: it comes from the environment, or from who made it."""
    if any(map(configured.is_settings, order)):
        return True
    return value.site is None and bool(classes.fields_of(machine, value.cls, order))


def _held(machine: Machine, found: Value, value: Object, span: Span) -> list[Value]:
    """What an attribute of the class gives when it is read from an object."""
    if found.__class__ is Function and not machine.kinds.get(found):
        return [Bound(found, value)]
    if binding.is_method(machine, found):
        return [binding.method_value(machine, found, value, span)]
    return [objects.described(machine, found, value, span)]


def _overriding(machine: Machine, value: Object, name: str, span: Span) -> list[Value]:
    """What derived classes have instead; for an object that is only known to be of its class.

    They may have it from another base, which comes before the class or beside it.
    """
    own = classes.ancestry(machine, value.cls)
    found: list[Value] = []
    for cls in alternatives(machine.heap.all(("derived", value.cls))):
        if not isinstance(cls, Class):
            continue
        held = classes.in_classes(machine, classes.ancestry(machine, cls), name)
        if held is not None and held[0] not in own and held[1] != NOTHING:
            found += _held(machine, held[1], Object(cls, None), span)
        elif held is None and service.has(name) and machine.service_of(cls) is not None:
            found.append(service.attribute(Object(cls, None), name))
    return found


def own(machine: Machine, value: Object, name: str) -> Value | None:
    """What was assigned to the attribute; of an object that is any of its class, to any of them.

    What somebody does to an object that is not known, is done to all that code had which is not
    analysed: the project's own code may have got one of them back.
    """
    read = machine.heap.read
    assigned, of_unknown = read(value, name), read(UNKNOWN_OWNERS, name)
    is_shared = read(objects.SHARED, "any") is not None
    if value.site is not None and of_unknown is None and not is_shared:
        return assigned
    owners = [value]
    if value.site is None:
        owners += instances.instances_of(machine, value.cls)
    found = [read(one, name) for one in owners]
    if is_shared:
        found += [one for owner in owners for one in objects.in_shared(machine, owner, name)]
    if of_unknown is not None and _has_escaped(machine, value):
        found.append(of_unknown)
    known = [v for v in found if v is not None]
    return join(known) if known else None


def _has_escaped(machine: Machine, value: Object) -> bool:
    order = classes.ancestry(machine, value.cls)
    return any(machine.heap.read((escape.ESCAPED, cls), "any") is not None for cls in order)


def _inherited(
    machine: Machine, value: Object, order: tuple[Value, ...], name: str, span: Span
) -> Value:
    """An attribute that no class of the project defines."""
    maker = classes.in_classes(machine, order, "__getattr__")
    if maker is not None:
        bound = binding.bound(machine, maker[1], value)
        return machine.call(bound, given_of(Text((name,))))
    for base in order:
        if isinstance(base, Generated) and machine.contracts.service_of(base) is not None:
            service.note_private(machine, name, span)
            if service.has(name):
                return service.attribute(value, name)
            continue
    thing = classes.base_thing(machine, value, order)
    if thing is not None:
        return _of_base(machine, value, thing, name)
    declared = classes.declared(machine, value.cls, order, name)
    if declared is not None:
        return declared
    collection = objects.collection_of(machine, value)
    if collection is not None:
        method = BaseMethod(collection, name)
        is_open = mixins.is_open(machine, value, name)
        return join((method, BaseMethod(value, name))) if is_open else method
    outside = [base for base in order if not isinstance(base, Class | Generated)]
    if name == "args" and any(
        isinstance(base, External) and raising.is_error(base.path) for base in outside
    ):
        return raising.arguments(machine)
    if name.startswith("__") or outside:
        return BaseMethod(value, name)
    reason = f"`{value.cls.code.node.name}.{name}` is assigned nowhere that is analysed"
    return Unknown(reason, missing=True)


def _of_base(machine: Machine, owner: Object | Class, thing: Thing, name: str) -> Value:
    found = machine.libraries.attribute(thing, name)
    if found is None:
        return ThingMethod(thing, name, owner)
    return machine.result(found, machine.library_call(owner, name))


def of_class(machine: Machine, cls: Class, name: str, span: Span) -> Value:
    """An attribute of a class; its own class may have its own way to read attributes."""
    if machine.heap.read(OWN_READERS, "any") is not None:
        reader = classes.special(machine, cls, READER)
        if reader is not None:
            return machine.call(reader, given_of(Text((name,))))
    return class_as_found(machine, cls, name, span)


def class_as_found(machine: Machine, cls: Class, name: str, span: Span) -> Value:
    """An attribute of a class: its own, an inherited one, or one of its metaclass."""
    if name in ("__name__", "__qualname__"):
        return Text((cls.code.node.name,))
    if name == "__module__":
        return Text((cls.code.module.name,))
    order = classes.ancestry(machine, cls)
    if name in ("__mro__", "__bases__"):
        return Tuple(order) if name == "__mro__" else Items(join(order[1:] or [DATA]))
    if name == "__base__":
        return join(order[1:] or [DATA])
    if name == "__dict__":
        return objects.namespace(cls)
    found = classes.in_classes(machine, order, name)
    thing = classes.base_thing(machine, cls, order)
    stated = found is not None and (name[:2] == "__" or binding.is_method(machine, found[1]))
    if thing is not None and not stated:
        model = machine.libraries.type(thing.type)
        asked = model.class_attribute if model is not None else None
        answer = None if found is None else objects.described_by_class(machine, found[1], cls, span)
        if answer is None and asked is not None:
            answer = asked(cls, name)
        if answer is not None:
            return answer
    if found is None:
        if thing is not None:
            return _of_base(machine, cls, thing, name)
        of_meta = binding.of_metaclass(machine, cls, order, name, span)
        if of_meta is not None:
            return of_meta
        computed = classes.in_classes(machine, order, ANY_ATTRIBUTE)
        if computed is not None and name[:2] != "__":
            return binding.bound_to_class(machine, computed[1], cls, span)
        for base in order:
            if isinstance(base, Generated) and machine.contracts.service_of(base) is not None:
                return BaseMethod(base, name)  # unbound: called with an object of the class
        if name == "register":
            machine.heap.write(classes.REGISTERED, "any", DATA)
        if name == "__new__":
            return External("builtins.object.__new__")
        return enums.by_name(machine, cls) if name == "__members__" else BaseMethod(cls, name)
    own_value = binding.bound_to_class(machine, found[1], cls, span)
    above = binding.of_metaclass(machine, cls, order, name, span, property_only=True)
    return own_value if above is None else join((own_value, above))


def of_super(machine: Machine, receiver: Value, above: Class, name: str, span: Span) -> Value:
    """An attribute of ``super()``: what comes after a class in the order of bases."""
    if isinstance(receiver, Object):
        order = classes.ancestry(machine, receiver.cls)
    elif isinstance(receiver, Class):
        order = classes.ancestry(machine, receiver)
        if above not in order:  # in a method of its own class
            order = classes.ancestry(machine, above)
    else:
        return Unknown("`super()` of an object that is not known")
    rest = order[order.index(above) + 1 :] if above in order else order[1:]
    found = classes.in_classes(machine, rest, name)
    if found is not None:
        return binding.method_value(machine, found[1], receiver, span)
    if isinstance(receiver, Object):
        return _inherited(machine, receiver, rest, name, span)
    if name == "__new__":
        return External("builtins.object.__new__")
    return BaseMethod(receiver, name)
