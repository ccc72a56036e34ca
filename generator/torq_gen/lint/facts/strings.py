"""Text that code puts together."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from torq_gen.lint.facts.frame import Frame, Given
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    Amount,
    Items,
    Literal,
    Plain,
    Tuple,
    Union,
    Value,
    alternatives,
    join,
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
_PERCENT = re.compile(r"%(?:\((\w*)\))?[#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?([a-zA-Z%])")
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}:!]*)(?:![rsa])?(:[^{}]*)?\}")


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
            parts.append(machine.text_of(value, span) if plain else ANY_TEXT)
        else:
            parts.append(machine.eval(part, frame))
    return assembled(parts)


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
        name, kind = found.groups()
        if kind == "%":
            parts.append(Text(("%",)))
        elif name is not None or kind not in "sd":
            parts.append(ANY_TEXT)
        else:
            parts.append(next(values, ANY_TEXT))
    return assembled([*parts, Text.of((known[at:],))])


def formatted(template: Value, given: Given) -> Value:
    """``template.format(…)``."""
    if not isinstance(template, Text) or (known := template.exact) is None:
        return ANY_TEXT
    parts: list[Value] = []
    at = count = 0
    for found in _BRACES.finditer(known):
        parts.append(Text.of((known[at : found.start()],)))
        at = found.end()
        if found.group() in ("{{", "}}"):
            parts.append(Text((found.group()[0],)))
            continue
        name, spec = found.groups()
        place = count if name == "" else name
        count += name == ""
        parts.append(ANY_TEXT if spec else _argument(given, str(place)))
    return assembled([*parts, Text.of((known[at:],))])


def _argument(given: Given, place: str) -> Value:
    if place.isdigit() and int(place) < len(given.positional):
        return given.positional[int(place)].value
    if place in given.keywords:
        return given.keywords[place].value
    return ANY_TEXT


_SAME = frozenset({"strip", "lstrip", "rstrip", "encode", "decode", "expandtabs"})
_CHANGED = {"lower": str.lower, "upper": str.upper, "title": str.title, "capitalize": str.title}


def method(machine: Machine, text: Value, name: str, given: Given) -> Value:
    """What a method of a text gives."""
    if name == "format":
        return formatted(text, given)
    if not isinstance(text, Text):
        return ANY_TEXT
    if name in _SAME:
        return text
    if name in _CHANGED:
        change = _CHANGED[name]
        return Text.of(change(p) if isinstance(p, str) else Hole() for p in text.parts)
    if name == "join" and given.first is not None:
        return _joined_by(text, given.first.value)
    if name in ("split", "rsplit", "splitlines"):
        return Items(ANY_TEXT)
    if name in ("partition", "rpartition"):
        return Tuple((ANY_TEXT, ANY_TEXT, ANY_TEXT))
    if name.startswith(("is", "starts", "ends")):
        return Plain("bool")
    if name in ("removeprefix", "removesuffix", "replace") and text.exact is not None:
        known = [a.value.exact for a in given.positional if isinstance(a.value, Text)]
        wanted = 2 if name == "replace" else 1
        if len(known) == len(given.positional) == wanted and None not in known:
            return Text.of((getattr(text.exact, name)(*known),))
    return Plain("int") if name in ("find", "rfind", "index", "count") else ANY_TEXT


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
