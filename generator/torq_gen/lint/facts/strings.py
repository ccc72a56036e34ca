"""Text that code puts together."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from torq_gen.lint.facts import classes, collections_, elements, escape, formatting, settings
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    NONE,
    NOTHING,
    Amount,
    Container,
    Items,
    Literal,
    Plain,
    Thing,
    Tuple,
    Union,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.diagnostics import Span
    from torq_gen.lint.facts.machine import Machine

ANY = ANY_TEXT
_LONGEST = 24
"""Parts; a longer text is only known to begin as it does."""
_MOST_CHARACTERS = 4000
"""Characters; of a longer text nothing is known."""
_MOST = 12
"""Combinations of the alternatives of a template's parts that are told apart."""


def shown(value: Value) -> Value:
    """The text that a value becomes in a template."""
    match value:
        case Text():
            return value
        case Literal(value=bool() | int() | None as known):
            return Text((str(known),))
        case Amount(of=of):
            return Text((Hole(money=of),))
    return ANY_TEXT


def text_of(machine: Machine, value: Value, span: Span) -> Value:
    """What ``str`` gives."""
    found: list[Value] = []
    for one in alternatives(value):
        model = machine.libraries.method(one, "__str__") if isinstance(one, Thing) else None
        if isinstance(one, Thing) and model is not None:
            found.append(machine.apply(model, f"{one.type}.__str__", one, Given(span)))
            continue
        asked = (classes.special(machine, one, name) for name in ("__str__", "__repr__"))
        method = next((m for m in asked if m is not None), None)
        found.append(shown(one) if method is None else machine.call(method, Given(span)))
    return join(found)


def money_in(value: Value) -> list[Amount]:
    """The money that a value is, or that a text shows."""
    found: list[Amount] = []
    for one in alternatives(value):
        if isinstance(one, Amount):
            found.append(one)
        elif isinstance(one, Text):
            parts = (part.money for part in one.parts if isinstance(part, Hole))
            found += [Amount(of) for of in parts if of]
    return found


def data_in(value: Value) -> list[Container]:
    """The collections that a text is the JSON of."""
    texts = [one for one in alternatives(value) if isinstance(one, Text)]
    parts = [part for one in texts for part in one.parts if isinstance(part, Hole)]
    return [part.data for part in parts if part.data is not None]


def showing(*values: Value) -> Text:
    """A text of which nothing is known but the money that it shows, if it is made of some."""
    amounts = [amount for value in values for amount in money_in(value)]
    if amounts:
        return Text((Hole(money=amounts[0].of),))
    data = [one for value in values for one in data_in(value)]
    return Text((Hole(data=data[0]),)) if data else ANY_TEXT


def concat(left: Value, right: Value) -> Value:
    """One text behind another."""
    found: list[Value] = []
    for a, b in itertools.product(alternatives(left), alternatives(right)):
        if len(found) == _MOST:
            return join((*found, showing(left, right)))
        one, other = (v if isinstance(v, Text) else ANY_TEXT for v in (a, b))
        found.append(_limited(one + other))
    return join(found)


def _limited(text: Text) -> Text:
    size = 0
    for part in text.parts:
        if part.__class__ is str:
            size += len(part)
    if size > _MOST_CHARACTERS:
        return showing(text)
    if len(text.parts) <= _LONGEST:
        return text
    return Text.of((*text.parts[:_LONGEST], Hole()))


def assembled(parts: list[Value]) -> Value:
    """The text of parts that stand one behind the other."""
    value: Value = Text()
    run: list[str | Hole] = []  # what stands between parts of which there are several
    for part in parts:
        if part.__class__ is Union:
            value = concat(value, Text.of(run)) if run else value
            value = concat(value, join([shown(v) for v in part.of] or [ANY_TEXT]))
            run = []
        else:
            text = shown(part)
            run += text.parts if isinstance(text, Text) else ()
    if value == Text():
        return _limited(Text.of(run))
    return concat(value, Text.of(run)) if run else value


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
_MOST_CHANGED = 100_000
"""Characters that a method may make of a text; of a longer one nothing is known."""
_WIDEST = 1000
"""Characters to which a text is filled up; a wider one is any text."""


def method(machine: Machine, text: Value, name: str, given: Given) -> Value:
    """What a method of a text gives."""
    if name in ("format", "format_map"):
        return formatting.formatted(machine, text, given, by_mapping=name == "format_map")
    found = _of_method(machine, text, name, given)
    if found != ANY_TEXT:
        return found
    held = [argument.value for argument in given.all]
    held += [elements.of(machine, one) for one in held]
    return showing(text, *held)


def _of_method(machine: Machine, text: Value, name: str, given: Given) -> Value:
    if not isinstance(text, Text):
        return ANY_TEXT
    if not hasattr(str, name) and not hasattr(bytes, name):
        return _of_table(machine, text, name, given)
    if name in _SAME:
        return text
    if name in _REAL:
        known = text.exact
        return _open_ended(text, name, given) if known is None else _changed(known, name, given)
    if name == "join" and given.first is not None:
        return _joined_by(text, given.first.value)
    if name in ("split", "rsplit", "splitlines"):
        return Items(settings.each_of(text) or showing(text))
    if name in ("partition", "rpartition"):
        return Tuple((showing(text),) * 3)
    if name.startswith(("is", "starts", "ends")):
        return Plain("bool")
    return Plain("int") if name in ("find", "rfind", "index", "count") else ANY_TEXT


_OF_TABLES = ("get", "setdefault", "keys", "values", "items")
"""Methods of tables alone: a view of bytes, which is taken for text, has none of them."""


def _of_table(machine: Machine, text: Text, name: str, given: Given) -> Value:
    """What a method gives that no text has: a setting may be a table of settings, or a list."""
    for argument in given.all:
        escape.of(machine, argument.value, argument.span, f"`{name}` of a setting", keeps_data=True)
    table, entry = text.setting, settings.each_of(text)
    if table is None or entry is None:
        return NOTHING if text.exact is not None and name in _OF_TABLES else ANY_TEXT
    beside = settings.beside(table)
    _put(machine, beside, name, given)
    entry = join((entry, machine.heap.all(beside)))
    match name:
        case "get" | "pop" | "setdefault":
            put = collections_.entry(machine, beside, given.first_value)
            return join((settings.of_call(given, table), put))
        case "values":
            return Items(entry)
        case "items":
            return Items(Tuple((ANY_TEXT, entry)))
        case "copy":
            return text
    return ANY_TEXT


def _put(machine: Machine, beside: Container, name: str, given: Given) -> None:
    """What a method puts into a table of settings, or a list."""
    match name:
        case "update":
            for argument in given.positional:
                collections_.update(machine, beside, argument.value)
            for key, argument in given.keywords.items():
                collections_.put(machine, beside, Text.of((key,)), argument.value)
        case "append" | "insert" | "add":
            collections_.fill(machine, beside, (one.value for one in given.positional[-1:]))
        case "extend":
            collections_.fill(machine, beside, (elements.of(machine, given.first_value),))


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
    if _grown(known, name, arguments) > _MOST_CHANGED:
        return ANY_TEXT
    try:
        changed = getattr(known, name)(*arguments)
    except (TypeError, ValueError):
        return ANY_TEXT
    return Text.of((changed,))


def _grown(known: str, name: str, arguments: list[object]) -> int:
    """How many characters a method may make of a text."""
    match name, arguments:
        case "replace", [str() as old, str() as new, *_]:
            return len(known) + known.count(old) * len(new)
        case "expandtabs", _:
            return len(known) + known.count("\t") * _WIDEST
    return 0


def _open_ended(text: Text, name: str, given: Given) -> Value:
    """What a method makes of a text of which some parts are not known."""
    if name in _BY_PART:
        change = getattr(str, name)
        kept = (p if isinstance(p, str) else Hole(money=p.money, data=p.data) for p in text.parts)
        return Text.of(change(p) if isinstance(p, str) else p for p in kept)
    literals = [part for part in text.parts if isinstance(part, str)]
    if name in _STRIPPING and not literals and _is_punctuation(given):
        return text
    if name in _STRIPPING and not given.all:
        # What is not known may be empty: then the literal beside it would be stripped.
        left, right = _STRIPPING[name]
        touched = (left and literals[0][0].isspace()) or (right and literals[-1][-1].isspace())
        return ANY_TEXT if touched else text
    return ANY_TEXT


def _is_punctuation(given: Given) -> bool:
    """Whether only blanks or punctuation are taken away, as the ``/`` at the end of an address."""
    exact = given.first_value.exact if isinstance(given.first_value, Text) else None
    return not given.all or (exact is not None and not any(map(str.isalnum, exact)))


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
