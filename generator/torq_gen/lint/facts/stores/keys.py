"""Arguments that are keys, as facts about keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from torq_gen.immutable import immutable
from torq_gen.lint.facts.library import Argument, Call
from torq_gen.lint.facts.model import Access, Fact, KeyAccess, Unproven
from torq_gen.lint.facts.stores.values import held, told
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import NONE, Value


class Shape(Enum):
    """How an argument gives keys."""

    ONE = "a key"
    MANY = "a key or several in a list or tuple"
    REST = "this argument and all after it"
    LISTED = "a list or a key, and all arguments after it"
    ENTRIES = "the keys of a dictionary"
    PATTERN = "a glob pattern of keys"


@immutable
class KeyArgument:
    """Which argument of a command gives keys, and what is done to them.

    ``names`` are those that the parameter has in one version or another.
    """

    accesses: tuple[Access, ...]
    position: int
    names: tuple[str, ...]
    shape: Shape = Shape.ONE
    optional: bool = False

    def facts(self, call: Call) -> Iterator[Fact]:
        """The accesses of a call."""
        found = dict.fromkeys(self._found(call))
        for argument, key in found:
            span = argument.span if argument else call.span
            for access in self.accesses:
                yield KeyAccess(span, call.span, access, key)

    def _found(self, call: Call) -> Iterator[tuple[Argument | None, Text | Unproven]]:
        arguments = list(self._arguments(call))
        if not arguments and not self.optional:
            every = self.shape is Shape.PATTERN
            yield None, Unproven("it is every key of the store" if every else "it is not given")
        for argument in arguments:
            for value in self._values(call, argument):
                yield argument, globbed(value) if self.shape is Shape.PATTERN else told(value)

    def _arguments(self, call: Call) -> Iterator[Argument]:
        if self.shape in (Shape.REST, Shape.LISTED):
            yield from call.positional[self.position :]
            named = (call.keywords.get(name) for name in self.names)
            extra = (*named, call.rest, call.more)
            yield from (argument for argument in extra if argument is not None)
            return
        argument = call.argument(self.position, *self.names)
        if argument is not None and not (self.optional and argument.value == NONE):
            yield argument

    def _values(self, call: Call, argument: Argument) -> Iterator[Value]:
        several = self.shape in (Shape.MANY, Shape.LISTED, Shape.ENTRIES)
        if several or argument in (call.rest, call.more):
            yield from held(call, argument.value)
        else:
            yield from alternatives(argument.value)


_WILD = re.compile(r"\\(.)|\*+|\?|\[[^\]]*\]")


def globbed(value: Value) -> Text | Unproven:
    """A glob pattern as the text of the keys that it takes: what is wild is a hole."""
    found = told(value)
    if isinstance(found, Unproven):
        return Unproven("it is every key of the store") if value == NONE else found
    parts: list[str | Hole] = []
    for part in found.parts:
        parts.extend(_wild(part) if isinstance(part, str) else (part,))
    return Text.of(parts)


def _wild(literal: str) -> Iterator[str | Hole]:
    at = 0
    for match in _WILD.finditer(literal):
        yield literal[at : match.start()]
        yield match[1] or Hole()
        at = match.end()
    yield literal[at:]
