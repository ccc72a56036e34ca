"""Subscripts: what an element is when it is read, written or deleted by its key or place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    assigning,
    binding,
    classes,
    collections_,
    elements,
    enums,
    named_attributes,
    objects,
    settings,
    strings,
)
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, is_unknown, join
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    NOTHING,
    BaseMethod,
    Bound,
    Class,
    Container,
    External,
    Items,
    Literal,
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


def read(machine: Machine, value: Value, key: Value, span: Span) -> Value:
    """What subscripting gives, joined over all alternatives."""
    found = [item(machine, one, key, span) for one in alternatives(value)]
    return join(found) if found else NOTHING


def item(machine: Machine, value: Value, key: Value, span: Span) -> Value:
    """What subscripting one value gives."""
    match value:
        case Tuple(items=items):
            return _place(items, key)
        case Container(kind="dict" | "namespace"):
            return collections_.entry(machine, value, key)
        case Container() if key == SLICE:
            return collections_.copied(machine, value, span)
        case Container():
            return machine.heap.all(value)
        case Items(item=one):
            return value if key == SLICE else one
        case Text(setting=str() as table) if isinstance(key, Text):
            put = collections_.entry(machine, settings.beside(table), key)
            return join((settings.of(key, within=table), put))
        case Text():
            return strings.showing(value)
        case Unknown():
            return value
        case Class():
            return _class_item(machine, value, key, span)
        case BaseMethod(receiver=Container() as held):
            return join((held, machine.heap.all(held)))
        case External(path="os.environ"):
            return settings.environment(key)
        case External(path="builtins") if isinstance(key, Text) and key.exact:
            return External(f"builtins.{key.exact}")
        case External(path=path) if path.endswith(".__dict__"):
            named = (Argument(External(path.removesuffix(".__dict__")), span), Argument(key, span))
            return named_attributes.read(machine, Given(span, named))
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
    if enums.is_enum(order):
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
        known += [value for _, value in enums.members_of(machine, enum)]
    return join(known) if known else DATA


def _place(items: tuple[Value, ...], key: Value) -> Value:
    if isinstance(key, Literal) and isinstance(key.value, int):
        return items[key.value] if -len(items) <= key.value < len(items) else NOTHING
    if key == SLICE:
        return Items(join(items)) if items else Tuple(())
    return join(items) if items else NOTHING


def write(machine: Machine, owner: Value, key: Value, value: Value, span: Span) -> None:
    """An assignment to an element."""
    match owner:
        case Container(kind="dict" | "namespace"):
            collections_.put(machine, owner, key, value)
        case Container():
            held = elements.of(machine, value) if key == SLICE else value
            collections_.fill(machine, owner, (held,))
        case Thing(type=objects.NAMESPACE):
            objects.put(machine, owner, key, value, span)
        case Object() | Thing() | Class():
            _call_special(machine, owner, "__setitem__", span, key, value)
        case External(path=path) if path.endswith(".__dict__"):
            assigning.patch(
                machine, External(path.removesuffix(".__dict__")), "__dict__", value, span
            )
        case Unknown() | External() | Text():
            machine.hand_over(value, span, "an object that is not known")
            if isinstance(owner, Text) and owner.setting is not None:
                collections_.put(machine, settings.beside(owner.setting), key, value)


def delete(machine: Machine, owner: Value, key: Value, span: Span) -> None:
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
