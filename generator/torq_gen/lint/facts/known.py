"""Python's own functions and those of its standard library that pass values on."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from torq_gen.lint.facts import (
    classes,
    collection_methods,
    collections_,
    construction,
    containers,
    definitions,
    escape,
    floats,
    formatting,
    imports,
    iterating,
    library_calls,
    looping,
    numbers,
    objects,
    raising,
    reckoning,
    reflecting,
    serialising,
    strings,
    typing_,
    waiting,
    wrapping,
)
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import DynamicCode
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import LONGEST_PATH, alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    NONE,
    Container,
    External,
    Items,
    MessageValue,
    Object,
    Plain,
    Thing,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_LOADS = re.compile(
    r"\b(?:__loader__|loader)\.(?:load_module|exec_module|source_to_code|get_code|run_module)$"
)
"""Methods of loaders, whichever module or specification they were read off."""
Handler = Callable[["Machine", Given], Value]
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
        return reflecting.named(machine, given.with_first(of))
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
        if not path.startswith(_HARMLESS):
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
        return reflecting.named(machine, Given(given.span, stated))
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
    for modules, methods in waiting.OF_MODULES:
        if owner.startswith(modules) and name in methods:
            return methods[name]
    return waiting.METHODS.get(name)


def unread(path: str) -> Value:
    """What a library's code gives."""
    if len(path) > LONGEST_PATH:
        return Unknown(f"it comes from the library {path.partition('.')[0]}")
    return External(f"{path}()")


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
    *("ascii", "bin", "bytearray", "bytes", "chr", "complex", "delattr", "dir", "hex", "input"),
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


def _same(machine: Machine, given: Given) -> Value:
    """Gives back its first argument."""
    return given.first_value


def _closing(machine: Machine, given: Given) -> Value:
    """A manager that gives its argument, and closes it in the end."""
    for one in alternatives(given.first_value):
        if isinstance(one, Object):
            method = machine.method(one, "aclose") or machine.method(one, "close")
            if method is not None:
                machine.call(method, Given(given.span))
    return Items(given.first_value)


def _copied(machine: Machine, given: Given) -> Value:
    found: list[Value] = []
    for one in alternatives(given.first_value):
        if isinstance(one, Container):
            found.append(collections_.copied(machine, one, given.span))
            continue
        own = [
            method
            for name in ("__copy__", "__deepcopy__")
            if isinstance(one, Object) and (method := machine.method(one, name)) is not None
        ]
        memo = (Argument(DATA, given.span),)
        found += [machine.call(method, Given(given.span, memo)) for method in own] or [one]
    return join(found)


def _string(machine: Machine, given: Given) -> Value:
    if not given.all:
        return Text()
    return formatting.text_of(machine, given.first_value, given.span)


def _cast(machine: Machine, given: Given) -> Value:
    if len(given.positional) < 2:
        return DATA
    stated = typing_.stated(machine, given.positional[0].value, given.span)
    value = given.positional[1].value
    if isinstance(stated, Unknown):
        return value
    known = [one for one in alternatives(value) if isinstance(one, MessageValue | Object)]
    return join(known) if known else stated


def _type_variable(machine: Machine, given: Given) -> Value:
    bound = given.keywords.get("bound")
    options = given.positional[1:]
    if bound is not None:
        stated = machine.instance_of(bound.value)
    elif options:
        stated = join([machine.instance_of(a.value) for a in options])
    else:
        return Thing("typing.TypeVar")
    return Thing("typing.TypeVar", (("bound", stated),))


def _new_type(machine: Machine, given: Given) -> Value:
    inner = given.positional[1].value if len(given.positional) > 1 else DATA
    return Thing("typing.NewType", (("of", machine.instance_of(inner)),))


def _getenv(machine: Machine, given: Given) -> Value:
    return strings.environment(given.first_value)


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
    collections_.elements(machine, given.first_value)
    return Plain("bool")


def _as_bool(machine: Machine, given: Given) -> Value:
    return Plain("bool")


_PASSING = [
    "builtins.memoryview",
    "asyncio.shield",
    "asyncio.wait_for",
    "types.MappingProxyType",
    "weakref.proxy",
    "functools.lru_cache",
    "functools.cache",
    "functools.total_ordering",
    "functools.singledispatch",
    "functools.singledispatchmethod",
    "enum.unique",
    "enum.member",
    "typing.final",
    "typing.override",
    "typing.runtime_checkable",
    "typing.no_type_check",
    "typing.overload",
    "typing_extensions.override",
    "typing.assert_type",
    "typing.reveal_type",
    "abc.abstractmethod",
    "contextlib.contextmanager",
    "contextlib.asynccontextmanager",
    "inspect.cleandoc",
    "sys.intern",
    "types.coroutine",
    "asyncio.coroutine",
    "atexit.unregister",
]

TABLE: dict[str, Handler] = {
    **reckoning.TABLE,
    **floats.TABLE,
    **containers.TABLE,
    **looping.TABLE,
    **reflecting.TABLE,
    **wrapping.TABLE,
    **serialising.TABLE,
    **iterating.TABLE,
    **waiting.TABLE,
    **raising.TABLE,
    **dict.fromkeys(_PASSING, _same),
    **dict.fromkeys(("contextlib.closing", "contextlib.aclosing"), _closing),
    "contextlib.nullcontext": lambda machine, given: Items(given.first_value),
    **dict.fromkeys(("builtins.bool", "builtins.callable"), _as_bool),
    **dict.fromkeys(("builtins.any", "builtins.all"), _gone_through),
    **dict.fromkeys(("copy.copy", "copy.deepcopy"), _copied),
    "builtins.str": _string,
    "string.Template": formatting.template,
    "builtins.print": _printed,
    "builtins.range": lambda machine, given: Items(Plain("int")),
    "itertools.chain.from_iterable": lambda machine, given: Items(
        collections_.elements(machine, collections_.elements(machine, given.first_value))
    ),
    "itertools.repeat": lambda machine, given: Items(given.first_value),
    "enum.auto": lambda machine, given: definitions.AUTO,
    "typing.cast": _cast,
    "typing.TypeVar": _type_variable,
    "typing.NewType": _new_type,
    "os.getenv": _getenv,
    "os.environ.get": _getenv,
    "os.environ.setdefault": _getenv,
    "weakref.finalize": waiting.apply(1),
    "importlib.import_module": _import,
    "builtins.__import__": imports.by_name,
}
