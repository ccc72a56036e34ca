"""`string.Template`: texts whose names after a ``$`` are replaced."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from torq_gen.lint.facts import collection_methods, collections_, formatting, strings, subscripts
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import DATA, Container, Object, Thing, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

TEMPLATE = "string.Template"
_DOLLAR = re.compile(r"\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")


def _made(machine: Machine, given: Given) -> Value:
    """``string.Template(text)``."""
    return Thing(TEMPLATE, (("text", given.first_value),))


def substituted(machine: Machine, owner: Thing, name: str, given: Given) -> Value:
    """``template.substitute(…)``: names after a ``$`` are replaced."""
    if name not in ("substitute", "safe_substitute"):
        return DATA
    text = owner.get("text")
    known = text.exact if isinstance(text, Text) else None
    if known is None:
        for argument in given.all:
            formatting.ask_for_any(machine, argument.value, argument.span)
        return strings.showing(*(argument.value for argument in given.all))
    made = Container("dict", given.span)
    collection_methods.method(machine, made, "update", given)
    parts: list[Value] = []
    at = 0
    for found in _DOLLAR.finditer(known):
        parts.append(Text.of((known[at : found.start()],)))
        at = found.end()
        dollar, bare, braced = found.groups()
        if dollar:
            parts.append(Text(("$",)))
            continue
        key = Text.of((bare or braced,))
        asked = [a.value for a in given.all if isinstance(a.value, Object)]
        own = (subscripts.read(machine, one, key, given.span) for one in asked)
        value = join([collections_.entry(machine, made, key), *own])
        parts.append(strings.text_of(machine, value, given.span))
    return strings.assembled([*parts, Text.of((known[at:],))])


TABLE: dict[str, Callable[[Machine, Given], Value]] = {TEMPLATE: _made}
