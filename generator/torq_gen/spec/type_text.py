"""A field type as it is written (``list<u64?>``) to a model type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.model.types import (
    ArrayType,
    BoolType,
    BytesType,
    FieldType,
    FixedType,
    FloatType,
    InstrumentIdType,
    IntType,
    ListType,
    OptionalType,
    StringType,
    TimestampType,
    resolved,
)

if TYPE_CHECKING:
    from collections.abc import Callable

INTEGERS = {
    f"{'i' if signed else 'u'}{bits}": IntType(bits, signed)
    for signed in (False, True)
    for bits in (8, 16, 32, 64, 128, 256)
}
SCALARS: dict[str, FieldType] = {
    **INTEGERS,
    "bool": BoolType(),
    "f32": FloatType(32),
    "f64": FloatType(64),
    "bytes": BytesType(None),
    "string": StringType(),
    "timestamp": TimestampType(),
    "instrument_id": InstrumentIdType(),
}
BUILT_IN = (*SCALARS, "fixed", "list", "array")
MAX_NESTING = 8
MAX_LENGTH = 1 << 20  # a frame is at most 1 MiB
_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[<>,\[\]?]|\S")


class TypeTextError(Exception):
    """A type that cannot be read; ``at`` and ``to`` are places in its text."""

    def __init__(self, message: str, at: int, to: int, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.to = to
        self.help = help


class UnknownTypeError(TypeTextError):
    """A name that no schema gives a type."""

    def __init__(self, name: str, at: int) -> None:
        super().__init__(f"no schema declares the type '{name}'", at, at + len(name))
        self.name = name


class UnusableTypeError(Exception):
    """A named type with a finding of its own; whoever mentions it says nothing."""


class _Token(NamedTuple):
    text: str
    at: int


def parse(text: str, lookup: Callable[[str], FieldType | None]) -> FieldType:
    """The type; ``lookup`` finds named ones, or raises UnusableTypeError. Raises TypeTextError."""
    return _Parser(text, lookup).whole()


class _Parser:
    def __init__(self, text: str, lookup: Callable[[str], FieldType | None]) -> None:
        self.text = text
        self.lookup = lookup
        self.tokens = [_Token(m.group(), m.start()) for m in _TOKEN.finditer(text)]
        self.tokens.append(_Token("", len(text)))
        self.at = 0
        self.nesting = 0

    def whole(self) -> FieldType:
        found = self.type()
        if self.here.text:
            self.fail(f"expected the end of the type, found '{self.here.text}'")
        return found

    @property
    def here(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def expect(self, text: str, of: str) -> None:
        if self.here.text != text:
            found = f"'{self.here.text}'" if self.here.text else "the end"
            self.fail(f"expected '{text}' in {of}, found {found}")
        self.at += 1

    def fail(self, message: str, token: _Token | None = None, help: str | None = None) -> None:
        at = token or self.here
        raise TypeTextError(message, at.at, at.at + max(len(at.text), 1), help)

    def type(self) -> FieldType:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            self.fail(f"a type nested deeper than {MAX_NESTING} levels")
        found = self.base()
        while self.here.text == "?":
            if isinstance(resolved(found), OptionalType):
                self.fail("an optional type cannot be made optional again")
            self.at += 1
            found = OptionalType(found)
        self.nesting -= 1
        return found

    def base(self) -> FieldType:
        token = self.take()
        match token.text:
            case "bytes" if self.here.text == "[":
                return BytesType(self.length("bytes[N]", "[", "]"))
            case "list":
                self.expect("<", "list<T>")
                item = self.type()
                self.expect(">", "list<T>")
                return ListType(item)
            case "array":
                self.expect("<", "array<T, N>")
                item = self.type()
                return ArrayType(item, self.length("array<T, N>", ",", ">"))
            case "fixed":
                return self.fixed()
        if token.text in SCALARS:
            return SCALARS[token.text]
        if not token.text.isidentifier():
            found = f"'{token.text}'" if token.text else "nothing"
            self.fail(f"expected a type, found {found}", token)
        if (named := self.lookup(token.text)) is None:
            raise UnknownTypeError(token.text, token.at)
        return named

    def fixed(self) -> FixedType:
        self.expect("<", "fixed<D>")
        token = self.here
        scale = self.number("fixed<D>")
        base = INTEGERS["i64"]
        if self.here.text == ",":
            self.at += 1
            name = self.take()
            if name.text not in INTEGERS:
                self.fail("expected an integer type as base of fixed<D, base>", name)
            base = INTEGERS[name.text]
        self.expect(">", "fixed<D>")
        if 10**scale > base.maximum:
            most = len(str(base.maximum)) - 1
            message = f"expected a scale of 0 to {most}: 1 scaled by 10^{scale} does not fit {base}"
            self.fail(message, token, f"take a wider base: fixed<{scale}, i256>")
        return FixedType(scale, base)

    def length(self, of: str, opening: str, closing: str) -> int:
        self.expect(opening, of)
        token = self.here
        value = self.number(of)
        if not 1 <= value <= MAX_LENGTH:
            self.fail(f"expected a length of 1 to {MAX_LENGTH} in {of}, found {token.text}", token)
        self.expect(closing, of)
        return value

    def number(self, of: str) -> int:
        token = self.take()
        if not token.text.isdecimal() or not token.text.isascii() or len(token.text) > 9:
            found = f"'{token.text}'" if token.text else "the end"
            self.fail(f"expected a number in {of}, found {found}", token)
        value = int(token.text)
        if of == "fixed<D>" and value > 77:
            self.fail(f"expected a scale of 0 to 77, found {value}", token)
        return value
