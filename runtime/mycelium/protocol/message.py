"""The base classes of generated messages and structs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeVar

import msgspec

from mycelium.protocol.accelerated import accelerate
from mycelium.protocol.errors import (
    EncodeError,
    InvalidMessageError,
    SizeMismatchError,
    UnknownTypeError,
    WrongDomainError,
)
from mycelium.protocol.frame import HEADER_SIZE, Frame, check_single_frame
from mycelium.protocol.kinds import FieldSpec, Json, ValueProblem, shown
from mycelium.protocol.tlv import read_tlv
from mycelium.protocol.view import PureView, View

if TYPE_CHECKING:
    from pathlib import Path

M = TypeVar("M", bound="Message")


class Structure(msgspec.Struct, frozen=True, gc=False):
    """A frozen value with fields of known kinds.

    Instances are compared by value. They hold no references back to themselves, so the cyclic
    garbage collector need not follow them.
    """

    __test__: ClassVar[bool] = False  # pytest would take a message TestResult for tests
    FIELDS: ClassVar[tuple[FieldSpec, ...]] = ()


class Message(Structure, frozen=True, gc=False):
    """What one TLV carries. The generated subclasses add the fields and their codec.

    The constructor does not check its values; `create` and `from_json` do, and encoding refuses
    what does not fit.
    """

    TYPE_ID: ClassVar[int] = 0
    VERSION: ClassVar[int] = 1
    DOMAIN: ClassVar[int] = 0
    TOPIC: ClassVar[str] = ""
    KEY: ClassVar[str | None] = None
    RETAIN: ClassVar[int] = 0
    SIZE: ClassVar[int | None] = None  # bytes of the value at VERSION, None when they vary

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        accelerate(cls, partial(_from_frame, cls), partial(_view, cls))

    @classmethod
    def create(cls, **fields: Any) -> Self:
        """A message whose values were checked against their kinds and rules.

        Raises:
            InvalidMessageError: with every problem found
            TypeError: a field is missing or unknown
        """
        message = cls(**fields)
        check_message(message)
        return message

    def to_frame(self, *, source: int, sequence: int, timestamp: int) -> bytes:
        """The frame that carries this message alone.

        Raises:
            EncodeError: a value does not fit its field
        """
        raise NotImplementedError

    def to_tlv(self) -> bytes:
        """The TLV: type, version, flags, length, then the fields.

        Raises:
            EncodeError: a value does not fit its field
        """
        return self.to_frame(source=1, sequence=0, timestamp=0)[HEADER_SIZE:]

    @classmethod
    def from_tlv(cls, data: bytes | bytearray | memoryview) -> Self:
        """The message of one TLV, whatever version wrote it.

        Raises:
            DecodeError: the bytes are not exactly one TLV of this message
        """
        data = bytes(data)
        type_id, version, at, end = read_tlv(data, 0, len(data))
        if type_id != cls.TYPE_ID:
            raise UnknownTypeError(f"type {cls.TYPE_ID} ({cls.__name__})", str(type_id), 0)
        if len(data) > end:
            raise SizeMismatchError(f"{end} bytes", f"{len(data)}", end)
        return cls._decode(data, at, end, version)

    @classmethod
    def from_frame(cls, data: bytes | bytearray | memoryview) -> Self:
        """The message of a frame that carries one of this class, whatever version wrote it.

        For who knows what comes and needs nothing of the header; otherwise there is
        `Registry.decode_frame`.

        Raises:
            DecodeError: the bytes are not exactly one frame with a message of this class
        """
        return _from_frame(cls, data)

    @classmethod
    def view(cls, data: bytes | bytearray | memoryview) -> View[Self]:
        """A lazy view of such a frame: all is checked now, and fields are made when read.

        Raises:
            DecodeError: as `from_frame`
        """
        return _view(cls, data)

    @classmethod
    def read_columns(
        cls,
        source: bytes | bytearray | memoryview | str | Path,
        *,
        into: Literal["numpy", "arrow"] = "numpy",
        wide: Literal["binary", "decimal"] = "binary",
        strict: bool = True,
    ) -> Any:
        """The messages of this class in a buffer or a file of frames, as columns.

        A structured numpy array, or an Arrow table, which takes messages that vary in size too. The
        first three columns are the header's source, sequence and timestamp. Integers above 64 bits
        are bytes (see `mycelium.columns.integers_of`), or decimals in Arrow when ``wide`` says so.
        Without ``strict`` what is no sound frame is passed over.

        Raises:
            DecodeError: the first bytes that are no sound frame or message, and their place
            ColumnsError: a value has no place in its column, or a library is not installed
            OSError: the file cannot be read
        """
        from mycelium.columns import read_all

        return read_all((cls,), source, into=into, wide=wide, strict=strict)[cls]

    @classmethod
    def write_columns(cls, columns: Any, path: str | Path | None = None) -> bytes | int:
        """The frames of such columns: their bytes, or their number when they go to a new file.

        Raises:
            ColumnsError: the columns are not this message's, or a row cannot be encoded
            OSError: the file cannot be written
        """
        from mycelium.columns import write_columns

        return write_columns(cls, columns, path)

    @staticmethod
    def _parse_frame(data: bytes) -> Frame | None:
        """The frame that carries one message of this class, fixed in size, and nothing else.

        None when it is not quite that: every part of both headers is checked. The general decoder
        then finds out what it is.
        """
        raise NotImplementedError

    @classmethod
    def _decode(cls, data: bytes, at: int, end: int, version: int) -> Self:
        """The message whose TLV value, written by ``version``, is ``data[at:end]``."""
        raise NotImplementedError

    def to_json(self) -> bytes:
        """The message as a JSON object; wide integers and fixed-point numbers are texts.

        Raises:
            EncodeError: a value does not fit its field
        """
        for field in self.FIELDS:
            try:
                field.kind.check(getattr(self, field.attribute))
            except ValueProblem as problem:
                raise encode_error(self, field, problem) from None
        values = {f.name: f.kind.to_json(getattr(self, f.attribute)) for f in self.FIELDS}
        return msgspec.json.encode(values)

    @classmethod
    def from_json(cls, data: bytes | str) -> Self:
        """The message of a JSON object; fields that have a default may be left out.

        Raises:
            InvalidMessageError: with every problem found
        """
        values, problems = _fields_from_json(cls, _parse_object(cls, data))
        if problems:
            raise InvalidMessageError(cls.__name__, tuple(problems))
        return cls.create(**values)


def _from_frame(cls: type[M], data: bytes | bytearray | memoryview) -> M:
    data = bytes(data)
    header = check_single_frame(data)
    at, end, unknown = HEADER_SIZE, len(data), 0
    found: tuple[int, int, int] | None = None
    while at < end:
        type_id, version, value_at, at = read_tlv(data, at, end)
        if type_id != cls.TYPE_ID:
            unknown = unknown or type_id
        elif header.domain != cls.DOMAIN:
            expected = f"domain {cls.DOMAIN} of {cls.__name__} (type {type_id})"
            raise WrongDomainError(expected, str(header.domain), 5)
        elif found is None:
            found = (value_at, at, version)
    if found is None:
        expected = f"type {cls.TYPE_ID} ({cls.__name__})"
        raise UnknownTypeError(expected, str(unknown or "none"), HEADER_SIZE)
    return cls._decode(data, *found)


def _view(cls: type[M], data: bytes | bytearray | memoryview) -> View[M]:
    data = bytes(data)
    return PureView(_from_frame(cls, data), data)


def check_message(message: Message) -> None:
    """Checks every field's kind and rule.

    Raises:
        InvalidMessageError: with every problem found
    """
    problems: list[tuple[str, str]] = []
    for field in message.FIELDS:
        value = getattr(message, field.attribute)
        try:
            field.kind.check(value)
        except ValueProblem as problem:
            problems.append((field.name + problem.where, str(problem)))
            continue
        rule = field.rule
        if rule is not None and value is not None and not rule.holds(value):
            problems.append((field.name, f"expected {rule.expected}, found {shown(value)}"))
    if problems:
        raise InvalidMessageError(type(message).__name__, tuple(problems))


def refuse(message: Message, cause: Exception, **header: int) -> EncodeError:
    """The error that names the field, or the header value, which made encoding fail."""
    for field in message.FIELDS:
        try:
            field.kind.check(getattr(message, field.attribute))
        except ValueProblem as problem:
            return encode_error(message, field, problem)
    name = type(message).__name__
    for part, bits in (("source", 16), ("sequence", 64), ("timestamp", 64)):
        value = header.get(part, 1)
        low = 1 if part == "source" else 0
        if not isinstance(value, int) or not low <= value < 1 << bits:
            return EncodeError(
                name, part, f"an integer from {low} to {(1 << bits) - 1}", repr(value)
            )
    return EncodeError(name, "frame", "values that fit a frame", str(cause))


def encode_error(message: Message, field: FieldSpec, problem: ValueProblem) -> EncodeError:
    """The encoding error of one field's problem."""
    owner = type(message).__name__
    return EncodeError(owner, field.name + problem.where, problem.expected, shown(problem.found))


def _parse_object(cls: type[Message], data: bytes | str) -> dict[str, Json]:
    try:
        parsed = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidMessageError(cls.__name__, (("json", str(error)),)) from None
    if not isinstance(parsed, dict):
        found = shown(parsed)
        raise InvalidMessageError(cls.__name__, (("json", f"expected an object, found {found}"),))
    return parsed


def _fields_from_json(
    cls: type[Message], parsed: dict[str, Json]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    values: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    required = {f.name for f in msgspec.structs.fields(cls) if f.required}
    for field in cls.FIELDS:
        if field.name not in parsed:
            if field.attribute in required:
                problems.append((field.name, "expected a value, found none"))
            continue
        try:
            values[field.attribute] = field.kind.from_json(parsed[field.name])
        except ValueProblem as problem:
            problems.append((field.name + problem.where, str(problem)))
    known = {f.name for f in cls.FIELDS}
    unknown = [(name, "expected a known field, found this name") for name in parsed.keys() - known]
    return values, problems + sorted(unknown)
