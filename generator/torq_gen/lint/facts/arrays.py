"""`array.array`: a list of numbers of one format, which may be floats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.lint.facts import collection_methods, collections_, elements, floats, numbers
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import DATA, Amount, Container, Items, Thing, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

ARRAY = "array.array"
_SAME = ("fromlist", "fromunicode", "__iadd__")
_COPIES = ("__add__", "__mul__", "__copy__", "__deepcopy__")


def made(machine: Machine, given: Given) -> Value:
    """``array(format, items)``."""
    format_ = given.argument(0, "")
    floats.packed(machine, given)
    held = Container("list", given.span)
    items = [elements.of(machine, argument.value) for argument in given.all[1:]]
    collections_.fill(machine, held, items)
    stated = DATA if format_ is None else format_.value
    return Thing(ARRAY, (("format", stated), ("held", held)))


def viewed(machine: Machine, given: Given) -> Value:
    """``memoryview(…).cast(format)``: the same bytes as numbers of a format."""
    format_ = given.argument(0, "format")
    stated = DATA if format_ is None else format_.value
    return Thing(ARRAY, (("format", stated), ("held", Container("list", given.span))))


def method(machine: Machine, array: Thing, name: str, given: Given) -> Value:
    """A method of an array: that of a list, once the format is looked at."""
    floats.packed(machine, given.with_first(Argument(array.get("format") or DATA, given.span)))
    held = array.get("held")
    if not isinstance(held, Container):
        return DATA
    if name == "tolist":
        return Items(items(machine, array))
    if name == "cast":
        return viewed(machine, given)
    if name in _COPIES or name == "__getitem__":
        found = collection_methods.method(machine, held, name, given)
        return array if isinstance(found, Container) else _kept(array, found)
    if name in _SAME:
        collection_methods.method(machine, held, "extend", given)
        return array
    if name.startswith(("to", "from", "buffer", "byteswap")):
        return DATA
    return _kept(array, collection_methods.method(machine, held, name, given))


def items(machine: Machine, array: Thing) -> Value:
    """What iterating over an array gives."""
    return _kept(array, elements.of(machine, array.get("held") or DATA))


def _kept(array: Thing, value: Value) -> Value:
    """What was put in, as it comes out: as a float, where the format has those."""
    kept = [one for one in alternatives(value) if not isinstance(one, Amount)]
    if len(kept) == len(alternatives(value)) or not floats.has_floats(array.get("format") or DATA):
        return value
    return join((*kept, numbers.FLOAT))
