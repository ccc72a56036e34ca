"""Text by templates: f-strings, ``%``, ``format``. What is shown as a float on the way is noted."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator
from string import Formatter
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.lint.facts import (
    binding,
    collections_,
    elements,
    numbers,
    strings,
    subscripts,
)
from torq_gen.lint.facts.frame import Frame, Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.model import Operation
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    NONE,
    Amount,
    Container,
    Items,
    Literal,
    Object,
    Tuple,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

_PERCENT = re.compile(r"%(?:\(([^)]*)\))?([#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d*))?)[hlL]?([a-zA-Z%])")
_FIELD = re.compile(r"(\w*)(?=$|[.\[])")
_STEP = re.compile(r"\.(\w+)|\[([^\]]*)\]")
_AS_FLOAT = tuple("eEfFgG%")
"""Endings of a format under which an integer is shown as a float."""


def note_float(machine: Machine, value: Value, span: Span) -> None:
    """An integer amount that is shown as a float; a Decimal keeps its digits."""
    for one in alternatives(value):
        if isinstance(one, Amount) and not one.exact:
            numbers.note(machine, one, Operation.FLOAT_CONVERSION, span)


def joined(machine: Machine, node: ast.JoinedStr, frame: Frame) -> Value:
    """An f-string."""
    parts: list[Value] = []
    for part in node.values:
        if not isinstance(part, ast.FormattedValue):
            parts.append(machine.eval(part, frame))
            continue
        value = machine.eval(part.value, frame)
        spec = None if part.format_spec is None else machine.eval(part.format_spec, frame)
        shown = strings.text_of(machine, value, frame.module.span(part))
        if spec is not None:
            _by_spec(machine, value, spec, frame.module.span(node))
        plain = spec is None and part.conversion in (-1, 115)
        parts.append(shown if plain else strings.showing(shown))
    return strings.assembled(parts)


def _by_spec(machine: Machine, value: Value, spec: Value, span: Span) -> Value:
    """What a value becomes by a format that may show it as a float."""
    if any(_shows_floats(one) for one in alternatives(spec)):
        note_float(machine, value, span)
    return strings.showing(value)


def _shows_floats(spec: Value) -> bool:
    last = spec.parts[-1] if isinstance(spec, Text) and spec.parts else ""
    return isinstance(last, str) and last.endswith(_AS_FLOAT)


def in_format(machine: Machine, given: Given) -> Value:
    """``format(value, spec)``, and ``value.__format__(spec)`` with the value in front."""
    value, spec = given.argument(0, ""), given.argument(1, "")
    if value is None:
        return ANY_TEXT
    if spec is None:
        return strings.text_of(machine, value.value, given.span)
    return _by_spec(machine, value.value, spec.value, given.span)


def ask_for_any(machine: Machine, value: Value, span: Span) -> None:
    """A template that is not known may name any item of a mapping, and any attribute of it."""
    for one in alternatives(value):
        if isinstance(one, Object):
            subscripts.read(machine, one, ANY_TEXT, span)
            for name in binding.properties_of(machine, one.cls):
                machine.attribute(one, name, span)


def percent(machine: Machine, template: Value, given: Value, span: Span) -> Value:
    """``template % given``."""
    listed = given.items if isinstance(given, Tuple) else (given,)
    values = itertools.repeat(given.item) if isinstance(given, Items) else iter(listed)
    is_exact = isinstance(template, Text) and template.exact is not None
    known = _filled(template)
    if not is_exact:
        ask_for_any(machine, given, span)
    parts: list[Value] = []
    at = 0
    for found in _PERCENT.finditer(known):
        parts.append(Text.of((known[at : found.start()],)))
        at = found.end()
        name, width, kind = found.groups()
        if kind == "%":
            parts.append(Text(("%",)))
            continue
        for _ in range(width.count("*")):
            next(values, ANY_TEXT)  # it takes a value too
        if name is None:
            value = next(values, ANY_TEXT)
        else:
            value = subscripts.read(machine, given, Text.of((name,)), span)
        if kind in _AS_FLOAT:
            note_float(machine, value, span)
        plain = not width and _is_plain(kind, value)
        parts.append(value if plain else strings.showing(value))
    whole = strings.assembled([*parts, Text.of((known[at:],))])
    return whole if is_exact else strings.showing(template, *listed)


def _filled(template: Value) -> str:
    """A template with a digit for what is not known of it: it may be how wide a field is."""
    parts = template.parts if isinstance(template, Text) else ()
    return "".join(part if isinstance(part, str) else "1" for part in parts)


def _is_plain(kind: str, value: Value) -> bool:
    """Whether a conversion shows a value as ``str`` does."""
    truth = any(isinstance(v, Literal) and isinstance(v.value, bool) for v in alternatives(value))
    return kind == "s" or (kind == "d" and not truth)


def formatted(
    machine: Machine,
    template: Value,
    given: Given,
    *,
    by_mapping: bool = False,
    places: Iterator[int] | None = None,
) -> Value:
    """``template.format(…)``; ``by_mapping``: its only argument holds the names.

    ``places`` counts the fields without a name. What is made by a template that is a setting is
    known by that.
    """
    known = template.exact if isinstance(template, Text) else None
    fields = None if known is None else list(_fields(known))
    if fields is None or None in fields:
        for argument in given.all:
            ask_for_any(machine, argument.value, argument.span)
        whole = strings.showing(template, *(argument.value for argument in given.all))
        by_setting = isinstance(template, Text) and template.setting is not None
        return template if whole == ANY_TEXT and by_setting else whole
    parts: list[Value] = []
    places = itertools.count() if places is None else places
    for field in fields:
        assert field is not None
        literal, name, spec, conversion = field
        parts.append(Text.of((literal,)))
        if name is None:
            continue
        value = _named(machine, name, places, given, by_mapping=by_mapping)
        if spec:
            stated = formatted(machine, Text((spec,)), given, by_mapping=by_mapping, places=places)
            parts.append(_by_spec(machine, value, stated, given.span))
        else:
            shown = strings.text_of(machine, value, given.span)
            parts.append(shown if conversion in (None, "s") else strings.showing(shown))
    return strings.assembled(parts)


_Field = tuple[str, str | None, str | None, str | None]


def _fields(template: str) -> Iterator[_Field | None]:
    """The fields of a template; None for what is none."""
    try:
        yield from Formatter().parse(template)
    except ValueError:
        yield None


def _named(
    machine: Machine, name: str, places: Iterator[int], given: Given, *, by_mapping: bool
) -> Value:
    """The value of a field: ``0``, ``order.amount``, ``prices[usd]``; of none, the next one."""
    found = _FIELD.match(name)
    if found is None:
        return strings.showing(*(argument.value for argument in given.all))
    first = found[1]
    place = next(places) if first == "" else int(first) if first.isdigit() else None
    if by_mapping:
        value = subscripts.read(machine, given.first_value, Text.of((first,)), given.span)
    elif place is not None:
        argument = given.positional[place] if place < len(given.positional) else given.rest
        value = ANY_TEXT if argument is None else argument.value
    else:
        value = (given.keywords.get(first) or given.more or Argument(ANY_TEXT, given.span)).value
    for attribute, key in _STEP.findall(name[found.end() :]):
        if attribute:
            value = machine.attribute(value, attribute, given.span)
        else:
            index = Literal(int(key)) if key.isdigit() else Text.of((key,))
            value = subscripts.read(machine, value, index, given.span)
    return value


def _by_formatter(machine: Machine, given: Given) -> Value:
    """``Formatter().format(template, …)``."""
    return formatted(machine, given.first_value, given.without_first())


def _by_formatter_of(machine: Machine, given: Given) -> Value:
    """``Formatter().vformat(template, positional, named)``."""
    items, named = given.argument(1, "args"), given.argument(2, "kwargs")
    positional: tuple[Argument, ...] = ()
    rest = items
    if items is not None and isinstance(items.value, Tuple):
        positional = tuple(Argument(value, items.span) for value in items.value.items)
        rest = None
    elif items is not None:
        rest = Argument(elements.of(machine, items.value), items.span)
    words = {} if named is None else collections_.entries(machine, named.value)
    more = None
    if named is not None and words is None:
        held = subscripts.read(machine, named.value, ANY_TEXT, named.span)
        more = Argument(held, named.span)
    keywords = {name: Argument(value, given.span) for name, value in (words or {}).items()}
    stated = Given(given.span, positional, keywords, rest, more)
    return formatted(machine, given.first_value, stated)


def logged(machine: Machine, given: Given) -> Value:
    """``log.info(template, …)``: what a handler makes of it is ``template % (…)``."""
    template = given.first_value
    values = tuple(argument.value for argument in given.positional[1:])
    if _has_float_fields(template) and given.rest is not None:
        percent(machine, template, Items(join((*values, given.rest.value))), given.span)
    elif _has_float_fields(template) and values:
        by_name = len(values) == 1 and isinstance(values[0], Container)
        percent(machine, template, values[0] if by_name else Tuple(values), given.span)
    return NONE


def _has_float_fields(template: Value) -> bool:
    return any(found[3] in _AS_FLOAT[:-1] for found in _PERCENT.finditer(_filled(template)))


def _logged_at(machine: Machine, given: Given) -> Value:
    """``log.log(level, template, …)``."""
    return logged(machine, given.without_first())


_LEVELS = ("debug", "info", "warning", "warn", "error", "exception", "critical", "fatal")
METHODS_OF_LOGGER: dict[str, Callable[[Machine, Given], Value]] = {
    **dict.fromkeys(_LEVELS, logged),
    "log": _logged_at,
}
"""Methods of `logging.Logger`, which its module has as functions."""

METHODS_OF_FORMATTER: dict[str, Callable[[Machine, Given], Value]] = {
    "format": _by_formatter,
    "vformat": _by_formatter_of,
    "format_field": in_format,
}
"""Methods of `string.Formatter`."""


def _by_locale(machine: Machine, given: Given) -> Value:
    """``locale.format_string(template, value)``, which is ``template % value``."""
    value = given.argument(1, "val")
    return percent(machine, given.first_value, DATA if value is None else value.value, given.span)


TABLE: dict[str, Callable[[Machine, Given], Value]] = {
    "builtins.format": in_format,
    "locale.format_string": _by_locale,
    **{f"logging.{name}": of for name, of in METHODS_OF_LOGGER.items()},
}
