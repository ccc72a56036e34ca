"""Calls: what each kind of value gives when it is called."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torq_gen.lint.facts import (
    arguments,
    base_methods,
    binding,
    classes,
    construction,
    escape,
    generating,
    known,
    library_calls,
    managers,
    operator_functions,
    reckoning,
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
    Object,
    Partial,
    Super,
    Thing,
    ThingMethod,
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
            return base_methods.call(machine, receiver, name, given)
        case Partial(function=inner):
            return machine.call(inner, _with_partial(given, function))
        case Object():
            method = classes.method(machine, function, "__call__")
            if method is not None:
                return machine.call(method, given)
            if _is_decorator(machine, function) and given.first is not None:
                managers.entered(machine, function, given.span)
                managers.left(machine, function, given.span)
                return given.first.value
        case Generated():
            return _call_generated(machine, function, given)
        case Thing(type="typing.Callable"):
            escape.of_all(machine, given, "a function that is not known")
            return function.get("gives") or DATA
        case Thing(type="operator.attrgetter" | "operator.itemgetter" | "operator.methodcaller"):
            return operator_functions.apply(machine, function, given)
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


def _call_function(machine: Machine, function: Function, given: Given) -> Value:
    owner = machine.functions.get(function)
    model = machine.libraries.own.get(function.code.dotted_name)
    if model is not None:
        receiver: Value = NONE
        if owner is not None and given.first is not None and machine.kind_of(function) != "static":
            receiver, given = given.first.value, given.without_first()
        return library_calls.apply_model(machine, model, function.code.qualname, receiver, given)
    return machine.runs.run(function, arguments.bound(machine, function, given), owner)


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
    constants = [
        part.value.value
        for part in node.body
        if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    ]
    return len(constants) == len(node.body) and constants[-1] is Ellipsis


def _call_generated(machine: Machine, function: Generated, given: Given) -> Value:
    own = machine.contracts.service_of(function)
    if own is not None:
        return Thing("mycelium.Service", (("service", Text.of((own,))),))
    name = function.path.rpartition(".")[2]
    if name == "decode_frame":
        return Unknown("`decode_frame` gives whatever message the frame carries")
    if name in base_methods.COLUMNS:
        return base_methods.of_columns(machine, function, name, given)
    made = machine.contracts.instance(function)
    return made if isinstance(made, Amount) else DATA
