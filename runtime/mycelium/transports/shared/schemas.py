"""Fingerprints of messages, by which two processes find out whether they misread each other.

A message evolves by appending fields, so it has a fingerprint for each of its versions, and two
processes agree when the versions that both know have the same. What goes in is what a reader relies
on: names, types and order of fields, through structs and enums.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import cache
from hashlib import sha256
from typing import Any, TypeAlias

from mycelium.protocol.fixed import FixedPoint
from mycelium.protocol.kinds import Enumeration, FieldSpec, Kind
from mycelium.protocol.message import Message, Structure

_HEX_DIGITS = 16

Schemas: TypeAlias = dict[int, tuple[str, ...]]
"""Message types, and the fingerprint of each of their versions."""


@cache
def fingerprints(message: type[Message]) -> tuple[str, ...]:
    """One for each version, from 1 on: 16 hex digits."""
    return tuple(
        sha256(_text(message, version).encode()).hexdigest()[:_HEX_DIGITS]
        for version in range(1, message.VERSION + 1)
    )


def schemas(messages: Iterable[type[Message]]) -> Schemas:
    """The fingerprints of the messages by their types."""
    return {message.TYPE_ID: fingerprints(message) for message in messages}


def misread(known: Mapping[int, type[Message]], theirs: Schemas) -> list[str]:
    """The messages, by name, that two processes read in different ways."""
    found = []
    for type_id, stated in theirs.items():
        message = known.get(type_id)
        if message is None:
            found.append(f"type {type_id}")
            continue
        ours = fingerprints(message)
        common = min(len(ours), len(stated))
        if not common or ours[:common] != tuple(stated[:common]):
            found.append(message.__name__)
    return found


def _text(message: type[Message], version: int) -> str:
    known = [field for field in message.FIELDS if field.since <= version]
    # a message that was written by hand has nothing but names
    fields = _fields(known) if message.FIELDS else ", ".join(message.__struct_fields__)
    return f"{message.__name__} {message.TYPE_ID} {message.DOMAIN} {fields}"


def _fields(fields: Iterable[FieldSpec]) -> str:
    return ", ".join(f"{field.name}: {_described(field.kind)}" for field in fields)


def _described(value: object) -> str:
    """A kind in full, from the values in its slots.

    An open enum is its name alone: it may grow, since a reader keeps the values it does not know.
    """
    if isinstance(value, Enumeration) and not value.closed:
        return f"{value.enum.__name__}({value.expected.rpartition(' ')[2]})"
    if isinstance(value, Kind):
        names = sorted(name.lstrip("_") for name in _slots(type(value)))
        parts = ", ".join(f"{name}={_described(_part(value, name))}" for name in names)
        return f"{type(value).__name__}({parts})"
    if isinstance(value, FixedPoint):
        return f"{value.scale} {value.minimum} {value.maximum}"
    if isinstance(value, type) and issubclass(value, Structure):
        return f"{value.__name__}({_fields(value.FIELDS)})"
    if isinstance(value, type) and issubclass(value, IntEnum):
        return f"{value.__name__}({', '.join(f'{m.name}={m.value}' for m in value)})"
    return repr(value)


def _slots(kind: type[Kind]) -> tuple[str, ...]:
    slots: Any = kind.__slots__
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _part(kind: Kind, name: str) -> object:
    return getattr(kind, name if hasattr(kind, name) else f"_{name}")
