"""What services promise about the order and the number of their messages.

These are the values that generated code builds; `mycelium.monitors` watches whether they are kept.
Fields are called by their names in the schema.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from mycelium.protocol.message import Message


class Condition(msgspec.Struct, frozen=True):
    """Holds for messages in which the field has one of the values."""

    field: str
    values: tuple[Any, ...]


class Ref(msgspec.Struct, frozen=True):
    """A field of a message, whose value is a key; only messages count for which ``where`` holds."""

    message: type[Message]
    field: str
    where: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        return f"{self.message.__name__}.{self.field}"


class SequentialPer(msgspec.Struct, frozen=True):
    """Per value of ``key``, the field ``by`` (or the frame's sequence) never decreases."""

    message: type[Message]
    key: str
    by: str | None = None

    @property
    def id(self) -> str:
        """The promise's name among those of its service."""
        return f"{self.message.__name__}-sequential-per-{self.key}"

    @property
    def text(self) -> str:
        """The promise in words."""
        by = self.by or "sequence"
        return f"{self.message.__name__} in order of {by} for each {self.key}"


class AtMostOncePer(msgspec.Struct, frozen=True):
    """Per value of ``key``, at most one message."""

    message: type[Message]
    key: str

    @property
    def id(self) -> str:
        """The promise's name among those of its service."""
        return f"{self.message.__name__}-at-most-once-per-{self.key}"

    @property
    def text(self) -> str:
        """The promise in words."""
        return f"{self.message.__name__} at most once for each {self.key}"


class Precedes(msgspec.Struct, frozen=True):
    """A key that is seen in ``then`` has been seen in ``first`` before."""

    id: str
    text: str
    first: Ref
    then: tuple[Ref, ...]


class Within(msgspec.Struct, frozen=True):
    """A key that is seen in ``after`` is seen in one of ``then`` within ``nanoseconds``."""

    id: str
    text: str
    after: Ref
    then: tuple[Ref, ...]
    nanoseconds: int


class NeverAfter(msgspec.Struct, frozen=True):
    """A key that has been seen in ``after`` is not seen in ``never`` any more."""

    id: str
    text: str
    after: Ref
    never: tuple[Ref, ...]


class OneOfEach(msgspec.Struct, frozen=True):
    """A key that is seen in ``each`` is seen exactly once in all of ``of`` together, later.

    Within ``nanoseconds``, if there are any; without them only a second one breaks the promise.
    """

    id: str
    text: str
    each: Ref
    of: tuple[Ref, ...]
    nanoseconds: int | None = None


Promise: TypeAlias = SequentialPer | AtMostOncePer | Precedes | Within | NeverAfter | OneOfEach


def messages_of(promise: Promise) -> tuple[type[Message], ...]:
    """The messages that the promise speaks of, each once."""
    match promise:
        case SequentialPer(message=message) | AtMostOncePer(message=message):
            return (message,)
        case Precedes(first=one, then=others) | Within(after=one, then=others):
            refs = (one, *others)
        case NeverAfter(after=one, never=others) | OneOfEach(each=one, of=others):
            refs = (one, *others)
    return tuple(dict.fromkeys(ref.message for ref in refs))
