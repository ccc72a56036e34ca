"""What can be wrong with bytes, and with values that should become bytes.

Every error of decoding says what was expected, what was found and at which byte.
"""

from __future__ import annotations


class ProtocolError(Exception):
    """The base of every error of this package."""


class DecodeError(ProtocolError):
    """Bytes that are not what they should be.

    ``offset`` counts from the first byte that was handed in.
    """

    problem = "malformed bytes"

    def __init__(self, expected: str, found: str, offset: int) -> None:
        super().__init__(expected, found, offset)
        self.expected = expected
        self.found = found
        self.offset = offset

    def __str__(self) -> str:
        return f"{self.problem} at byte {self.offset}: expected {self.expected}, found {self.found}"


class BadMagicError(DecodeError):
    """The first four bytes are not a frame's."""

    problem = "bad magic"


class UnsupportedProtocolError(DecodeError):
    """The frame's protocol version is not the one spoken here."""

    problem = "unsupported protocol"


class TruncatedError(DecodeError):
    """The bytes end before what they announce."""

    problem = "truncated"


class SizeMismatchError(DecodeError):
    """Bytes are left over, or a length disagrees with what it measures."""

    problem = "size mismatch"


class ChecksumMismatchError(DecodeError):
    """The frame was changed on its way."""

    problem = "checksum mismatch"


class UnknownTypeError(DecodeError):
    """No message of this system has the type id."""

    problem = "unknown type"


class WrongDomainError(DecodeError):
    """The message does not belong to the domain that the header states."""

    problem = "wrong domain"


class MalformedValueError(DecodeError):
    """A field's bytes are not a value of its type."""

    problem = "malformed value"


class TooLargeError(DecodeError):
    """The frame claims more bytes than the reader's limit."""

    problem = "too large"


class EncodeError(ProtocolError):
    """A value that does not fit its field; ``field`` is its name."""

    def __init__(self, owner: str, field: str, expected: str, found: str) -> None:
        super().__init__(owner, field, expected, found)
        self.owner = owner
        self.field = field
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        return f"{self.owner}.{self.field}: expected {self.expected}, found {self.found}"


class InvalidMessageError(ProtocolError):
    """Values that ``create``, ``from_json`` or a validating decode refuse.

    ``problems`` pairs each offending field with what is wrong with it.
    """

    def __init__(self, owner: str, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__(owner, problems)
        self.owner = owner
        self.problems = problems

    def __str__(self) -> str:
        return f"{self.owner}: " + "; ".join(f"{field}: {text}" for field, text in self.problems)
