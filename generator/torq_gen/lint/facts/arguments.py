"""Arguments of calls, and the parameters that get them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torq_gen.lint.facts import (
    collections_,
    comprehensions,
    elements,
    serialising,
    settings,
    waiting,
)
from torq_gen.lint.facts.frame import Frame, Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, is_unknown, join
from torq_gen.lint.facts.values import (
    DATA,
    NONE,
    Bound,
    Class,
    Container,
    Function,
    Items,
    Literal,
    MessageValue,
    Object,
    Tuple,
    Union,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.code import Parameter
    from torq_gen.lint.facts.machine import Machine


def arguments_of(
    machine: Machine, node: ast.Call, frame: Frame, *, consumed: bool = False
) -> Given:
    """The arguments of a call expression, evaluated; ``consumed``: the call goes through them."""
    span_of = frame.module.span
    positional: list[Argument] = []
    rest: list[Value] = []
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            value = waiting.by_place(
                machine, comprehensions.consumed(machine, argument.value, frame)
            )
            if isinstance(value, Tuple) and not rest:
                span = span_of(argument)
                positional += [Argument(item, span) for item in value.items]
            else:
                rest.append(elements.of(machine, value))
            continue
        value = (
            comprehensions.consumed(machine, argument, frame)
            if consumed
            else machine.eval(argument, frame)
        )
        if rest:
            rest.append(value)
        else:
            positional.append(Argument(value, span_of(argument)))
    keywords: dict[str, Argument] = {}
    more: list[Value] = []
    for keyword in node.keywords:
        value = machine.eval(keyword.value, frame)
        span = span_of(keyword.value)
        if keyword.arg is not None:
            keywords[keyword.arg] = Argument(value, span)
            continue
        value = collections_.mapping(machine, value, span)
        entries = collections_.entries(machine, value)
        if entries is None:
            more.append(values_of(machine, value))
        else:
            keywords |= {name: Argument(held, span) for name, held in entries.items()}
    whole = span_of(node)
    return Given(
        whole,
        tuple(positional),
        keywords,
        Argument(join(rest), whole) if rest else None,
        Argument(join(more), whole) if more else None,
    )


def values_of(machine: Machine, value: Value) -> Value:
    """What a dictionary of unknown keys may hold."""
    return join(_values_of(machine, one) for one in alternatives(value))


def _values_of(machine: Machine, value: Value) -> Value:
    if isinstance(value, Container):
        return machine.heap.all(value)
    if serialising.is_mere_data(value):
        return value
    return settings.each_of(value) or Unknown("it comes from `**`")


def bound(machine: Machine, function: Function, given: Given) -> tuple[Value, ...]:
    """A value for each parameter of a function."""
    positional = list(given.positional)
    left = dict(given.keywords)
    values: list[Value] = []
    by_place_alone = len(function.code.node.args.posonlyargs)
    for place, parameter in enumerate(function.code.parameters):
        if parameter.kind == "positional":
            argument = positional.pop(0) if positional else None
            if argument is None and place >= by_place_alone:
                argument = left.pop(parameter.name, None)
            values.append(_parameter(machine, function, parameter, argument, given))
        elif parameter.kind == "keyword":
            argument = left.pop(parameter.name, None)
            values.append(_parameter(machine, function, parameter, argument, given))
        elif parameter.kind == "*":
            extra = [a.value for a in positional]
            positional.clear()
            open_ended = given.rest is not None
            values.append(
                Items(join([*extra, given.rest.value])) if open_ended and given.rest
                else Tuple(tuple(extra))
            )  # fmt: skip
        else:
            made = Container("dict", given.span if given.span.file else function.code.name_span)
            for name, argument in left.items():
                collections_.put(machine, made, Text.of((name,)), argument.value)
            if given.more is not None:
                collections_.put(machine, made, DATA, given.more.value)
            values.append(made)
    return tuple(values)


def _parameter(
    machine: Machine,
    function: Function,
    parameter: Parameter,
    argument: Argument | None,
    given: Given,
) -> Value:
    if argument is not None:
        return trusted(machine, function, parameter, argument.value)
    extra = given.rest if parameter.kind == "positional" and given.rest else given.more
    default = machine.heap.read(("defaults", function), parameter.name)
    if extra is None:
        return default if default is not None else unknown_argument(machine, function, parameter)
    value = _fitting(machine, function, parameter, settings.taken(extra.value, parameter.name))
    value = trusted(machine, function, parameter, value)
    return value if default is None else join((value, default))


def _fitting(machine: Machine, function: Function, parameter: Parameter, value: Value) -> Value:
    """Of what came through ``*``, for whichever parameter: what this one's annotation may mean.

    A message is kept for each that may be one: which of them, the code shows.
    """
    if parameter.annotation is None or value.__class__ is not Union:
        return value
    stated = {one.__class__ for one in alternatives(_by_annotation(machine, function, parameter))}
    if not stated <= {MessageValue, Object}:
        return value
    kept = [one for one in value.of if one.__class__ in stated or one.__class__ not in _FIRM]
    return join(kept) if kept else value


_FIRM = (MessageValue, Object, Literal, Text, Function, Bound, Tuple, Container)
"""What is of one kind for certain."""


def trusted(machine: Machine, function: Function, parameter: Parameter, value: Value) -> Value:
    """The value; what is not known of it, its parameter's annotation says."""
    if parameter.annotation is None or value.__class__ in _TYPED:
        return value
    if not any(is_untyped(one) for one in alternatives(value)):
        return value  # most are
    return completed(value, unknown_argument(machine, function, parameter))


def completed(value: Value, stated: Value) -> Value:
    """The value with what an annotation states in place of what is not known of it."""
    untyped = [one for one in alternatives(value) if is_untyped(one)]
    said = alternatives(stated)
    if not untyped or any(isinstance(one, Unknown) for one in said):
        return value
    if any(isinstance(one, Text) for one in said):
        untyped = [one for one in untyped if not isinstance(one, Text)]
        if not untyped:
            return value
    return join((*(one for one in alternatives(value) if one not in untyped), stated))


_TYPED = (Object, Container, Tuple, Items, Function, Class)
"""What no annotation says more of."""


def is_untyped(value: Value) -> bool:
    """Whether an annotation may say more: of what is unknown, and of a setting of any type."""
    setting = isinstance(value, Text) and value.setting is not None
    return setting or value == DATA or is_unknown(value)


def unknown_argument(
    machine: Machine, function: Function, parameter: Parameter, *further: Value
) -> Value:
    """What a parameter holds when nobody knows the caller: what its annotation says.

    ``further`` is what is known to come behind all parameters, through ``*``.
    """
    code = function.code
    if parameter.kind == "**":
        made = Container("dict", code.name_span)
        collections_.put(machine, made, DATA, _by_annotation(machine, function, parameter))
        return made
    value = _by_annotation(machine, function, parameter)
    return Items(join((*further, value))) if parameter.kind == "*" else value


def _by_annotation(machine: Machine, function: Function, parameter: Parameter) -> Value:
    code = function.code
    if parameter.annotation is None:
        if parameter.default is not None:
            default = machine.heap.read(("defaults", function), parameter.name)
            if default is not None and default != NONE:
                return join((default, Unknown(_no_annotation(parameter))))
        return Unknown(_no_annotation(parameter))
    frame = Frame(code.module, code.qualname, code, scope=function.scope)
    try:
        return machine.annotated(parameter.annotation, frame)
    except RecursionError:  # an annotation may call the very function
        machine.too_deep(code.module, parameter.annotation)
        return Unknown("its annotation is nested too deeply")


def _no_annotation(parameter: Parameter) -> str:
    return f"`{parameter.name}` has no annotation and its callers are not all known"
