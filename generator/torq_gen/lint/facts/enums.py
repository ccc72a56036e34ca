"""Enums and their members. A member is taken for the value that it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from torq_gen.lint.facts import binding, classes, collections_
from torq_gen.lint.facts.frame import Given
from torq_gen.lint.facts.library import Argument
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    DATA,
    NONE,
    Bound,
    Class,
    Container,
    External,
    Function,
    Literal,
    Object,
    Plain,
    Thing,
    Tuple,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

AUTO: Value = Thing("enum.auto")
"""What ``enum.auto()`` gives, until a class statement says what it stands for."""
OF_MEMBERS = ("members",)
"""The cells of what enums define beside their members; a member is the value that it stands for."""
SET_OF_MEMBERS = ("members set",)
"""The cells of what the ``__init__`` of enums gives their members."""
COMPARING = ("comparing members",)
"""Its cell says whether any enum says itself what its members equal."""
_UNLIKE_VALUES = ("members unlike values",)
"""Cells of constants, by how they are written: members that stand for them do not equal them."""
_LIKE_VALUES = ("enum.IntEnum", "enum.IntFlag", "enum.StrEnum", "enum.ReprEnum")
"""Classes of Python's whose members are the values that they stand for."""


def is_enum(order: Sequence[Value]) -> bool:
    """Whether a class with this ancestry is an enum."""
    return any(isinstance(c, External) and c.path.startswith("enum.") for c in order)


def members_of(machine: Machine, cls: Class) -> tuple[tuple[str, Value], ...]:
    """The variables of a class's body."""
    found = ((name, machine.heap.read(cls, name)) for name in machine.heap.names(cls))
    return tuple(
        (name, value)
        for name, value in found
        if value is not None and not isinstance(value, Function) and name[0] != "_"
    )


def by_value(machine: Machine, cls: Class, order: tuple[Value, ...], given: Given) -> Value:
    """A member of an enum by its value; of another value, what the enum says itself."""
    value = given.argument(0, "value")
    if value is None:
        return DATA
    found = [v for _, v in members_of(machine, cls)]
    own = classes.in_classes(machine, order, "_missing_")
    if own is not None:
        asked = binding.bound(machine, own[1], cls)
        found.append(machine.call(asked, Given(given.span, (value,))))
    return join(found) if found else DATA


def by_name(machine: Machine, enum: Class) -> Container:
    """The members of an enum by their names."""
    made = Container("dict", enum.code.name_span)
    for name, value in members_of(machine, enum):
        collections_.put(machine, made, Text.of((name,)), value)
    return made


def defined(machine: Machine, cls: Class, body: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    """What a class's body defines; of an enum, what its members stand for.

    A member is true, and is not None, whatever it stands for, unless the enum says so itself.
    """
    order = classes.ancestry(machine, cls)
    if not is_enum(order):
        yield from body.items()
        return
    judges = "__bool__" in body or classes.in_classes(machine, order, "__bool__") is not None
    like_values = not judges and _is_like_values(order)
    for name, value in body.items():
        if value == AUTO:
            value = _numbered(machine, order, name)
        elif name[0] != "_" and not like_values:
            found = [_judged(one, judges=judges) for one in alternatives(value)]
            value = join(found)
        yield name, value


def _is_like_values(order: Sequence[Value]) -> bool:
    """Whether members are the values that they stand for: the enum derives from their type."""
    outside = [one for one in order if not isinstance(one, Class)]
    return not all(
        isinstance(one, External) and one.path.startswith("enum.") and one.path not in _LIKE_VALUES
        for one in outside
    )


def _judged(value: Value, *, judges: bool) -> Value:
    """A constant of which it matters whether it is true, by its type alone."""
    if isinstance(value, Text):
        return ANY_TEXT if value.exact == "" else value
    if not isinstance(value, Literal) or (value.value and not judges):
        return value
    return DATA if value == NONE else Plain(type(value.value).__name__)


def _numbered(machine: Machine, order: tuple[Value, ...], name: str) -> Value:
    """What ``auto()`` stands for: of texts, the member's name in small letters."""
    own = classes.in_classes(machine, order, "_generate_next_value_")
    texts = own is None and External("enum.StrEnum") in order
    return Text((name.lower(),)) if texts else DATA


def tell(machine: Machine, cls: Class) -> None:
    """What an enum and its bases define can be read off each member, whatever its value is."""
    order = classes.ancestry(machine, cls)
    if not is_enum(order):
        return
    for base in order:
        for name in machine.heap.names(base) if isinstance(base, Class) else ():
            value = machine.heap.read(base, name)
            if name[:2] != "__" and any(
                isinstance(one, Function) for one in alternatives(value or DATA)
            ):
                machine.heap.write(OF_MEMBERS, name, value or DATA)
    if classes.in_classes(machine, order, "__eq__") is not None:
        machine.heap.write(COMPARING, "any", DATA)
    if not _is_like_values(order):
        for _, value in members_of(machine, cls):
            for constant in filter(None, map(constant_of, alternatives(value))):
                machine.heap.write(_UNLIKE_VALUES, repr(constant), DATA)
    maker = classes.in_classes(machine, order, "__init__")
    if maker is not None:
        _initialise(machine, cls, maker[1])


def _initialise(machine: Machine, cls: Class, maker: Value) -> None:
    """An enum's own ``__init__`` gets what stands for a member; all members are one object."""
    span = cls.code.name_span
    made = Object(cls, span)
    for _, value in members_of(machine, cls):
        for one in alternatives(value):
            values = one.items if isinstance(one, Tuple) else (one,)
            given = tuple(Argument(value, span) for value in values)
            machine.call(Bound(maker, made), Given(span, given))
    for name in machine.heap.names(made):
        held = machine.heap.read(made, name)
        if held is not None:
            machine.heap.write(SET_OF_MEMBERS, name, held)


def constant_of(value: Value) -> tuple[object] | None:
    """A constant as Python compares it; None for what is none."""
    if isinstance(value, Text):
        return None if value.exact is None else (value.exact,)
    return (value.value,) if isinstance(value, Literal) else None


def may_differ(machine: Machine, constants: Sequence[tuple[object]]) -> bool:
    """Whether one of equal constants may be a member that stands for it, which equals no other."""
    return any(machine.heap.read(_UNLIKE_VALUES, repr(one)) is not None for one in constants)
