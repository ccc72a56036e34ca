"""What a synthetic system consists of, before it is written in any language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MESSAGES_A_DOMAIN = 100
MESSAGES_A_SERVICE = 10

_COMMON = (
    ("account", "address"),
    ("sequence", "u64"),
    ("amount", "u256"),
    ("price", "price"),
    ("change", "i64"),
    ("kind", "enum"),
    ("position", "struct"),
)
_VARIABLE = (*_COMMON, ("label", "string"), ("levels", "list"), ("limit", "optional"))
_FIXED = (*_COMMON, ("venue", "u16"), ("live", "bool"), ("limit", "optional"))


@dataclass(frozen=True, slots=True)
class Message:
    """A message of ten fields; ``fields`` are names and kinds."""

    number: int
    name: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """A hundred messages, and an enum and a struct of their own."""

    number: int
    messages: tuple[Message, ...]

    @property
    def name(self) -> str:
        """In every language."""
        return f"Domain{self.number}"

    @property
    def file(self) -> str:
        """The name of its file, without an ending."""
        return f"domain_{self.number}"


def domains(count: int) -> tuple[Domain, ...]:
    """The domains of a system of ``count`` messages, every second one of fixed size."""
    messages = tuple(_message(number) for number in range(1, count + 1))
    starts = range(0, count, MESSAGES_A_DOMAIN)
    return tuple(
        Domain(number, messages[start : start + MESSAGES_A_DOMAIN])
        for number, start in enumerate(starts, 1)
    )


def services(count: int) -> Iterator[tuple[int, range, range]]:
    """Number, published and subscribed messages of each service: a tenth of the messages, or ten.

    Each one reads what the one before it writes.
    """
    number_of = max(10, count // MESSAGES_A_SERVICE)
    size = max(1, count // number_of)
    for number in range(1, number_of + 1):
        first = 1 + (number - 1) * size
        published = range(first, min(first + size, count + 1))
        subscribed = range(max(1, first - size), first)
        yield number, published, subscribed


def _message(number: int) -> Message:
    return Message(number, f"Message{number}", _FIXED if number % 2 else _VARIABLE)
