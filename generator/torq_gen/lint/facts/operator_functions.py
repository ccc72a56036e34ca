"""The functions of Python's `operator` and `pow`, and the functions that it makes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import named_attributes, numbers, operators, subscripts
from torq_gen.lint.facts.frame import Given, Handler
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.operator_names import BINARY, COMPARED, UNARY
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import DATA, NONE, Object, Plain, Thing, Tuple, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_Key = TypeVar("_Key")


def _operator(op: ast.operator) -> Handler:
    def apply(machine: Machine, given: Given) -> Value:
        left, right = given.argument(0, "base"), given.argument(1, "exp")
        if left is None or right is None:
            return DATA
        return numbers.binary(machine, op, left.value, right.value, given.span)

    return apply


def _power(machine: Machine, given: Given) -> Value:
    """``pow``: with a modulus, of whole numbers, whatever the exponent's sign is."""
    if given.argument(2, "mod") is None:
        return _operator(ast.Pow())(machine, given)
    found = [_operator(ast.Mod())(machine, given)]
    for one in alternatives(given.first_value):
        own = machine.method(one, "__pow__") if isinstance(one, Object) else None
        if own is not None:
            found.append(machine.call(own, given.without_first()))
    return join(found)


def _in_place(op: ast.operator) -> Handler:
    def apply(machine: Machine, given: Given) -> Value:
        left = given.first_value
        right = given.argument(1, "")
        if right is None:
            return DATA
        return operators.in_place(machine, op, left, right.value, given.span)

    return apply


def _compared(op: ast.cmpop) -> Handler:
    def apply(machine: Machine, given: Given) -> Value:
        if len(given.positional) < 2:
            return Plain("bool")
        left, right = (a.value for a in given.positional[:2])
        return join((Plain("bool"), *operators.compared(machine, op, left, right, given.span)))

    return apply


def _unary(op: ast.unaryop) -> Handler:
    return lambda machine, given: operators.unary(machine, op, given.first_value, given.span)


def _element(name: str) -> Handler:
    """``operator.setitem`` and its like: a method by another name."""

    def apply(machine: Machine, given: Given) -> Value:
        if given.first is None:
            return DATA
        subject, rest = given.first.value, given.without_first()
        if name == "__setitem__" and len(rest.positional) > 1:
            key, value = (a.value for a in rest.positional[:2])
            for one in alternatives(subject):
                subscripts.write(machine, one, key, value, given.span)
            return NONE
        if name == "__getitem__" and rest.positional:
            return subscripts.read(machine, subject, rest.positional[0].value, given.span)
        return machine.call(machine.attribute(subject, name, given.span), rest)

    return apply


_ARITHMETIC = {**{name: op() for op, name in BINARY.items()}, "concat": ast.Add()}
_COMPARED = {name: op() for op, name in COMPARED.items()}
_UNARY = {**{name: op() for op, name in UNARY.items()}, "inv": ast.Invert()}
_ELEMENTS = ("getitem", "setitem", "delitem", "contains")


def _named(names: Mapping[str, _Key], make: Callable[[_Key], Handler]) -> dict[str, Handler]:
    """Functions of `operator`, each under its two names."""
    return {
        f"operator.{written}": make(of)
        for name, of in names.items()
        for written in (f"{name}_" if name in ("or", "and") else name, f"__{name}__")
    }


def _maker(kind: str) -> Handler:
    """``attrgetter``, ``itemgetter``, ``methodcaller``: functions of what they are called with."""

    def make(machine: Machine, given: Given) -> Value:
        inner = tuple(a.value for a in given.positional)
        words = tuple((f"={name}", a.value) for name, a in given.keywords.items())
        return Thing(f"operator.{kind}", (("arguments", Tuple(inner)), *words))

    return make


def apply(machine: Machine, function: Thing, given: Given) -> Value:
    """What a function of ``attrgetter``, ``itemgetter`` or ``methodcaller`` gives."""
    arguments = function.get("arguments")
    listed = arguments.items if isinstance(arguments, Tuple) else ()
    if given.first is None or not listed:
        return DATA
    subject, span = given.first.value, given.span
    if function.type == "operator.methodcaller":
        rest = tuple(Argument(value, span) for value in listed[1:])
        stated = (one for one in function.fields if one[0][0] == "=")
        words = {name[1:]: Argument(value, span) for name, value in stated}
        method = _attributes(machine, subject, listed[0], span)
        return machine.call(method, Given(span, rest, words))
    if function.type == "operator.attrgetter":
        found = [_attributes(machine, subject, name, span) for name in listed]
    else:
        found = [subscripts.read(machine, subject, key, span) for key in listed]
    return found[0] if len(found) == 1 else Tuple(tuple(found))


def _attributes(machine: Machine, value: Value, name: Value, span: Span) -> Value:
    """An attribute, or one of an attribute, as ``"owner.name"`` says."""
    known = name.exact if isinstance(name, Text) else None
    names = [name] if known is None else [Text((n,)) for n in known.split(".")]
    for one in names:
        stated = (Argument(value, span), Argument(one, span))
        value = named_attributes.read(machine, Given(span, stated))
    return value


def _truth(machine: Machine, given: Given) -> Value:
    return Plain("bool")


TABLE: dict[str, Handler] = {
    **_named(_ARITHMETIC, _operator),
    **_named({f"i{name}": op for name, op in _ARITHMETIC.items()}, _in_place),
    **_named(_COMPARED, _compared),
    **_named(_UNARY, _unary),
    **_named({name: f"__{name}__" for name in _ELEMENTS}, _element),
    **{f"operator.{name}": _truth for name in ("truth", "not_", "is_", "is_not")},
    "builtins.pow": _power,
    **{f"operator.{kind}": _maker(kind) for kind in ("attrgetter", "itemgetter", "methodcaller")},
}
