"""Lazy views of frames: nothing is made of a field before it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, TypeVar

if TYPE_CHECKING:
    from mycelium.protocol.message import Message

M = TypeVar("M", bound="Message")
M_co = TypeVar("M_co", bound="Message", covariant=True)


class View(Protocol[M_co]):
    """A frame whose header, checksum and form hold, seen as the message that it carries.

    It has the message's attributes; each access makes the value anew. ``bytes(view)`` is the frame,
    whose source, sequence and timestamp `read_header` gives.
    """

    def to_message(self) -> M_co:
        """The whole message, made anew."""

    def __bytes__(self) -> bytes:
        """The frame that is viewed."""

    def __getattr__(self, name: str) -> Any:
        """A field of the message."""


class PureView(Generic[M]):
    """The view of the pure codec, which has to make the message to know that its form holds."""

    __slots__ = ("_frame", "_message")

    def __init__(self, message: M, frame: bytes) -> None:
        object.__setattr__(self, "_message", message)
        object.__setattr__(self, "_frame", frame)

    def to_message(self) -> M:
        """The message."""
        message: M = self._message
        return message

    def __bytes__(self) -> bytes:
        frame: bytes = self._frame
        return frame

    def __getattr__(self, name: str) -> Any:
        if name in self._message.__struct_fields__:
            return getattr(self._message, name)
        raise AttributeError(f"{type(self._message).__name__}View has no attribute {name!r}")

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"cannot pickle '{type(self._message).__name__}View' object")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"immutable type: {type(self._message).__name__!r}")
