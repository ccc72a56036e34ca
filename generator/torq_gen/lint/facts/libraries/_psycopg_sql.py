"""``psycopg.sql``: SQL put together from parts, as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count, product

from torq_gen.lint.facts.library import Argument, Call, Function, Type
from torq_gen.lint.facts.stores.queries import STATEMENT
from torq_gen.lint.facts.stores.values import held, told
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import ANY_TEXT, Container, Items, Thing, Unknown, Value

_NAME = "psycopg.Composable"
_FIELD = re.compile(r"\{\{|\}\}|\{(\w*)[^{}]*\}")
_MOST = 16


def _thing(text: Value) -> Value:
    return Thing(_NAME, ((STATEMENT, text),))


def _texts(value: Value | None) -> list[Text]:
    """What a composable, or a text, may be; a hole when it cannot be told."""
    if isinstance(value, Thing):
        value = value.get(STATEMENT)
    if value is None:
        return [ANY_TEXT]
    found: list[Text] = []
    for one in alternatives(value):
        if isinstance(one, Thing):
            found += _texts(one)
        else:
            text = told(one)
            found.append(text if isinstance(text, Text) else ANY_TEXT)
    return found


def _literal(call: Call) -> Value:
    given = call.argument(0, "string")
    return _thing(join(_texts(given.value)) if given else Unknown("the SQL is not given"))


def _identifier(call: Call) -> Value:
    if call.rest is not None:
        return _thing(ANY_TEXT)
    parts: list[str | Hole] = []
    for argument in call.positional:
        name = _texts(argument.value)
        one = name[0] if len(name) == 1 else ANY_TEXT
        parts += [".", '"', *one.parts, '"'] if parts else ['"', *one.parts, '"']
    return _thing(Text.of(parts))


def _value(call: Call) -> Value:
    return _thing(Text.of(("%s",)))


def _format(call: Call) -> Value:
    return _composed(_texts(call.receiver), lambda text: _filled(call, text))


def _composed(choices: list[Text], change: Callable[[Text], Iterator[Text]]) -> Value:
    found = [text for choice in choices for text in change(choice)]
    if len(found) > _MOST:
        return _thing(Unknown("it is put together in more ways than are followed"))
    return _thing(join(found))


def _filled(call: Call, text: Text) -> Iterator[Text]:
    """The text with its fields filled by the arguments."""
    pieces: list[list[Text]] = []
    counter = count()
    for part in text.parts:
        if isinstance(part, Hole):
            pieces.append([Text((part,))])
            continue
        at = 0
        for field in _FIELD.finditer(part):
            pieces.append([Text.of((part[at : field.start()],))])
            at = field.end()
            if field[0] in ("{{", "}}"):
                pieces.append([Text.of((field[0][0],))])
            else:
                given = _given(call, field[1], counter)
                pieces.append(_texts(given.value) if given else [ANY_TEXT])
        pieces.append([Text.of((part[at:],))])
    yield from _products(pieces)


def _given(call: Call, name: str, counter: Iterator[int]) -> Argument | None:
    if name and not name.isdigit():
        return call.argument(None, name)
    return call.argument(int(name) if name else next(counter))


def _products(pieces: list[list[Text]]) -> Iterator[Text]:
    for number, choice in enumerate(product(*pieces)):
        if number > _MOST:
            return
        yield Text.of(part for text in choice for part in text.parts)


def _join(call: Call) -> Value:
    """``SQL(", ").join(parts)``: exact for a tuple, otherwise one part or more of what is held."""
    given = call.argument(0, "seq")
    parts = list(held(call, given.value)) if given else []
    if given is None or isinstance(given.value, Container | Items | Unknown) or not parts:
        return _thing(ANY_TEXT)
    separators = _texts(call.receiver)
    pieces: list[list[Text]] = []
    for part in parts:
        pieces += [separators, _texts(part)] if pieces else [_texts(part)]
    return _thing(join(_products(pieces)))


def _added(call: Call) -> Value:
    given = call.positional[0].value if call.positional else None
    return _thing(join(_products([_texts(call.receiver), _texts(given)])))


COMPOSABLE = Type(
    _NAME,
    annotations=tuple(
        f"{module}.sql.{name}"
        for module in ("psycopg", "psycopg2")
        for name in ("Composable", "Composed", "SQL", "Identifier")
    ),
    methods={
        "format": Function(None, _format),
        "join": Function(None, _join),
        "as_string": Function(None, lambda call: join(_texts(call.receiver))),
        "__add__": Function(None, _added),
    },
)
FUNCTIONS = {
    f"{module}.sql.{name}": Function(None, returns)
    for module in ("psycopg", "psycopg2")
    for name, returns in (
        ("SQL", _literal),
        ("Identifier", _identifier),
        ("Literal", _value),
        ("Placeholder", _value),
        ("Composed", lambda call: _thing(ANY_TEXT)),
    )
}
