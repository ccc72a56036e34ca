"""Calls: arguments, parameters, construction, and what a call of each kind of value gives."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    arguments,
    binding,
    classes,
    collection_methods,
    collections_,
    construction,
    escape,
    generating,
    known,
    library_calls,
    mixins,
    numbers,
    objects,
    raising,
    reckoning,
    service,
    strings,
    waiting,
    wrapping,
)
from torq_gen.lint.facts.frame import Frame, Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, is_unknown, join
from torq_gen.lint.facts.values import (
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


def call(machine: Machine, function: Value, given: Given) -> Value:
    """What a call gives, joined over all that the callee may be."""
    if function.__class__ is not Union:
        return _call(machine, function, given)
    machine.work(len(function.of))
    found = [_call(machine, one, given) for one in alternatives(function)]
    return join(found)


def _call(machine: Machine, function: Value, given: Given) -> Value:
    if function.__class__ is Bound:
        owner = Argument(function.receiver, given.span)
        return machine.call(function.function, given.with_first(owner))
    if function.__class__ is Function:
        return _call_function(machine, function, given)
    match function:
        case Class():
            return construction.construct(machine, function, given)
        case MessageClass():
            return reckoning.message(machine, function, given)
        case External(path=path):
            return known.call(machine, path, given)
        case ThingMethod():
            return library_calls.call_thing(machine, function, given)
        case BaseMethod(receiver=Generated() as base, name=name) if (
            given.first is not None and machine.contracts.service_of(base) is not None
        ):
            bound = binding.of_base(machine, given.first.value, name)
            return machine.call(bound, given.without_first())
        case BaseMethod(receiver=receiver, name=name):
            return _call_method(machine, receiver, name, given)
        case Partial(function=inner):
            return machine.call(inner, _with_partial(given, function))
        case Object():
            method = classes.method(machine, function, "__call__")
            if method is not None:
                return machine.call(method, given)
            if _is_decorator(machine, function) and given.first is not None:
                waiting.entered(machine, function, given.span)
                waiting.left(machine, function, given.span)
                return given.first.value
        case Generated():
            return _call_generated(machine, function, given)
        case Thing(type="typing.Callable"):
            escape.of_all(machine, given, "a function that is not known")
            return function.get("gives") or DATA
        case Thing(type="operator.attrgetter" | "operator.itemgetter" | "operator.methodcaller"):
            return _by_operator(machine, function, given)
        case Thing(type=wrapping.WRAPPING):
            return wrapping.wrap(machine, given.first_value, function.get("wrapped") or DATA)
        case Thing(type=wrapping.COMPARING) if given.first is not None:
            both = (given.first, given.first)
            return machine.call(function.get("by") or DATA, Given(given.span, both))
        case Thing(type="weakref.ref"):
            return function.get("to") or DATA
        case Thing(type="typing.NewType"):
            return DATA if given.first is None else given.first.value
        case Container(kind="dispatch"):
            return machine.call(machine.heap.all(function), given)
        case Thing(type=name):
            model = machine.libraries.called(name)
            if model is not None:
                return library_calls.apply_model(machine, model, name, function, given)
        case Literal(value=None):
            return NOTHING
        case Super():
            return Unknown("it comes from `super()`")
    escape.of_all(machine, given, "a function that is not known")
    reason = function.reason if isinstance(function, Unknown) and function.reason else ""
    return Unknown(reason or "it comes from a function that is not known")


def _with_partial(given: Given, partial: Partial) -> Given:
    """The arguments of a call behind those that are already given."""
    positional = tuple(Argument(value, given.span) for value in partial.positional)
    keywords = {name: Argument(value, given.span) for name, value in partial.keywords}
    rest, more = given.rest, given.more
    following = given.positional
    if partial.rest is not None:  # so many that it is not known which place the following take
        left = (*(a.value for a in following), *(() if rest is None else (rest.value,)))
        rest = Argument(join((partial.rest, *left)), given.span)
        following = ()
    if partial.more is not None:
        left = () if more is None else (more.value,)
        more = Argument(join((partial.more, *left)), given.span)
    return Given(given.span, positional + following, keywords | dict(given.keywords), rest, more)


def _is_decorator(machine: Machine, value: Object) -> bool:
    """Whether an object is a context manager that runs what it decorates within itself."""
    names = ("contextlib.ContextDecorator", "contextlib.AsyncContextDecorator")
    order = classes.ancestry(machine, value.cls)
    return any(isinstance(base, External) and base.path in names for base in order)


def _by_operator(machine: Machine, function: Thing, given: Given) -> Value:
    """What a function of ``attrgetter``, ``itemgetter`` or ``methodcaller`` gives."""
    arguments = function.get("arguments")
    listed = arguments.items if isinstance(arguments, Tuple) else ()
    if given.first is None or not listed:
        return DATA
    subject, span = given.first.value, given.span
    if function.type == "operator.methodcaller":
        rest = tuple(Argument(value, span) for value in listed[1:])
        return machine.call(_attributes(machine, subject, listed[0], span), Given(span, rest))
    if function.type == "operator.attrgetter":
        found = [_attributes(machine, subject, name, span) for name in listed]
    else:
        found = [collections_.subscript(machine, subject, key, span) for key in listed]
    return found[0] if len(found) == 1 else Tuple(tuple(found))


def _attributes(machine: Machine, value: Value, name: Value, span: Span) -> Value:
    """An attribute, or one of an attribute, as ``"owner.name"`` says."""
    known_name = name.exact if isinstance(name, Text) else None
    names = [name] if known_name is None else [Text((n,)) for n in known_name.split(".")]
    for one in names:
        stated = (Argument(value, span), Argument(one, span))
        value = known.TABLE["builtins.getattr"](machine, Given(span, stated))
    return value


def _call_function(machine: Machine, function: Function, given: Given) -> Value:
    owner = machine.functions.get(function)
    model = machine.libraries.own.get(qualified(function))
    if model is not None:
        receiver: Value = NONE
        if owner is not None and given.first is not None and machine.kind_of(function) != "static":
            receiver, given = given.first.value, given.without_first()
        return library_calls.apply_model(machine, model, function.code.qualname, receiver, given)
    return machine.runs.run(function, arguments.bound(machine, function, given), owner)


def qualified(value: Function | Class) -> str:
    """The dotted name by which a project's description of its own bus names it."""
    return f"{value.code.module.name}.{value.code.qualname}"


def result_of(
    machine: Machine,
    frame: Frame,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    *,
    falls: bool,
) -> Value:
    """What a function gives, once its body has been run."""
    if frame.generates or (frame.code is not None and frame.code.yields):
        for value in (*frame.returns, NONE):
            generating.give_back(machine, value)
        return Items(join(frame.yields) if frame.yields else NOTHING)
    if _is_stub(node):
        if node.returns is not None:
            return machine.annotated(node.returns, frame)
        return Unknown(f"`{node.name}` has no body")
    returned = [*frame.returns, NONE] if falls else frame.returns
    value = join(returned)
    if isinstance(node, ast.AsyncFunctionDef):
        generating.end(machine, value)
    if node.returns is not None and any(is_unknown(v) for v in alternatives(value)):
        stated = machine.annotated(node.returns, frame)
        if not any(isinstance(v, Unknown) for v in alternatives(stated)):
            return join((*(v for v in alternatives(value) if not is_unknown(v)), stated))
    return value


def _is_stub(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a body is only ``...``: what a protocol or an abstract class says of others."""
    last = node.body[-1]
    if not isinstance(last, ast.Expr) or not isinstance(last.value, ast.Constant):
        return False
    return last.value.value is Ellipsis and len(node.body) <= 2


def _call_method(machine: Machine, receiver: Value, name: str, given: Given) -> Value:
    if name == "__getattribute__" and given.first is not None:
        stated = given.with_first(_own(receiver, given))
        return known.call(machine, "builtins.object.__getattribute__", stated)
    if name == "__await__":
        return waiting.task(receiver)
    if isinstance(receiver, Literal | Plain | Text) and given.first is not None:
        reckoned = numbers.by_method(machine, receiver, name, given.first.value, given.span)
        if reckoned is not None:
            return reckoned
    match receiver:
        case Object():
            if machine.service_of(receiver.cls) is not None:
                return service.call(machine, receiver, name, given)
            if name == "with_traceback":
                return receiver
            if name == "__setattr__":
                stated = given.with_first(_own(receiver, given))
                return known.call(machine, "builtins.object.__setattr__", stated)
            if name == "__init__":
                construction.construct_base(machine, receiver, given)
                return NONE
            if name == "_replace" and isinstance(objects.tuple_of(machine, receiver), Tuple):
                return known.TABLE["copy.replace"](machine, given.with_first(_own(receiver, given)))
            if name == "_asdict" and isinstance(objects.tuple_of(machine, receiver), Tuple):
                return known.TABLE["attrs.asdict"](machine, given.with_first(_own(receiver, given)))
            mixed_in = mixins.method(machine, receiver, name, given)
            if mixed_in is not None:
                return mixed_in
            if name in _HARMLESS:
                return DATA
            escape.of_all(machine, given, f"`{name}` of a base class that is not analysed")
            return Unknown(f"`{name}` is a method of a base class that is not analysed")
        case Container():
            return collection_methods.method(machine, receiver, name, given)
        case MessageClass(name=own, struct=struct):
            if name == "create":
                return reckoning.message(machine, receiver, given)
            made = name in ("from_tlv", "from_json", "from_frame", "view", "__new__")
            return MessageValue(own, given.span, struct) if made else DATA
        case Text() | Plain(type="str"):
            return strings.method(machine, receiver, name, given)
        case Amount():
            return reckoning.amount_method(machine, receiver, name, given)
        case Generated():
            return reckoning.constant_method(machine, receiver, name, given)
        case MessageValue() if name.startswith("to_"):
            return Thing("message.encoded", (("message", receiver),))
        case Class() if name == "_make" and given.first is not None:
            whole = given.first.value
            items = whole.items if isinstance(whole, Tuple) else ()
            rest = None if items else Argument(collections_.elements(machine, whole), given.span)
            listed = tuple(Argument(item, given.span) for item in items)
            return construction.construct(machine, receiver, Given(given.span, listed, rest=rest))
        case Class() if name == "__call__":
            return construction.construct(machine, receiver, given, past_metaclass=True)
        case Class() if name == "__setattr__":
            stated = given.with_first(_own(receiver, given))
            return known.call(machine, "builtins.type.__setattr__", stated)
        case Class() if name == "__subclasses__":
            return Items(machine.heap.all(("derived", receiver)))
        case Class() if name == "mro":
            return Items(join(classes.ancestry(machine, receiver)))
        case MessageValue() | Class():
            escape.of_all(machine, given, f"`{name}`")
            return DATA
        case External() if receiver.path.startswith(raising.OTHER.path):
            return Tuple((receiver, receiver)) if name == "split" else receiver
        case Items(item=item):
            if name in ("__iter__", "__aiter__"):
                return receiver
            if name in _SENDING:
                for argument in given.all:
                    generating.send(machine, argument.value)
                    raising.remember(machine, argument.value)
            if name in _OF_ALL:
                return receiver
            return DATA if name in _IDLE else item
    return DATA


def _own(receiver: Value, given: Given) -> Argument:
    """The object of a method as an argument of a function that does the same."""
    return Argument(receiver, given.span)


_SENDING = frozenset(["send", "asend", "throw", "athrow"])
_OF_ALL = frozenset(["copy", "union", "difference", "intersection", "symmetric_difference"])
"""Methods that give a collection again."""
_IDLE = frozenset(
    [
        *("index", "count", "close", "aclose", "isdisjoint", "issubset", "issuperset", "add"),
        *("discard", "remove", "clear", "__exit__", "__aexit__", "__len__", "__contains__"),
        *("__eq__", "__ne__", "__hash__", "__repr__", "__str__", "__bool__"),
    ]
)
"""Methods of what can be iterated that give data."""
_HARMLESS = frozenset(
    [
        "__init_subclass__",
        "__repr__",
        "__str__",
        "__eq__",
        "__hash__",
        "__enter__",
        "__exit__",
        "__aenter__",
        "__aexit__",
        "__del__",
        "__setattr__",
        "__new__",
        "__post_init__",
    ]
)


def _call_generated(machine: Machine, function: Generated, given: Given) -> Value:
    own = machine.contracts.service_of(function)
    if own is not None:
        return Thing("mycelium.Service", (("service", Text.of((own,))),))
    name = function.path.rpartition(".")[2]
    if name == "decode_frame":
        return Unknown("`decode_frame` gives whatever message the frame carries")
    made = machine.contracts.instance(function)
    return made if isinstance(made, Amount) else DATA
