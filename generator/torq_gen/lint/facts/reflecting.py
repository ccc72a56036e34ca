"""What looks at objects from outside: type, vars, replace, isinstance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import classes, escape, instance_tests, instances, reckoning
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import DynamicCode
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    NOTHING,
    Bound,
    Class,
    Container,
    External,
    Function,
    Generated,
    MessageClass,
    MessageValue,
    Module,
    Object,
    Partial,
    Plain,
    Thing,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine


def _method_type(machine: Machine, given: Given) -> Value:
    if len(given.positional) < 2:
        return DATA
    function, receiver = (a.value for a in given.positional[:2])
    return join([Bound(one, receiver) for one in alternatives(function)] or [DATA])


def made_property(machine: Machine, given: Given) -> Value:
    """``property(get, set, del)``."""
    names = enumerate(("get", "set", "del"))
    stated = ((name, given.argument(place, f"f{name}")) for place, name in names)
    return Thing("builtins.property", tuple((n, a.value) for n, a in stated if a is not None))


def _static(machine: Machine, given: Given) -> Value:
    """``staticmethod(function)``: it is never bound to an object."""
    found = [Partial(v) if isinstance(v, Function) else v for v in alternatives(given.first_value)]
    return join(found)


def _of_class(machine: Machine, given: Given) -> Value:
    """``classmethod(function)``."""
    for one in alternatives(given.first_value):
        if isinstance(one, Function):
            machine.kinds[one] = classes.OF_CLASS
    return given.first_value


def _called(machine: Machine, given: Given) -> Value:
    return machine.call(given.first_value, given.without_first())


_NAMED = (Object, Class, Module, Generated, Function, External)
"""What has a dictionary of its names."""


def _of_caller(machine: Machine, given: Given) -> Value:
    """``locals`` that a function of Python calls: of whatever body that stands in."""
    machine.note(DynamicCode(given.span, "the variables of code that is running"))
    return Unknown("it is a variable of code that is running")


def _vars(machine: Machine, given: Given) -> Value:
    if not given.all:
        return _of_caller(machine, given)
    found: list[Value] = [
        machine.attribute(one, "__dict__", given.span)
        if isinstance(one, _NAMED) or (isinstance(one, Container) and one.kind == "namespace")
        else DATA
        for one in alternatives(given.first_value)
    ]
    return join(found)


def _type(machine: Machine, given: Given) -> Value:
    if len(given.positional) > 1:
        for argument in given.positional[1:]:
            escape.of(machine, argument.value, argument.span, "a class that is made by `type`")
        return Unknown("its class is made by `type`")
    found: list[Value] = []
    for one in alternatives(given.first_value):
        match one:
            case Thing():
                found.append(_class_of(machine, one, given))
            case MessageValue(name=name, struct=struct):
                found.append(MessageClass(name, struct))
            case Object(cls=cls):
                found.append(cls)
            case Unknown():
                found.append(one)
            case Class():
                order = classes.ancestry(machine, one)
                found.append(classes.metaclass_of(machine, order) or DATA)
            case Container(kind="list" | "set" | "dict" as kind):
                found.append(External(f"builtins.{kind}"))
            case _:
                found.append(DATA)
    return join(found)


def _class_of(machine: Machine, thing: Thing, given: Given) -> Value:
    """The class of a library's object: what is called on it is known as far as it has a name."""
    cls = machine.attribute(thing, "__class__", given.span)
    if isinstance(cls, External):
        return cls
    capability = machine.capability(thing)
    if capability:
        machine.escaped(given.span, capability, "a class that is read off an object")
    return DATA


def _replace(machine: Machine, given: Given) -> Value:
    value = given.first_value
    for one in alternatives(value):
        if isinstance(one, MessageValue):
            reckoning.note_fields(machine, one, given.without_first())
        elif isinstance(one, Object):
            for name, argument in given.keywords.items():
                machine.assign(one, name, argument.value, argument.span)
    found = [
        MessageValue(one.name, given.span, one.struct) if isinstance(one, MessageValue) else one
        for one in alternatives(value)
    ]
    return join(found)


def _with_fields(path: str) -> Handler:
    """A decorator that makes fields of what a class annotates, called as a function."""

    def made(machine: Machine, given: Given) -> Value:
        found = [one for one in alternatives(given.first_value) if isinstance(one, Class)]
        machine.with_fields.update(found)
        return join(found) if found else External(f"{path}()")

    return made


def _field(machine: Machine, given: Given) -> Value:
    default = given.keywords.get("default")
    factory = given.keywords.get("default_factory") or given.keywords.get("factory")
    if factory is not None:
        return machine.call(factory.value, Given(given.span))
    return NOTHING if default is None else default.value


def _weak(machine: Machine, given: Given) -> Value:
    made = Thing("weakref.ref", (("to", given.first_value),))
    _tell_end(machine, given, made)
    return made


def _proxy(machine: Machine, given: Given) -> Value:
    _tell_end(machine, given, given.first_value)
    return given.first_value


def _tell_end(machine: Machine, given: Given, made: Value) -> None:
    """What stands behind an object is called when that is gone."""
    for callback in given.positional[1:2]:
        machine.call(callback.value, Given(given.span, (Argument(made, given.span),)))


def _super_new(machine: Machine, given: Given) -> Value:
    """``object.__new__(cls)``; ``type.__new__(meta, name, bases, names)`` of a class statement."""
    space = given.positional[3].value if len(given.positional) > 3 else NOTHING
    owners = [one.get("of") for one in alternatives(space) if isinstance(one, Thing)]
    made = [owner for owner in owners if isinstance(owner, Class)]
    if made and len(made) == len(alternatives(space)):
        return join(made)
    for argument in given.positional[3:]:
        escape.of(machine, argument.value, argument.span, "a class that is made by `type`")
    found: list[Value] = []
    for one in alternatives(given.first_value):
        if isinstance(one, Class):
            new = Object(one, given.span)
            instances.remember_instance(machine, new)
            found.append(new)
    return join(found) if found else DATA


def asked_for_instances(machine: Machine, value: Value, wanted: Value, span: Span) -> None:
    """Runs what classes have of their own to say what their instances are."""
    argument = Argument(value, span)
    for cls in instance_tests.classes_of(machine, wanted):
        for name in ("__instancecheck__", "__subclasscheck__"):
            method = classes.special(machine, cls, name)
            if method is not None:
                machine.call(method, Given(span, (argument,)))
        hook = None
        if isinstance(cls, Class):
            order = classes.ancestry(machine, cls)
            hook = classes.in_classes(machine, order, "__subclasshook__")
        if hook is not None:
            machine.call(Bound(hook[1], cls), Given(span, (argument,)))


def _is_instance(machine: Machine, given: Given) -> Value:
    if len(given.positional) > 1:
        value, wanted = (argument.value for argument in given.positional[:2])
        asked_for_instances(machine, value, wanted, given.span)
    return Plain("bool")


TABLE: dict[str, Handler] = {
    **dict.fromkeys(("builtins.isinstance", "builtins.issubclass"), _is_instance),
    "builtins.type": _type,
    **dict.fromkeys(("builtins.object.__new__", "builtins.type.__new__"), _super_new),
    "types.MethodType": _method_type,
    "builtins.property": made_property,
    "functools.cached_property": made_property,
    "builtins.staticmethod": _static,
    "builtins.classmethod": _of_class,
    "operator.call": _called,
    "builtins.vars": _vars,
    **dict.fromkeys(("builtins.locals", "builtins.globals"), _of_caller),
    "copy.replace": _replace,
    **{
        f"{path}{called}": _with_fields(path)
        for path in ("dataclasses.dataclass", "attr.s", "attrs.define", "attrs.frozen")
        for called in ("", "()")
    },
    "dataclasses.replace": _replace,
    "msgspec.structs.replace": _replace,
    "dataclasses.field": _field,
    "msgspec.field": _field,
    "attrs.field": _field,
    "attr.ib": _field,
    "pydantic.Field": _field,
    "weakref.ref": _weak,
    "weakref.WeakMethod": _weak,
    "weakref.proxy": _proxy,
}
