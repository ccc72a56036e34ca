"""Python's own functions and those of its standard library that pass values on."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from torq_gen.lint.facts import (
    calls,
    collections_,
    escape,
    imports,
    iterating,
    members,
    numbers,
    objects,
    strings,
    waiting,
)
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import DynamicCode, Operation
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.values import (
    DATA,
    LONGEST_PATH,
    NONE,
    NOTHING,
    Amount,
    Class,
    Container,
    External,
    Generated,
    Items,
    Literal,
    MessageClass,
    MessageValue,
    Module,
    Object,
    Partial,
    Plain,
    Thing,
    Tuple,
    Unknown,
    Value,
    alternatives,
    join,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

Handler = Callable[["Machine", Given], Value]


def call(machine: Machine, path: str, given: Given) -> Value:
    """A call of something that is not the project's, by its dotted path."""
    handler = TABLE.get(path)
    if handler is not None:
        return handler(machine, given)
    model = machine.libraries.function(path)
    if model is not None:
        return calls.apply_model(machine, model, path, NONE, given)
    method = _method(path)
    if method is not None:
        return method(machine, given)
    top = path.partition(".")[0].partition("(")[0]
    if top in sys.stdlib_module_names:
        if not path.startswith(_HARMLESS):
            for argument in given.all:
                escape.of(machine, argument.value, argument.span, f"`{path}`", keeps_data=True)
    else:
        escape.of_all(machine, given, f"`{path}`, whose code is not analysed")
    return unread(path)


def _method(path: str) -> Handler | None:
    """A method of what a library gave that is known to pass values on."""
    owner, _, name = path.rpartition(".")
    if "(" not in path:
        return None
    if owner.startswith(waiting.POOLS) and name in waiting.OF_POOLS:
        return waiting.OF_POOLS[name]
    return waiting.METHODS.get(name)


def unread(path: str) -> Value:
    """What a library's code gives."""
    if len(path) > LONGEST_PATH:
        return Unknown(f"it comes from the library {path.partition('.')[0]}")
    return External(f"{path}()")


_HARMLESS = ("builtins.", "logging.", "warnings.", "weakref.", "typing.", "pprint.", "reprlib.")


def _first(given: Given) -> Value:
    return DATA if given.first is None else given.first.value


def _same(machine: Machine, given: Given) -> Value:
    """Gives back its first argument."""
    return _first(given)


def _plain(type_: str) -> Handler:
    return lambda machine, given: Plain(type_)


def _container(kind: str) -> Handler:
    def make(machine: Machine, given: Given) -> Value:
        made = Container(kind, given.span)
        for argument in given.positional:
            collections_.fill(machine, made, (collections_.elements(machine, argument.value),))
        return made

    return make


def _empty(kind: str) -> Handler:
    return lambda machine, given: Container(kind, given.span)


def _dict(machine: Machine, given: Given) -> Value:
    made = Container("dict", given.span)
    for argument in given.positional:
        for one in alternatives(argument.value):
            if isinstance(one, Container) and one.kind == "dict":
                collections_.update(machine, made, one)
                continue
            for pair in alternatives(collections_.elements(machine, one)):
                if isinstance(pair, Tuple) and len(pair.items) == 2:
                    collections_.put(machine, made, *pair.items)
                elif pair != DATA:
                    collections_.put(machine, made, DATA, pair)
    for name, argument in given.keywords.items():
        collections_.put(machine, made, Text.of((name,)), argument.value)
    if given.more is not None:
        collections_.put(machine, made, DATA, given.more.value)
    return made


def _vars(machine: Machine, given: Given) -> Value:
    found: list[Value] = [
        objects.namespace(one) if isinstance(one, Object | Module) else DATA
        for one in alternatives(_first(given))
    ]
    return join(found) if found else NOTHING


def _as_dictionary(machine: Machine, given: Given) -> Value:
    made = Container("dict", given.span)
    for one in alternatives(_first(given)):
        names = machine.heap.names(one) if isinstance(one, Object) else ()
        for name in names:
            value = machine.heap.read(one, name)
            if value is not None:
                collections_.put(machine, made, Text.of((name,)), value)
    return made


def _as_tuple(machine: Machine, given: Given) -> Value:
    found = [machine.heap.all(v) for v in alternatives(_first(given)) if isinstance(v, Object)]
    return Items(join(found) if found else DATA)


def _namespace(machine: Machine, given: Given) -> Value:
    made = Container("namespace", given.span)
    for name, argument in given.keywords.items():
        collections_.put(machine, made, Text.of((name,)), argument.value)
    if given.more is not None:
        collections_.put(machine, made, DATA, given.more.value)
    return made


def _from_keys(machine: Machine, given: Given) -> Value:
    made = Container("dict", given.span)
    if given.positional:
        keys = collections_.elements(machine, given.positional[0].value)
        value = given.positional[1].value if len(given.positional) > 1 else NONE
        collections_.put(machine, made, keys, value)
    return made


def _defaultdict(machine: Machine, given: Given) -> Value:
    made = Container("dict", given.span)
    if given.positional:
        default = machine.call(given.positional[0].value, Given(given.span))
        collections_.put(machine, made, DATA, default)
    return made


def _tuple(machine: Machine, given: Given) -> Value:
    value = _first(given) if given.all else Tuple(())
    return value if isinstance(value, Tuple) else Items(collections_.elements(machine, value))


def _map(machine: Machine, given: Given) -> Value:
    if not given.positional:
        return DATA
    function, *sources = given.positional
    arguments = [
        Argument(collections_.elements(machine, source.value), source.span) for source in sources
    ]
    return Items(machine.call(function.value, Given(given.span, tuple(arguments))))


def _filter(machine: Machine, given: Given) -> Value:
    if len(given.positional) < 2:
        return DATA
    test, source = given.positional[:2]
    item = collections_.elements(machine, source.value)
    if test.value != NONE:
        machine.call(test.value, Given(given.span, (Argument(item, source.span),)))
    return Items(item)


def _zip(machine: Machine, given: Given) -> Value:
    return Items(Tuple(tuple(collections_.elements(machine, a.value) for a in given.positional)))


def _enumerate(machine: Machine, given: Given) -> Value:
    return Items(Tuple((Plain("int"), collections_.elements(machine, _first(given)))))


def _sorted(machine: Machine, given: Given) -> Value:
    item = collections_.elements(machine, _first(given))
    key = given.keywords.get("key")
    if key is not None and key.value != NONE:
        machine.call(key.value, Given(given.span, (Argument(item, key.span),)))
    made = Container("list", given.span)
    collections_.fill(machine, made, (item,))
    return made


def _next(machine: Machine, given: Given) -> Value:
    found = [collections_.elements(machine, _first(given))]
    found += [a.value for a in given.positional[1:]]
    return join(found)


def _least(machine: Machine, given: Given) -> Value:
    key = given.keywords.get("key")
    values = [a.value for a in given.positional]
    if len(values) == 1:
        values = [collections_.elements(machine, values[0])]
    if key is not None:
        machine.call(key.value, Given(given.span, (Argument(join(values), key.span),)))
    if "default" in given.keywords:
        values.append(given.keywords["default"].value)
    return join(values) if values else NOTHING


def _sum(machine: Machine, given: Given) -> Value:
    total = collections_.elements(machine, _first(given))
    amounts = [v for v in alternatives(total) if isinstance(v, Amount)]
    if amounts and any(numbers.is_float(v) for v in alternatives(total)):
        numbers.note(machine, amounts[0], Operation.FLOAT_ARITHMETIC, given.span)
    if len(given.positional) > 1:
        return numbers.binary(machine, ast.Add(), total, given.positional[1].value, given.span)
    return join((total, Literal(0))) if not amounts else total


def _reduce(machine: Machine, given: Given) -> Value:
    if len(given.positional) < 2:
        return DATA
    function, source = given.positional[:2]
    item = collections_.elements(machine, source.value)
    start = given.positional[2].value if len(given.positional) > 2 else item
    arguments = (Argument(join((start, item)), source.span), Argument(item, source.span))
    return machine.call(function.value, Given(given.span, arguments))


def _float(machine: Machine, given: Given) -> Value:
    for argument in given.all:
        for one in alternatives(argument.value):
            for amount in _amounts_of(one):
                numbers.note(machine, amount, Operation.FLOAT_CONVERSION, given.span)
    return numbers.FLOAT


def _amounts_of(value: Value) -> list[Amount]:
    """The money that a value is, or that a text shows."""
    if isinstance(value, Text):
        shown = [part.money for part in value.parts if isinstance(part, Hole)]
        return [Amount(of) for of in shown if of]
    return [value] if isinstance(value, Amount) else []


def _number(machine: Machine, given: Given) -> Value:
    """``int``, ``abs``, ``round``: an amount stays one."""
    found = [
        Amount(one.of, one.origin) if isinstance(one, Amount) else one
        for one in alternatives(_first(given))
    ]
    known = [v for v in found if isinstance(v, Amount)]
    return join(known) if known else Plain("int")


def _rounded(machine: Machine, given: Given) -> Value:
    value = _first(given)
    known = [v for v in alternatives(value) if isinstance(v, Amount)]
    return join(known) if known else (value if numbers.is_float(value) else Plain("int"))


def _exact(machine: Machine, given: Given) -> Value:
    for argument in given.positional:
        for one in alternatives(argument.value):
            if isinstance(one, Amount):
                return Amount(one.of, one.origin, exact=True)
    return Plain("Decimal")


def _divmod(machine: Machine, given: Given) -> Value:
    if len(given.positional) < 2:
        return DATA
    left, right = (a.value for a in given.positional[:2])
    results = (
        numbers.binary(machine, op, left, right, given.span) for op in (ast.FloorDiv(), ast.Mod())
    )
    return Tuple(tuple(results))


def _operator(op: ast.operator) -> Handler:
    def apply(machine: Machine, given: Given) -> Value:
        if len(given.positional) < 2:
            return DATA
        left, right = (a.value for a in given.positional[:2])
        return numbers.binary(machine, op, left, right, given.span)

    return apply


def _string(machine: Machine, given: Given) -> Value:
    if not given.all:
        return Text()
    return machine.text_of(_first(given), given.span)


def _type(machine: Machine, given: Given) -> Value:
    if len(given.positional) > 1:
        return Unknown("its class is made by `type`")
    found: list[Value] = []
    for one in alternatives(_first(given)):
        what = machine.capability(one)
        if what and isinstance(one, Thing):
            machine.escaped(given.span, what, "a class that is read off an object")
        match one:
            case MessageValue(name=name, struct=struct):
                found.append(MessageClass(name, struct))
            case Object(cls=cls):
                found.append(cls)
            case Unknown():
                found.append(one)
            case _:
                found.append(DATA)
    return join(found) if found else NOTHING


def _getattr(machine: Machine, given: Given) -> Value:
    if len(given.positional) < 2:
        return DATA
    owner, name = given.positional[:2]
    names = [v.exact if isinstance(v, Text) else None for v in alternatives(name.value)]
    if None not in names:
        found = [machine.attribute(owner.value, known or "", given.span) for known in names]
        found += [a.value for a in given.positional[2:]]
        return join(found) if found else NOTHING
    for one in alternatives(owner.value):
        what = machine.capability(one)
        if what:
            machine.escaped(given.span, what, "an attribute whose name is computed")
        elif isinstance(one, External | Generated):
            machine.note(DynamicCode(given.span, f"an attribute of {one.path} by a computed name"))
        elif isinstance(one, Object | Module):
            objects.whole(machine, objects.namespace(one), given.span)
    return Unknown("it is an attribute whose name is computed")


def _setattr(machine: Machine, given: Given) -> Value:
    if len(given.positional) < 3:
        return NONE
    owner, name, value = given.positional[:3]
    for one in alternatives(name.value):
        known = one.exact if isinstance(one, Text) else None
        if known is not None:
            machine.assign(owner.value, known, value.value, given.span)
            continue
        for each in alternatives(owner.value):
            if isinstance(each, Object):
                machine.set_any(each, value.value)
            else:
                machine.hand_over(value.value, value.span, "an attribute whose name is computed")
    return NONE


def _set_own(machine: Machine, given: Given) -> Value:
    """As ``setattr``, past what the class says of assignments."""
    if len(given.positional) < 3:
        return NONE
    owner, name, value = given.positional[:3]
    for one in alternatives(owner.value):
        for text in alternatives(name.value):
            known = text.exact if isinstance(text, Text) else None
            if isinstance(one, Object) and known is not None:
                members.write_own(machine, one, known, value.value)
            elif isinstance(one, Object):
                machine.set_any(one, value.value)
    return NONE


def _partial(machine: Machine, given: Given) -> Value:
    if not given.positional:
        return DATA
    function, *rest = given.positional
    words = tuple((name, a.value) for name, a in given.keywords.items())
    arguments = tuple(a.value for a in rest)
    made: list[Value] = [Partial(one, arguments, words) for one in alternatives(function.value)]
    if given.rest is not None or given.more is not None:
        extra = [a for a in (given.rest, given.more) if a is not None]
        machine.call(
            function.value, Given(given.span, tuple(rest), given.keywords, given.rest, given.more)
        )
        return join((*made, *(a.value for a in extra[:0])))
    return join(made) if made else NOTHING


def _partial_method(machine: Machine, given: Given) -> Value:
    return Thing("functools.partialmethod", (("partial", _partial(machine, given)),))


def _replace(machine: Machine, given: Given) -> Value:
    value = _first(given)
    for one in alternatives(value):
        for name, argument in given.keywords.items():
            if isinstance(one, Object):
                machine.assign(one, name, argument.value, argument.span)
    found = [
        MessageValue(one.name, given.span, one.struct) if isinstance(one, MessageValue) else one
        for one in alternatives(value)
    ]
    return join(found) if found else NOTHING


def _field(machine: Machine, given: Given) -> Value:
    default = given.keywords.get("default")
    factory = given.keywords.get("default_factory") or given.keywords.get("factory")
    if factory is not None:
        return machine.call(factory.value, Given(given.span))
    return NOTHING if default is None else default.value


def _weak(machine: Machine, given: Given) -> Value:
    return Thing("weakref.ref", (("to", _first(given)),))


def _cast(machine: Machine, given: Given) -> Value:
    if len(given.positional) < 2:
        return DATA
    stated = machine.stated(given.positional[0].value, given.span)
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
    return strings.environment(_first(given))


def _import(machine: Machine, given: Given) -> Value:
    return imports.by_function(machine, given)


def _by_operator(kind: str) -> Handler:
    """``attrgetter``, ``itemgetter``, ``methodcaller``: functions of what they are called with."""

    def make(machine: Machine, given: Given) -> Value:
        inner = tuple(a.value for a in given.positional)
        return Thing(f"operator.{kind}", (("arguments", Tuple(inner)),))

    return make


def _super_new(machine: Machine, given: Given) -> Value:
    found: list[Value] = []
    for one in alternatives(_first(given)):
        if isinstance(one, Class):
            made = Object(one, given.span)
            machine.remember_instance(made)
            found.append(made)
    return join(found) if found else DATA


def _message_copy(machine: Machine, given: Given) -> Value:
    return _first(given)


def amount_method(machine: Machine, amount: Amount, name: str, given: Given) -> Value:
    """A method of an amount of money."""
    if name in ("__truediv__", "__rtruediv__") and not amount.exact:
        numbers.note(machine, amount, Operation.TRUE_DIVISION, given.span)
        return numbers.FLOAT
    if name == "__float__":
        numbers.note(machine, amount, Operation.FLOAT_CONVERSION, given.span)
        return numbers.FLOAT
    if name in ("bit_length", "bit_count"):
        return Plain("int")
    return DATA if name in ("to_bytes", "as_integer_ratio", "hex") else amount


def constant_method(machine: Machine, owner: Generated, name: str, given: Given) -> Value:
    """A method of a generated fixed-point type, which converts amounts exactly."""
    if name == "to_decimal":
        return _exact(machine, given)
    if name == "from_decimal":
        return Amount(owner.path.rpartition(".")[2])
    return DATA


_TO_FLOAT = [
    "sqrt",
    "exp",
    "log",
    "log2",
    "log10",
    "log1p",
    "expm1",
    "sin",
    "cos",
    "tan",
    "fsum",
    "floor",
    "ceil",
    "trunc",
    "fabs",
    "fmod",
    "modf",
    "frexp",
    "ldexp",
    "pow",
    "hypot",
    "dist",
    "copysign",
]
_KEEPING = {"floor", "ceil", "trunc"}  # of an integer they are exact


def _math(name: str) -> Handler:
    def apply(machine: Machine, given: Given) -> Value:
        for argument in given.positional:
            values = (argument.value, collections_.elements(machine, argument.value))
            for one in (v for value in values for v in alternatives(value)):
                if isinstance(one, Amount) and name in _KEEPING:
                    return one
                if isinstance(one, Amount):
                    numbers.note(machine, one, Operation.FLOAT_CONVERSION, given.span)
                    return numbers.FLOAT
        return numbers.FLOAT

    return apply


def _nothing(machine: Machine, given: Given) -> Value:
    return NONE


def _as_bool(machine: Machine, given: Given) -> Value:
    return Plain("bool")


_IDENTITY = External("typing.final")  # gives back what it gets

_LISTS = ("list", "set", "frozenset")
_PASSING = [
    "builtins.memoryview",
    "copy.copy",
    "copy.deepcopy",
    "asyncio.shield",
    "asyncio.wait_for",
    "types.MappingProxyType",
    "contextlib.closing",
    "contextlib.aclosing",
    "contextlib.nullcontext",
    "weakref.proxy",
    "functools.lru_cache",
    "functools.cache",
    "functools.total_ordering",
    "functools.cached_property",
    "functools.singledispatch",
    "functools.singledispatchmethod",
    "builtins.staticmethod",
    "builtins.classmethod",
    "builtins.property",
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
_QUEUES = [
    "asyncio.Queue",
    "asyncio.PriorityQueue",
    "asyncio.LifoQueue",
    "queue.Queue",
    "queue.SimpleQueue",
    "queue.LifoQueue",
    "queue.PriorityQueue",
]
_ARITHMETIC = {
    "add": ast.Add(), "sub": ast.Sub(), "mul": ast.Mult(), "truediv": ast.Div(),
    "floordiv": ast.FloorDiv(), "mod": ast.Mod(), "pow": ast.Pow(), "or_": ast.BitOr(),
}  # fmt: skip

_FLOATS = [
    "time.time",
    "time.monotonic",
    "time.perf_counter",
    "time.process_time",
    "random.random",
    "random.uniform",
    "random.gauss",
]

TABLE: dict[str, Handler] = {
    **{f"builtins.{name}": _container(name) for name in _LISTS},
    **iterating.TABLE,
    **waiting.TABLE,
    **dict.fromkeys(_PASSING, _same),
    **dict.fromkeys(_QUEUES, _empty("queue")),
    **{f"operator.{name}": _operator(op) for name, op in _ARITHMETIC.items()},
    **{f"operator.i{name}": _operator(op) for name, op in _ARITHMETIC.items()},
    **{f"math.{name}": _math(name) for name in _TO_FLOAT},
    **{f"statistics.{name}": _math("mean") for name in ("mean", "fmean", "median", "stdev")},
    **dict.fromkeys(
        ("builtins.len", "builtins.id", "builtins.hash", "builtins.ord"), _plain("int")
    ),
    **dict.fromkeys(_FLOATS, _plain("float")),
    **dict.fromkeys(("time.time_ns", "time.monotonic_ns", "time.perf_counter_ns"), _plain("int")),
    **dict.fromkeys(("builtins.bool", "builtins.isinstance", "builtins.issubclass"), _as_bool),
    **dict.fromkeys(("builtins.callable", "builtins.hasattr"), _as_bool),
    **dict.fromkeys(("builtins.any", "builtins.all"), _as_bool),
    "builtins.tuple": _tuple,
    "builtins.dict": _dict,
    "collections.OrderedDict": _dict,
    "collections.Counter": _container("set"),
    "collections.ChainMap": _dict,
    "collections.defaultdict": _defaultdict,
    "collections.deque": _container("list"),
    "builtins.map": _map,
    "builtins.filter": _filter,
    "builtins.zip": _zip,
    "itertools.zip_longest": _zip,
    "itertools.product": _zip,
    "builtins.enumerate": _enumerate,
    "builtins.sorted": _sorted,
    "builtins.next": _next,
    "builtins.anext": _next,
    "builtins.min": _least,
    "builtins.max": _least,
    "builtins.sum": _sum,
    "builtins.float": _float,
    "builtins.int": _number,
    "math.isqrt": _number,
    "builtins.abs": _rounded,
    "builtins.round": _rounded,
    "builtins.divmod": _divmod,
    "builtins.pow": _operator(ast.Pow()),
    "decimal.Decimal": _exact,
    "fractions.Fraction": _exact,
    "builtins.str": _string,
    "builtins.format": _plain("str"),
    "builtins.repr": _plain("str"),
    "builtins.type": _type,
    "builtins.getattr": _getattr,
    "builtins.object.__getattribute__": _getattr,
    "builtins.setattr": _setattr,
    "builtins.print": _nothing,
    "builtins.range": lambda machine, given: Items(Plain("int")),
    "builtins.object": _plain(""),
    "builtins.object.__new__": _super_new,
    "builtins.object.__setattr__": _set_own,
    "itertools.chain.from_iterable": lambda machine, given: Items(
        collections_.elements(machine, collections_.elements(machine, _first(given)))
    ),
    "itertools.repeat": lambda machine, given: Items(_first(given)),
    "builtins.dict.fromkeys": _from_keys,
    "builtins.vars": _vars,
    "types.SimpleNamespace": _namespace,
    "argparse.Namespace": _namespace,
    "functools.partial": _partial,
    "functools.partialmethod": _partial_method,
    "functools.reduce": _reduce,
    "functools.wraps": lambda machine, given: _IDENTITY,
    "functools.update_wrapper": _same,
    "copy.replace": _replace,
    "dataclasses.replace": _replace,
    "msgspec.structs.replace": _replace,
    "dataclasses.asdict": _as_dictionary,
    "dataclasses.astuple": _as_tuple,
    "attrs.asdict": _as_dictionary,
    "attrs.astuple": _as_tuple,
    "dataclasses.field": _field,
    "msgspec.field": _field,
    "attrs.field": _field,
    "attr.ib": _field,
    "pydantic.Field": _field,
    "typing.cast": _cast,
    "typing.TypeVar": _type_variable,
    "typing.NewType": _new_type,
    "os.getenv": _getenv,
    "os.environ.get": _getenv,
    "os.environ.setdefault": _getenv,
    "weakref.ref": _weak,
    "weakref.WeakMethod": _weak,
    "weakref.finalize": waiting.apply(1),
    "weakref.WeakValueDictionary": _dict,
    "weakref.WeakKeyDictionary": _dict,
    "weakref.WeakSet": _container("set"),
    "importlib.import_module": _import,
    "builtins.__import__": imports.by_name,
    "operator.attrgetter": _by_operator("attrgetter"),
    "operator.itemgetter": _by_operator("itemgetter"),
    "operator.methodcaller": _by_operator("methodcaller"),
}
