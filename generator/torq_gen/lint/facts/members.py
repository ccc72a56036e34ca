"""Attributes of values, read: of modules, libraries, data, functions, messages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    attributes,
    binding,
    collections_,
    elements,
    enums,
    escape,
    generating,
    objects,
    raising,
    reckoning,
)
from torq_gen.lint.facts.heap import ANY_ATTRIBUTE
from torq_gen.lint.facts.model import DynamicCode
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    NONE,
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

_OF_FRAMES = frozenset({"f_locals", "f_globals", "f_back", "cell_contents"})
"""By these, code reaches the variables of functions, whoever they are."""
_OF_PROPERTY = {"fget": "getter", "fset": "setter", "fdel": "deleter"}
"""Attributes of a property: its functions."""
_CHAINED = ("__cause__", "__context__")
"""Attributes of an error that hold another one."""
_GROUPING = ("with_traceback", "subgroup", "split", "derive")
"""Methods of an error, or of a group of them, that give such errors again."""
_MEMBER = ("value", "_value_")
"""Attributes of an enum's member, which stands for its value."""


def read(machine: Machine, value: Value, name: str, span: Span) -> Value:
    """What reading an attribute gives, joined over all alternatives."""
    if name[:1] == "_":
        name = unmangled(name)
    if name in _OF_FRAMES:
        machine.note(DynamicCode(span, f"`{name}`: the variables of code that is running"))
    if value.__class__ is Object:
        return attributes.of_object(machine, value, name, span)
    if value.__class__ is not Union:
        return _read(machine, value, name, span)
    machine.work(len(value.of))
    found = [_read(machine, one, name, span) for one in alternatives(value)]
    return join(found)


def unmangled(name: str) -> str:
    """``__x`` of ``_Class__x``, by which Python keeps what the class itself calls ``__x``."""
    inner = name.find("__", 2)
    return name[inner:] if inner > 0 and name[:2] != "__" and name[-2:] != "__" else name


def _read(machine: Machine, value: Value, name: str, span: Span) -> Value:
    match value:
        case Object():
            return attributes.of_object(machine, value, name, span)
        case Module():
            return of_module(machine, value, name)
        case External(path=path):
            if path.startswith(raising.OTHER.path):
                return _of_error(machine, value, name)
            return machine.libraries.value(f"{path}.{name}") or _of_external(
                machine, value, path, name
            )
        case MessageValue():
            return _of_message(machine, value, name, span)
        case Generated() if name == "__dict__" and machine.contracts.service_of(value) is None:
            return objects.namespace(value)
        case Generated(path=path):
            return _of_generated(machine, value, f"{path}.{name}")
        case Class():
            return attributes.of_class(machine, value, name, span)
        case Thing():
            return _of_thing(machine, value, name, span)
        case Super(receiver=receiver, above=above):
            return attributes.of_super(machine, receiver, above, name, span)
        case MessageClass(name=own):
            if name in _MEMBER:
                return value
            return Text((own,)) if name == "__name__" else _of_data(machine, value, name, span)
        case Container(kind="namespace") if name == "__dict__":
            return value
        case Container(kind="namespace"):
            return collections_.entry(machine, value, Text.of((name,)))
        case Amount() if (known := reckoning.amount_attribute(value, name)) is not None:
            return known
        case Container(kind="list" | "dict") if name == "data":
            return value  # of `UserList` and `UserDict`: what they hold
        case Container() | Plain() | Amount() | Tuple() | Items() | Text() | Literal():
            return _of_data(machine, value, name, span)
        case Function() | Bound() | BaseMethod() | ThingMethod() | Partial():
            held = machine.heap.read(value, name)
            return _of_function(machine, value, name) if held is None else held
    return value


DEEPEST_PATH = 8
"""Names in the dotted path of a library; what lies deeper is data that nobody describes."""
_OF_ITSELF = frozenset({"value", "_value_", "__dict__"})


def _of_external(machine: Machine, value: External, path: str, name: str) -> Value:
    last = path.rpartition(".")[2]
    if _is_imported_by_python(machine, path, name):
        return External(name)
    if name == "__call__":
        return value
    again = name == last or (name in _OF_ITSELF and last in _OF_ITSELF)
    if again and "(" in path:  # `copy.copy` and `time.time` are names of a module
        return value  # or else a loop that reads it again and again finds ever new values
    if path.count(".") > DEEPEST_PATH:
        return Unknown(f"it comes from the library {path.partition('.')[0]}")
    found = External(f"{path}.{name}")
    return join((value, found)) if name in _MEMBER and "(" not in path else found


def _of_error(machine: Machine, error: External, name: str) -> Value:
    """An attribute of an error of Python: others that it came with, what ended a generator."""
    if name in _CHAINED:
        return raising.raised(machine)
    if name == "exceptions":
        return Items(raising.raised(machine))
    if name in _GROUPING:
        return BaseMethod(error, name)
    if name == "args":
        return raising.arguments(machine)
    found = _of_external(machine, error, error.path, name)
    return join((found, generating.ended(machine))) if name == "value" else found


def _is_imported_by_python(machine: Machine, path: str, name: str) -> bool:
    """Whether a name is a module that acts, which a module of Python imports for itself."""
    known = sys.stdlib_module_names
    if name not in known or path == name or "(" in path or path.partition(".")[0] not in known:
        return False
    known_as = machine.libraries.known_as
    return known_as(name) != "" and not known_as(f"{path}.{name}")


def _of_data(machine: Machine, value: Value, name: str, span: Span) -> Value:
    attribute = machine.heap.read(enums.SET_OF_MEMBERS, name)
    if attribute is not None:
        return join((attribute, BaseMethod(value, name))) if hasattr(str, name) else attribute
    own = machine.heap.read(enums.OF_MEMBERS, name)
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
        several = value.rest if name == "args" else value.more
        open_ended = () if several is None else (several,)
        if name == "args" and several is None:
            return Tuple(value.positional)
        held = value.positional if name == "args" else tuple(v for _, v in value.keywords)
        return Items(join((*held, *open_ended)))
    inner = escape.unbound(value)[0]
    if name in ("__defaults__", "__kwdefaults__"):
        return Items(machine.heap.all(("defaults", inner)))
    if name == "__globals__" and isinstance(inner, Function):
        return objects.namespace(Module(inner.code.module))
    if name == "__dict__":
        return objects.namespace(value)
    if name == "__get__":
        return Partial(External("types.MethodType"), (value,))
    if name in _OF_PROPERTY:
        return _function_of_property(machine, value, name)
    if name == "func" and isinstance(value, Partial):
        return value.function
    if name in ("__call__", "__wrapped__", *_MEMBER):
        return value
    if name == "__func__":
        reason = "it is the function of a method that is not analysed"
        return value.function if isinstance(value, Bound) else Unknown(reason)
    if name == "__self__" and isinstance(value, Bound | BaseMethod | ThingMethod):
        return value.receiver
    if name in ("__name__", "__qualname__"):
        return Text((value.code.name,)) if isinstance(value, Function) else ANY_TEXT
    return DATA


def _function_of_property(machine: Machine, value: Value, name: str) -> Value:
    """``fget`` and its like of a property that a class's function was made."""
    owner = machine.functions.get(value) if isinstance(value, Function) else None
    if name == "fget":
        return value
    found = None
    if owner is not None and isinstance(value, Function):
        found = machine.heap.read(owner, f"{value.code.name}.{_OF_PROPERTY[name]}")
    return NOTHING if found is None else found


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
    if name == "__package__":
        return Text.of((code.package,))
    if name == "__dict__":
        return objects.namespace(module)
    if name == "__getattribute__":
        return BaseMethod(module, name)
    maker = machine.heap.read(code, "__getattr__")
    if maker is not None:
        return machine.call(maker, attributes.given_of(Text((name,))))
    computed = machine.heap.read(code, ANY_ATTRIBUTE)
    star = machine.heap.read(code, "*")
    if computed is not None or star is not None:
        return join([one for one in (computed, star) if one is not None])
    if machine.is_running(code):
        return NOTHING
    return Unknown(f"`{code.name}` has no `{name}`", missing=True)


def public_names(machine: Machine, module: Value) -> Iterator[tuple[str, Value]]:
    """What ``import *`` takes from a module."""
    if isinstance(module, Module):
        machine.run_module(module.code)
        stated = machine.heap.read(module.code, "__all__")
        wanted = None if stated is None else elements.of(machine, stated)
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


def _of_thing(machine: Machine, value: Thing, name: str, span: Span) -> Value:
    if value.type == "asyncio.Task":
        return ThingMethod(value, name)
    if value.type == binding.MADE_PROPERTY and name in _OF_PROPERTY:
        return value.get(name[1:]) or NONE
    found = machine.libraries.attribute(value, name)
    if found is None:
        return ThingMethod(value, name)
    return machine.result(found, machine.library_call(value, name))
