"""Tasks, threads, executors, filters of logs, context variables: who calls what with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    arguments,
    classes,
    collections_,
    elements,
    escape,
    generating,
    raising,
)
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    NOTHING,
    Container,
    External,
    Items,
    Object,
    Plain,
    Thing,
    Tuple,
    Union,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

TASK = "asyncio.Task"
DRIVEN = "types.coroutine()"
"""What makes a coroutine of the generator of the function that it is given."""
CONTEXT = "contextvars.Context"
_VARIABLES = ("variables",)
"""Its cell holds all context variables."""
_GATHERED = "gathered"
"""Lists under this name stand beside results of `gather`, which are known by their places: they
hold what else is put into them."""
_NOWHERE = Given(Span("", 0, 0, 0, 0))


def apply(skip: int) -> Handler:
    """Calls its first argument (after ``skip`` others) with those that follow."""

    def run(machine: Machine, given: Given) -> Value:
        if len(given.positional) <= skip:
            for argument in given.all:  # by its name, or through `*`
                escape.call_back(machine, argument.value, argument.span)
            return DATA
        function = given.positional[skip]
        rest = Given(
            given.span, given.positional[skip + 1 :], given.keywords, given.rest, given.more
        )
        return task(machine.call(function.value, rest))

    return run


def task(value: Value) -> Value:
    """What awaiting a task gives is what its coroutine gives."""
    return Thing(TASK, (("value", awaited_of(value)),))


def awaited_of(value: Value) -> Value:
    """A coroutine stands for what it gives, as a task of it does."""
    found = [
        one.get("value") or DATA if isinstance(one, Thing) and one.type == TASK else one
        for one in alternatives(value)
    ]
    return join(found)


def awaited(machine: Machine, value: Value) -> Value:
    """What ``await`` gives."""
    found: list[Value] = []
    for one in alternatives(awaited_of(value)):
        if isinstance(one, Container) and one.kind == "future":
            found.append(machine.heap.all(one))
            continue
        method = classes.special(machine, one, "__await__")
        found.append(one if method is None else _driven(machine, machine.call(method, _NOWHERE)))
    return join(found)


def _driven(machine: Machine, iterator: Value) -> Value:
    """What an object gives that has its own ``__await__``, whose iterator ends with a value."""
    found: list[Value] = []
    for one in alternatives(iterator):
        if isinstance(one, Items):
            found.append(generating.returned(machine))
        elif isinstance(one, Thing | Container):
            found.append(awaited(machine, one))
        else:
            found.append(Unknown("it comes out of an `__await__`"))
    return join(found)


def _create_task(machine: Machine, given: Given) -> Value:
    coroutine = given.argument(0, "coro")
    return DATA if coroutine is None else task(coroutine.value)


def _gather(machine: Machine, given: Given) -> Value:
    values = [awaited(machine, a.value) for a in given.positional]
    kept = given.keywords.get("return_exceptions")
    errors = [] if kept is None else [raising.raised(machine)]
    made = Container("list", given.span)
    if given.rest is not None:
        collections_.fill(machine, made, (*values, awaited(machine, given.rest.value), *errors))
        return task(made)
    machine.heap.write((_GATHERED, made), "any", DATA)
    return task(join((Tuple(tuple(join([value, *errors]) for value in values)), made)))


def by_place(machine: Machine, value: Value) -> Value:
    """A value without the lists beside results of `gather` into which nothing was put so far."""
    if value.__class__ is not Union:
        return value
    return join(one for one in alternatives(value) if not _is_untouched(machine, one))


def _is_untouched(machine: Machine, value: Value) -> bool:
    if not isinstance(value, Container) or machine.heap.all(value) != NOTHING:
        return False
    return machine.heap.read((_GATHERED, value), "any") is not None


def _wait(machine: Machine, given: Given) -> Value:
    """``asyncio.wait``: the tasks that are done, and the others."""
    item = task(elements.of(machine, given.first_value))
    sets = Container("set", given.span)
    collections_.fill(machine, sets, (item,))
    return Tuple((sets, sets))


def of_task(machine: Machine, owner: Thing, name: str, given: Given) -> Value:
    """A method of a task."""
    if name == "get_context":
        return Thing(CONTEXT)
    if name == "result":
        return owner.get("value") or DATA
    if name == "add_done_callback" and given.first is not None:
        handed = (Argument(owner, given.span),)
        return machine.call(given.first.value, Given(given.span, handed))
    return join((NONE, raising.raised(machine))) if name == "exception" else DATA


def of_context(machine: Machine, owner: Thing, name: str, given: Given) -> Value:
    """A method of a context: what any has of a variable is all that was ever put into it."""
    if name == "run":
        return machine.call(given.first_value, given.without_first())
    if name == "copy":
        return owner
    every = machine.heap.read(_VARIABLES, "any") or NOTHING
    asked = every if given.first is None else given.first.value
    held = [machine.heap.all(one) for one in alternatives(asked) if isinstance(one, Container)]
    value = join(held)
    match name:
        case "__getitem__":
            return value
        case "get":
            return join((value, *(a.value for a in given.positional[1:2]), NONE))
        case "items":
            return Items(Tuple((every, value)))
        case "values":
            return Items(value)
        case "keys" | "__iter__":
            return Items(every)
    return Plain("bool") if name == "__contains__" else DATA


def _thread(target: int, name: str, args: int) -> Handler:
    """Calls what stands at the place ``target`` with what stands at ``args`` and behind it."""

    def run(machine: Machine, given: Given) -> Value:
        function = given.argument(target, name)
        if function is not None:
            handed = _handed(machine, given, given.argument(args, "args"))
            words = given.argument(args + 1, "kwargs")
            if words is not None:
                handed = _with_words(machine, handed, words)
            machine.call(function.value, handed)
        return External("threading.Thread()")

    return run


def _handed(machine: Machine, given: Given, listed: Argument | None) -> Given:
    """The arguments of a call that are given as a tuple or a list."""
    if listed is None:
        return Given(given.span)
    if isinstance(listed.value, Tuple):
        return Given(given.span, tuple(Argument(v, listed.span) for v in listed.value.items))
    return Given(given.span, rest=Argument(elements.of(machine, listed.value), listed.span))


def _with_words(machine: Machine, handed: Given, words: Argument) -> Given:
    """The arguments of a call, and those that are given as a dictionary."""
    entries = collections_.entries(machine, words.value)
    if entries is None:
        more = Argument(arguments.values_of(machine, words.value), words.span)
        return Given(handed.span, handed.positional, {}, handed.rest, more)
    keywords = {name: Argument(held, words.span) for name, held in entries.items()}
    return Given(handed.span, handed.positional, keywords, handed.rest)


def _pool_map(machine: Machine, given: Given) -> Value:
    if given.first is None:
        return DATA
    arguments = tuple(Argument(elements.of(machine, a.value), a.span) for a in given.positional[1:])
    rest = given.rest
    if rest is not None:
        rest = Argument(elements.of(machine, rest.value), rest.span)
    return Items(machine.call(given.first.value, Given(given.span, arguments, rest=rest)))


def _filter(machine: Machine, given: Given) -> Value:
    """``addFilter``: a function, or an object with ``filter``, is asked about each record."""
    record = (Argument(DATA, given.span),)
    for one in alternatives(given.first_value):
        method = machine.method(one, "filter") if isinstance(one, Object) else None
        machine.call(one if method is None else method, Given(given.span, record))
    return NONE


def _empty(kind: str) -> Handler:
    return lambda machine, given: Container(kind, given.span)


def _variable(machine: Machine, given: Given) -> Value:
    made = Container("variable", given.span)
    machine.heap.write(_VARIABLES, "any", made)
    default = given.keywords.get("default")
    collections_.fill(machine, made, () if default is None else (default.value,))
    return made


def _driven_generator(machine: Machine, given: Given) -> Value:
    machine.call(given.first_value, given.without_first())
    return task(generating.returned(machine))


TABLE: dict[str, Handler] = {
    "asyncio.create_task": _create_task,
    "asyncio.ensure_future": _create_task,
    "asyncio.Task": _create_task,
    "asyncio.run": lambda machine, given: awaited(machine, given.first_value),
    "asyncio.gather": _gather,
    "asyncio.wait": _wait,
    "asyncio.run_coroutine_threadsafe": _create_task,
    "asyncio.to_thread": apply(0),
    "asyncio.Future": _empty("future"),
    "concurrent.futures.Future": _empty("future"),
    "concurrent.futures.as_completed": lambda machine, given: Items(
        elements.of(machine, given.first_value)
    ),
    "concurrent.futures.wait": _wait,
    "threading.Thread": _thread(1, "target", 3),
    "threading.Timer": _thread(1, "function", 2),
    "atexit.register": apply(0),
    "signal.signal": apply(1),
    "contextvars.ContextVar": _variable,
    DRIVEN: _driven_generator,
    "anyio.run": apply(0),
    "anyio.to_thread.run_sync": apply(0),
    "trio.run": apply(0),
    "trio.to_thread.run_sync": apply(0),
}

METHODS: dict[str, Handler] = {
    "create_task": _create_task,
    "create_future": _empty("future"),
    "start_soon": apply(0),
    "run_until_complete": lambda machine, given: awaited(machine, given.first_value),
    "run_in_executor": apply(1),
    "call_soon": apply(0),
    "call_soon_threadsafe": apply(0),
    "call_later": apply(1),
    "call_at": apply(1),
    "add_signal_handler": apply(1),
    "add_reader": apply(1),
    "add_writer": apply(1),
    "submit": apply(0),
    "callback": apply(0),
    "push_async_callback": apply(0),
    "run_sync": apply(0),
}
"""Methods of objects of the standard library that pass values on, whatever the object is."""


OF_MODULES: tuple[tuple[tuple[str, ...], dict[str, Handler]], ...] = (
    (("concurrent.", "multiprocessing."), {"map": _pool_map, "imap": _pool_map}),
    (("logging.",), {"addFilter": _filter}),
)
"""Methods of some modules' objects alone: many a library's object has others of these names."""
