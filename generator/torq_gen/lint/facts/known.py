"""Python's own functions and those of its standard library that pass values on."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from torq_gen.lint.facts import (
    arrays,
    classes,
    collection_methods,
    construction,
    containers,
    elements,
    encoding,
    enums,
    escape,
    floats,
    formatting,
    imports,
    iterating,
    library_calls,
    looping,
    managers,
    named_attributes,
    numbers,
    objects,
    operator_functions,
    passing,
    raising,
    reckoning,
    reflecting,
    serialising,
    settings,
    strings,
    templates,
    typing_,
    waiting,
    wrapping,
)
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import DynamicCode
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join, unread
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    NONE,
    Container,
    External,
    Items,
    Object,
    Plain,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_LOADS = re.compile(
    r"\b(?:__loader__|loader)\.(?:load_module|exec_module|source_to_code|get_code|run_module)$"
)
"""Methods of loaders, whichever module or specification they were read off."""
_QUEUE_TYPES = ("Queue", "PriorityQueue", "LifoQueue", "SimpleQueue")


def call(machine: Machine, path: str, given: Given) -> Value:
    """A call of something that is not the project's, by its dotted path."""
    handler = TABLE.get(path)
    if handler is not None:
        return handler(machine, given)
    model = machine.libraries.function(path)
    if model is not None:
        return library_calls.apply_model(machine, model, path, NONE, given)
    if _LOADS.search(path):
        machine.note(DynamicCode(given.span, "a loader of modules"))
        return Unknown("it comes from a loader of modules")
    if path.endswith(".__getattribute__") and "(" not in path:
        of = Argument(External(path.rpartition(".")[0]), given.span)
        return named_attributes.read(machine, given.with_first(of))
    if ".__dict__." in path:
        return _of_names(machine, path, given)
    method = _method(path)
    if method is not None:
        return method(machine, given)
    owner, _, name = path.rpartition(".")
    if owner in _NUMBERS and len(given.positional) > 1:
        left, right = (argument.value for argument in given.positional[:2])
        found = numbers.by_method(machine, left, name, right, given.span)
        if found is not None:
            return found
    if owner in (*_TYPES, *_NUMBERS) and given.first is not None:
        return _unbound(machine, name, given)
    if raising.is_error(path):
        raising.constructed(machine, given)
    top = path.partition(".")[0].partition("(")[0]
    if top in sys.stdlib_module_names:
        if not path.startswith(_HARMLESS) or path.startswith(_KEEPING):
            for argument in given.all:
                escape.of(machine, argument.value, argument.span, f"`{path}`", keeps_data=True)
    else:
        escape.of_all(machine, given, f"`{path}`, whose code is not analysed")
    return unread(path)


def _of_names(machine: Machine, path: str, given: Given) -> Value:
    """A method of the dictionary of a library's names."""
    owner, _, name = path.rpartition(".__dict__.")
    if name in ("get", "__getitem__") and given.first is not None:
        stated = (Argument(External(owner), given.span), *given.positional)
        return named_attributes.read(machine, Given(given.span, stated))
    if name not in ("keys", "__contains__", "__len__"):
        machine.note(DynamicCode(given.span, f"`{name}` of the names of {owner}"))
    return Unknown(f"it is one of the names of {owner}")


def _unbound(machine: Machine, name: str, given: Given) -> Value:
    """A method read off a type of Python: ``list.append(found, item)``."""
    found: list[Value] = []
    rest = given.without_first()
    for one in alternatives(given.first_value):
        held = objects.collection_of(machine, one) if isinstance(one, Object) else one
        if isinstance(held, Container):
            found.append(collection_methods.method(machine, held, name, rest))
        elif isinstance(one, Object) and name == "__init__":
            construction.construct_outside(machine, one, rest)
        elif not isinstance(one, Object):
            found.append(machine.call(machine.attribute(one, name, given.span), rest))
        else:
            escape.of_all(machine, given, f"`{name}` of a type of Python")
            found.append(Unknown(f"`{name}` of a type of Python gives it"))
    return join(found) if found else NONE


def _method(path: str) -> Handler | None:
    """A method of what a library gave that is known to pass values on."""
    owner, _, name = path.rpartition(".")
    if "(" not in path:
        return None
    for modules, methods in _OF_MODULES:
        if owner.startswith(modules) and name in methods:
            return methods[name]
    return _METHODS.get(name)


_NUMBERS = frozenset(("builtins.int", "builtins.float", "decimal.Decimal", "fractions.Fraction"))
"""Types of numbers, whose methods may be called with the number as first argument."""
_TYPES = frozenset(
    [
        *(f"builtins.{name}" for name in ("list", "set", "frozenset", "dict", "str", "tuple")),
        *(f"collections.{name}" for name in ("deque", "OrderedDict", "defaultdict", "Counter")),
        *("collections.UserDict", "collections.UserList", "asyncio.Future"),
        *(f"{module}.{name}" for module in ("asyncio", "queue") for name in _QUEUE_TYPES),
    ]
)
"""Types whose methods may be called with the object as first argument."""
_OF_DATA = (
    *("ascii", "bin", "bytearray", "bytes", "chr", "complex", "dir", "hex", "input"),
    *("oct", "help", "breakpoint"),
)
_HARMLESS = (
    *(f"builtins.{name}" for name in _OF_DATA),
    "logging.",
    "warnings.",
    "weakref.",
    "typing.",
    "pprint.",
    "reprlib.",
)
"""Names of Python's library that only look at what they are given."""
_KEEPING = (
    *("logging.config.", "logging.setLogRecordFactory", "logging.LoggerAdapter"),
    *("reprlib.recursive_repr()", "weakref.getweakrefs"),
    *("typing.NamedTuple()", "typing.TypedDict()"),
)
"""Those among them that call it, or make something that holds it."""


def _string(machine: Machine, given: Given) -> Value:
    if not given.all:
        return Text()
    return strings.text_of(machine, given.first_value, given.span)


def _getenv(machine: Machine, given: Given) -> Value:
    default = given.argument(1, "default")
    if default is not None:
        for one in alternatives(default.value):
            if isinstance(one, External):  # a hint, unless it is a function that does something
                escape.of(machine, one, default.span, "whoever calls a setting")
    return settings.environment(given.first_value, default)


def _import(machine: Machine, given: Given) -> Value:
    return imports.by_function(machine, given)


def _printed(machine: Machine, given: Given) -> Value:
    """``print``: a file of the project's own is written to."""
    file = given.keywords.get("file") or given.more
    for one in alternatives(file.value) if file is not None else ():
        for name, text in (("write", (Argument(ANY_TEXT, given.span),)), ("flush", ())):
            method = classes.special(machine, one, name)
            if method is not None:
                machine.call(method, Given(given.span, text))
    return NONE


def _gone_through(machine: Machine, given: Given) -> Value:
    elements.of(machine, given.first_value)
    return Plain("bool")


def _as_bool(machine: Machine, given: Given) -> Value:
    return Plain("bool")


_OF_MODULES: tuple[tuple[tuple[str, ...], Mapping[str, Handler]], ...] = (
    *waiting.OF_MODULES,
    (("contextlib.",), managers.METHODS_OF_STACKS),
    (("string.Formatter",), formatting.METHODS_OF_FORMATTER),
    (("logging.",), formatting.METHODS_OF_LOGGER),
    (
        ("random.", "secrets."),
        floats.METHODS_OF_RANDOM | iterating.METHODS_OF_RANDOM | reckoning.METHODS_OF_RANDOM,
    ),
    (("decimal.",), reckoning.METHODS_OF_CONTEXT),
    (encoding.OF_MODULES, encoding.METHODS),
    (("builtins.",), {"cast": arrays.viewed}),
)
_METHODS = waiting.METHODS | managers.METHODS | floats.METHODS_OF_TIMES

TABLE: dict[str, Handler] = {
    **reckoning.TABLE,
    **operator_functions.TABLE,
    **floats.TABLE,
    **formatting.TABLE,
    **templates.TABLE,
    **containers.TABLE,
    **looping.TABLE,
    **reflecting.TABLE,
    **named_attributes.TABLE,
    **wrapping.TABLE,
    **serialising.TABLE,
    **encoding.TABLE,
    **iterating.TABLE,
    **waiting.TABLE,
    **raising.TABLE,
    **managers.TABLE,
    **passing.TABLE,
    **typing_.TABLE,
    **dict.fromkeys(("builtins.bool", "builtins.callable"), _as_bool),
    **dict.fromkeys(("builtins.any", "builtins.all"), _gone_through),
    "builtins.str": _string,
    **dict.fromkeys(("array.array", "array.ArrayType"), arrays.made),
    "builtins.print": _printed,
    "builtins.range": lambda machine, given: Items(Plain("int")),
    "enum.auto": lambda machine, given: enums.AUTO,
    "os.getenv": _getenv,
    "os.environ.get": _getenv,
    "os.environ.setdefault": _getenv,
    "weakref.finalize": waiting.apply(1),
    "importlib.import_module": _import,
    "builtins.__import__": imports.by_name,
}
