"""Text that code puts together."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts.frame import Frame, Given
from torq_gen.lint.facts.model import MoneyArithmetic, Operation
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    NONE,
    Amount,
    Items,
    Literal,
    Plain,
    Tuple,
    Union,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

ANY = ANY_TEXT
_LONGEST = 24
"""Parts; a longer text is only known to begin as it does."""
_MOST_CHARACTERS = 4000
"""Characters; of a longer text nothing is known."""
_MOST = 12
"""Combinations of the alternatives of a template's parts that are told apart."""
_PERCENT = re.compile(r"%(?:\(([^)]*)\))?([#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d*))?)[hlL]?([a-zA-Z%])")


def shown(value: Value) -> Value:
    """The text that a value becomes in a template."""
    match value:
        case Text():
            return value
        case Literal(value=bool() | int() | None as known):
            return Text((str(known),))
        case Amount(of=of, exact=False):
            return Text((Hole(money=of),))
    return ANY_TEXT


def concat(left: Value, right: Value) -> Value:
    """One text behind another."""
    found = []
    for a in alternatives(left):
        for b in alternatives(right):
            one, other = (v if isinstance(v, Text) else ANY_TEXT for v in (a, b))
            found.append(_limited(one + other))
    return join(found[:_MOST] if len(found) <= _MOST else [*found[:_MOST], ANY_TEXT])


def _limited(text: Text) -> Text:
    size = sum(len(part) for part in text.parts if isinstance(part, str))
    if size > _MOST_CHARACTERS:
        return ANY_TEXT
    if len(text.parts) <= _LONGEST:
        return text
    return Text.of((*text.parts[:_LONGEST], Hole()))


def assembled(parts: list[Value]) -> Value:
    """The text of parts that stand one behind the other."""
    value: Value = Text()
    if all(part.__class__ is not Union for part in parts):
        texts = map(shown, parts)
        return _limited(Text.of(p for text in texts if isinstance(text, Text) for p in text.parts))
    for part in parts:
        value = concat(value, join([shown(v) for v in alternatives(part)] or [ANY_TEXT]))
    return value


def joined(machine: Machine, node: ast.JoinedStr, frame: Frame) -> Value:
    """An f-string."""
    parts: list[Value] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            value = machine.eval(part.value, frame)
            if part.format_spec is not None:
                machine.eval(part.format_spec, frame)
            plain = part.format_spec is None and part.conversion in (-1, 115)
            span = frame.module.span(part)
            if part.format_spec is not None and _ends_as_float(part.format_spec):
                note_float(machine, value, frame.module.span(node))
            parts.append(machine.text_of(value, span) if plain else ANY_TEXT)
        else:
            parts.append(machine.eval(part, frame))
    return assembled(parts)


_AS_FLOAT = tuple("eEfFgG%")
"""Endings of a format under which an integer is shown as a float."""


def _ends_as_float(spec: ast.expr) -> bool:
    last = spec.values[-1] if isinstance(spec, ast.JoinedStr) and spec.values else None
    return isinstance(last, ast.Constant) and str(last.value).endswith(_AS_FLOAT)


def note_float(machine: Machine, value: Value, span: Span) -> None:
    """An integer amount that is shown as a float; a Decimal keeps its digits."""
    for one in alternatives(value):
        if isinstance(one, Amount) and not one.exact:
            fact = MoneyArithmetic(span, Operation.FLOAT_CONVERSION, one.of, one.origin)
            machine.note(fact)


def in_format(machine: Machine, given: Given) -> Value:
    """``format(value, spec)``."""
    value, spec = given.argument(0, ""), given.argument(1, "")
    for one in alternatives(spec.value) if spec is not None else ():
        if value is not None and isinstance(one, Text) and (one.exact or "").endswith(_AS_FLOAT):
            note_float(machine, value.value, given.span)
    return Plain("str")


def shown_as_floats(template: Value, given: Value) -> Iterator[Value]:
    """The values that ``template % given`` shows as floats, as far as the template is known."""
    known = template.exact if isinstance(template, Text) else None
    kinds = [f[3] for f in _PERCENT.finditer(known or "") if f[3] != "%"]
    values = given.items if isinstance(given, Tuple) else (given,)
    for kind, value in zip(kinds, values, strict=False):
        if kind in _AS_FLOAT:
            yield value


def percent(template: Value, given: Value) -> Value:
    """``template % given``."""
    if not isinstance(template, Text) or (known := template.exact) is None:
        return ANY_TEXT
    values = iter(given.items if isinstance(given, Tuple) else (given,))
    parts: list[Value] = []
    at = 0
    for found in _PERCENT.finditer(known):
        parts.append(Text.of((known[at : found.start()],)))
        at = found.end()
        name, width, kind = found.groups()
        if "*" in width:
            return ANY_TEXT  # it takes a value too
        if kind == "%":
            parts.append(Text(("%",)))
            continue
        value = next(values, ANY_TEXT) if name is None else ANY_TEXT
        parts.append(value if not width and _is_plain(kind, value) else ANY_TEXT)
    return assembled([*parts, Text.of((known[at:],))])


def _is_plain(kind: str, value: Value) -> bool:
    """Whether a conversion shows a value as ``str`` does."""
    truth = any(isinstance(v, Literal) and isinstance(v.value, bool) for v in alternatives(value))
    return kind == "s" or (kind == "d" and not truth)


def formatted(machine: Machine, template: Value, given: Given) -> Value:
    """``template.format(…)``."""
    if not isinstance(template, Text) or (known := template.exact) is None:
        return ANY_TEXT
    try:
        fields = list(Formatter().parse(known))
    except ValueError:
        return ANY_TEXT
    parts: list[Value] = []
    count = 0
    for literal, name, spec, conversion in fields:
        parts.append(Text.of((literal,)))
        if name is None:
            continue
        if spec and "{" in spec:
            return ANY_TEXT  # it takes a value too
        place = str(count) if name == "" else name
        count += name == ""
        plain = not spec and conversion in (None, "s")
        if spec and spec.endswith(_AS_FLOAT):
            note_float(machine, _argument(given, place), given.span)
        parts.append(_argument(given, place) if plain else ANY_TEXT)
    return assembled(parts)


def _argument(given: Given, place: str) -> Value:
    if place.isdigit() and int(place) < len(given.positional):
        return given.positional[int(place)].value
    if place in given.keywords:
        return given.keywords[place].value
    return ANY_TEXT


_SAME = frozenset({"encode", "decode", "__str__"})
_BY_PART = frozenset({"lower", "upper", "casefold", "swapcase"})
_STRIPPING = {"strip": (True, True), "lstrip": (True, False), "rstrip": (False, True)}
_REAL = frozenset(
    [
        *("strip", "lstrip", "rstrip", "lower", "upper", "casefold", "swapcase", "title"),
        *("capitalize", "expandtabs", "center", "ljust", "rjust", "zfill", "replace"),
        *("removeprefix", "removesuffix"),
    ]
)
_WIDEST = 1000
"""Characters to which a text is filled up; a wider one is any text."""


def method(machine: Machine, text: Value, name: str, given: Given) -> Value:
    """What a method of a text gives."""
    if name == "format":
        return formatted(machine, text, given)
    if not isinstance(text, Text):
        return ANY_TEXT
    if name in _SAME:
        return text
    if name in _REAL:
        known = text.exact
        return _open_ended(text, name, given) if known is None else _changed(known, name, given)
    if name == "join" and given.first is not None:
        return _joined_by(text, given.first.value)
    if name in ("split", "rsplit", "splitlines"):
        return Items(ANY_TEXT)
    if name in ("partition", "rpartition"):
        return Tuple((ANY_TEXT, ANY_TEXT, ANY_TEXT))
    if name.startswith(("is", "starts", "ends")):
        return Plain("bool")
    return Plain("int") if name in ("find", "rfind", "index", "count") else ANY_TEXT


def _changed(known: str, name: str, given: Given) -> Value:
    """What a method makes of a text that is known, by that method itself."""
    if given.keywords or given.rest is not None or given.more is not None:
        return ANY_TEXT
    arguments: list[object] = []
    for argument in given.positional:
        value = argument.value
        exact = value.exact if isinstance(value, Text) else getattr(value, "value", ANY_TEXT)
        if exact is None and value != NONE:
            return ANY_TEXT
        if isinstance(exact, int) and abs(exact) > _WIDEST:
            return ANY_TEXT
        arguments.append(exact)
    try:
        changed = getattr(known, name)(*arguments)
    except (TypeError, ValueError):
        return ANY_TEXT
    return Text.of((changed,))


def _open_ended(text: Text, name: str, given: Given) -> Value:
    """What a method makes of a text of which some parts are not known."""
    if name in _BY_PART:
        change = getattr(str, name)
        return Text.of(change(p) if isinstance(p, str) else Hole() for p in text.parts)
    literals = [part for part in text.parts if isinstance(part, str)]
    if name in _STRIPPING and not given.all:
        if not literals:
            return text
        # What is not known may be empty: then the literal beside it would be stripped.
        left, right = _STRIPPING[name]
        touched = (left and literals[0][0].isspace()) or (right and literals[-1][-1].isspace())
        return ANY_TEXT if touched else text
    return ANY_TEXT


def _joined_by(separator: Text, items: Value) -> Value:
    if not isinstance(items, Tuple):
        return ANY_TEXT
    parts: list[Value] = []
    for item in items.items:
        parts += [separator, item] if parts else [item]
    return assembled(parts)


def is_text(value: Value) -> bool:
    """Whether a value is text in every case."""
    return all(
        isinstance(v, Text) or v == Plain("str") for v in alternatives(value)
    ) and value != Union(())


def environment(name: Value) -> Value:
    """The setting or environment variable of a name."""
    found = [
        Text((Hole(v.exact),)) if isinstance(v, Text) and v.exact else ANY_TEXT
        for v in alternatives(name)
    ]
    return join(found) if found else DATA
