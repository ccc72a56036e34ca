"""Attributes of values: reading, writing, and the order in which classes are searched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import binding, classes, collections_, escape, instances, objects, service
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import DynamicCode
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
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
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

OF_MEMBERS = ("members",)
"""The cells of what enums define beside their members; a member is the value that it stands for."""
SET_OF_MEMBERS = ("members set",)
"""The cells of what the ``__init__`` of enums gives their members."""
READER = "__getattribute__"
OWN_READERS = ("readers",)
"""Its cell says whether any class has its own way to read attributes."""
ANY_NAME = "?"
"""The cell of what was assigned to an object's attribute of a name that is computed."""
UNKNOWN_OWNERS = ("unknown",)
"""The cells of what was assigned to attributes of objects of which nothing is known."""
_OF_FRAMES = frozenset({"f_locals", "f_globals", "f_back", "cell_contents"})
"""By these, code reaches the variables of functions, whoever they are."""
_MEMBER = ("value", "_value_")
"""Attributes of an enum's member, which stands for its value."""


def read(machine: Machine, value: Value, name: str, span: Span) -> Value:
    """What reading an attribute gives, joined over all alternatives."""
    if name in _OF_FRAMES:
        machine.note(DynamicCode(span, f"`{name}`: the variables of code that is running"))
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
            return _of_function(machine, value, name) if held is None else held
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
    found = External(f"{path}.{name}")
    return join((value, found)) if name in _MEMBER and "(" not in path else found


def _of_data(machine: Machine, value: Value, name: str, span: Span) -> Value:
    attribute = machine.heap.read(SET_OF_MEMBERS, name)
    if attribute is not None:
        return join((attribute, BaseMethod(value, name))) if hasattr(str, name) else attribute
    own = machine.heap.read(OF_MEMBERS, name)
    if own is not None:
        found = binding.method_value(machine, own, value, span)
        return join((found, BaseMethod(value, name))) if hasattr(str, name) else found
    if name in _MEMBER and isinstance(value, Text | Literal | Tuple):
        return value
    if name == "old_value" and isinstance(value, Container):  # of a context variable's token
        return machine.heap.all(value)
    if name == "__class__":
        return DATA
    return BaseMethod(value, name)


def _of_function(machine: Machine, value: Value, name: str) -> Value:
    if isinstance(value, Partial) and name in ("args", "keywords"):
        words = join([v for _, v in value.keywords]) if value.keywords else NOTHING
        return Tuple(value.positional) if name == "args" else Items(words)
    inner = escape.unbound(value)[0]
    if name in ("__defaults__", "__kwdefaults__"):
        return Items(machine.heap.all(("defaults", inner)))
    if name == "__globals__" and isinstance(inner, Function):
        return objects.namespace(Module(inner.code.module))
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
    computed = machine.heap.read(code, ANY_NAME)
    star = machine.heap.read(code, "*")
    if computed is not None or star is not None:
        return join([one for one in (computed, star) if one is not None])
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


def _of_object(machine: Machine, value: Object, name: str, span: Span) -> Value:
    if machine.heap.read(OWN_READERS, "any") is not None:
        order = classes.ancestry(machine, value.cls)
        reader = classes.in_classes(machine, order, READER)
        if reader is not None:
            maker = classes.in_classes(machine, order, "__getattr__")  # if it gives up
            asked = [one[1] for one in (reader, maker) if one is not None]
            bound = [binding.bound(machine, one, value) for one in asked]
            return join([machine.call(one, _given(Text((name,)))) for one in bound])
    return as_found(machine, value, name, span)


def as_found(machine: Machine, value: Object, name: str, span: Span) -> Value:
    """An attribute of an object, past what its class says of reading."""
    if name == "__class__":
        return value.cls
    if name == "__dict__":
        return objects.namespace(value)
    order = classes.ancestry(machine, value.cls)
    found = classes.in_classes(machine, order, name)
    if found is not None and found[1] == NOTHING:
        found = None  # a dataclass's field without a default
    held = [] if found is None else _held(machine, found[1], value, span)
    if held and _is_filled_elsewhere(machine, value, order):
        stated = classes.declared(machine, value.cls, order, name)
        held += [] if stated is None else [stated]
    if value.site is None:
        held += _overriding(machine, value, name, span)
    names = [name]
    if held and found is not None and not binding.is_method(machine, found[1]):
        names.append(ANY_NAME)
    assigned = [own(machine, value, one) for one in names]
    held += [one for one in assigned if one is not None]
    if held:
        return join(held)
    inherited = _inherited(machine, value, order, name, span)
    if isinstance(inherited, Unknown) and inherited.missing:
        computed = classes.in_classes(machine, order, ANY_NAME)
        held = [] if computed is None else _held(machine, computed[1], value, span)
        unnamed = own(machine, value, ANY_NAME)
        held += [] if unnamed is None else [unnamed]
        return join(held) if held else inherited
    return inherited


def _is_filled_elsewhere(machine: Machine, value: Object, order: tuple[Value, ...]) -> bool:
    """Whether a field's default is not all: it comes from the environment, or from who made it."""
    if any(isinstance(base, External) and base.path.endswith(".BaseSettings") for base in order):
        return True
    return value.site is None and bool(classes.fields_of(machine, value.cls, order))


def _held(machine: Machine, found: Value, value: Object, span: Span) -> list[Value]:
    """What an attribute of the class gives when it is read from an object."""
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
    found = [machine.heap.read(value, name)]
    if value.site is None:
        others = instances.instances_of(machine, value.cls)
        found += [machine.heap.read(one, name) for one in others]
    of_unknown = machine.heap.read(UNKNOWN_OWNERS, name)
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
        return machine.call(bound, _given(Text((name,))))
    for base in order:
        if isinstance(base, Generated) and machine.contracts.service_of(base) is not None:
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
        return BaseMethod(collection, name)
    outside = [base for base in order if not isinstance(base, Class | Generated)]
    if name.startswith("__") or outside:
        return BaseMethod(value, name)
    reason = f"`{value.cls.code.node.name}.{name}` is assigned nowhere that is analysed"
    return Unknown(reason, missing=True)


def _of_base(machine: Machine, owner: Object | Class, thing: Thing, name: str) -> Value:
    found = machine.libraries.attribute(thing, name)
    if found is None:
        return ThingMethod(thing, name, owner)
    return machine.result(found, machine.library_call(owner, name))


def _of_class(machine: Machine, cls: Class, name: str, span: Span) -> Value:
    if name in ("__name__", "__qualname__"):
        return Text((cls.code.node.name,))
    order = classes.ancestry(machine, cls)
    if name in ("__mro__", "__bases__"):
        return Tuple(order) if name == "__mro__" else Items(join(order[1:] or [DATA]))
    if name == "__base__":
        return join(order[1:] or [DATA])
    if name == "__dict__":
        return objects.namespace(cls)
    found = classes.in_classes(machine, order, name)
    thing = classes.base_thing(machine, cls, order)
    if thing is not None and (found is None or not binding.is_method(machine, found[1])):
        model = machine.libraries.type(thing.type)
        asked = model.class_attribute if model is not None else None
        answer = asked(cls, name) if asked is not None else None
        if answer is not None:
            return answer
    if found is None:
        if thing is not None:
            return _of_base(machine, cls, thing, name)
        of_meta = binding.of_metaclass(machine, cls, order, name, span)
        if of_meta is not None:
            return of_meta
        computed = classes.in_classes(machine, order, ANY_NAME)
        if computed is not None and name[:2] != "__":
            return binding.bound_to_class(machine, computed[1], cls, span)
        for base in order:
            if isinstance(base, Generated) and machine.contracts.service_of(base) is not None:
                return BaseMethod(base, name)  # unbound: called with an object of the class
        return _members(machine, cls) if name == "__members__" else BaseMethod(cls, name)
    own_value = binding.bound_to_class(machine, found[1], cls, span)
    above = binding.of_metaclass(machine, cls, order, name, span, property_only=True)
    return own_value if above is None else join((own_value, above))


def _members(machine: Machine, enum: Class) -> Container:
    """The members of an enum by their names."""
    made = Container("dict", enum.code.name_span)
    for name, value in classes.members_of(machine, enum):
        collections_.put(machine, made, Text.of((name,)), value)
    return made


def _of_super(machine: Machine, receiver: Value, above: Class, name: str, span: Span) -> Value:
    if isinstance(receiver, Object):
        order = classes.ancestry(machine, receiver.cls)
    elif isinstance(receiver, Class):
        order = classes.ancestry(machine, receiver)
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
            if name == READER:
                machine.heap.write(OWN_READERS, "any", DATA)
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
        case Unknown():
            machine.heap.write(UNKNOWN_OWNERS, name, value)
            machine.hand_over(value, span, "an attribute of an object that is not known")
        case External() | Thing() | Generated() | MessageClass() | ThingMethod() | Function():
            escape.patched(machine, owner, name, value, span)
        case _:
            machine.hand_over(value, span, "an attribute of an object that is not known")


def write_own(machine: Machine, owner: Object, name: str, value: Value) -> None:
    """Gives an object's attribute a value; of an object that is any of its class, each of them."""
    machine.heap.write(owner, name, value)
    if owner.site is None:
        for one in instances.instances_of(machine, owner.cls):
            machine.heap.write(one, name, value)


def _tell_base(machine: Machine, owner: Object, name: str, value: Value, span: Span) -> None:
    """A library's type that the object's class derives from may have to know."""
    thing = classes.base_thing(machine, owner, classes.ancestry(machine, owner.cls))
    model = None if thing is None else machine.libraries.type(thing.type)
    if model is None:
        return
    given = Given(span, (Argument(value, span),))
    assigned = model.assigned.get(name)
    if assigned is not None:
        machine.apply(assigned, f"{model.name}.{name}", owner, given)
    if model.stored is not None and not escape.in_constructor(machine, owner):
        for fact in model.stored(machine.library_call(owner, name, given)):
            machine.note(fact)
