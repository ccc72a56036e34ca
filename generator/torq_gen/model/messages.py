"""Domains, messages and their fields."""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from torq_gen.diagnostics import Span
from torq_gen.immutable import immutable
from torq_gen.model.layouts import layout_of
from torq_gen.model.types import FieldType, total_size
from torq_gen.model.values import Value

TLV_HEADER_SIZE = 8
FRAME_HEADER_SIZE = 32


@immutable
class OneOf:
    """``validate: {in: [...]}``."""

    values: tuple[Value, ...]


@immutable
class InRange:
    """``validate: {range: [low, high]}``, both ends included."""

    low: Value
    high: Value


@immutable
class Matches:
    """``validate: {pattern: regex}``; the whole text has to match."""

    pattern: str


@immutable
class NonZero:
    """``validate: {nonzero: true}``; for bytes, not all zero."""


@immutable
class Predicate:
    """``validate: {predicate: "module:function", valid: [...], invalid: [...]}``.

    The function takes the field's value and says whether it is valid; it is looked up when called.
    """

    target: str
    valid: tuple[Value, ...]
    invalid: tuple[Value, ...]
    span: Span | None = field(default=None, compare=False)


Validation: TypeAlias = OneOf | InRange | Matches | NonZero | Predicate


@immutable
class Default:
    """A default value; wrapped, so that "defaults to absent" and "no default" differ."""

    value: Value


@immutable
class Field:
    """One field of a message. ``since`` is the message version that appended it."""

    name: str
    type: FieldType
    doc: str = ""
    unit: str = ""
    money: bool = False
    validate: Validation | None = None
    since: int = 1
    default: Default | None = None
    deprecated: bool = False
    python_name: str | None = None
    span: Span | None = field(default=None, compare=False)

    @property
    def attribute(self) -> str:
        """The field's name in Python."""
        return self.python_name or self.name


@immutable
class Message:
    """What one TLV type carries. ``retain`` is how many keys' last values are kept (0: none)."""

    name: str
    type_id: int
    domain: str
    topic: str
    fields: tuple[Field, ...]
    doc: str = ""
    key: str | None = None
    retain: int = 0
    examples: tuple[tuple[Value, ...], ...] = ()
    span: Span | None = field(default=None, compare=False)

    @property
    def version(self) -> int:
        """The version that writers of this spec use."""
        return max((f.since for f in self.fields), default=1)

    def fields_at(self, version: int) -> tuple[Field, ...]:
        """The fields that a writer of ``version`` knew."""
        return tuple(f for f in self.fields if f.since <= version)

    def size_at(self, version: int) -> int | None:
        """Bytes of the TLV value at ``version``, or None when they vary."""
        return total_size(f.type for f in self.fields_at(version))

    def layout_at(self, version: int) -> str:
        """The wire layout of ``version`` in one canonical line."""
        return ", ".join(f"{f.name} {layout_of(f.type)}" for f in self.fields_at(version))


@immutable
class Domain:
    """A family of messages: its id stands in the frame header, its type ids lie in one range."""

    name: str
    id: int
    first_type: int
    last_type: int
    compatibility: str = "backward"
    money: bool = False
    span: Span | None = field(default=None, compare=False)

    @property
    def reversed(self) -> bool:
        """Whether the range ends before it begins, which no correct system has."""
        return self.first_type > self.last_type

    def holds(self, type_id: int) -> bool:
        """Whether the type id lies in the domain's range."""
        return self.first_type <= type_id <= self.last_type
