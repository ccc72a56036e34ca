"""Where the native codec takes its place, if there is one; see `mycelium._native`.

It decides yes or no and explains nothing. What it declines goes to the pure codec, which reads or
writes it after all, or raises the error that says what is wrong. So there is one place for errors,
and whoever has both codecs never sees two opinions.
"""

from __future__ import annotations

from _thread import allocate_lock  # threading would be imported for this alone
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

import msgspec

from mycelium._native import codec

if TYPE_CHECKING:
    from mycelium.protocol.frame import Frame
    from mycelium.protocol.message import Message

T = TypeVar("T", bound=msgspec.Struct)
Pure: TypeAlias = Callable[[bytes], Any]
Batch: TypeAlias = Callable[[bytearray, int, int, int, int], tuple[list[T], int, int]]
"""Of a buffer, a place in it, the buffer's own place in the stream, the largest frame and the most
frames: what the sound frames from there on make, where they end, and how many they are."""

NATIVE: Final = codec is not None

_MAKING: Final = allocate_lock()


class Shape(msgspec.Struct, Generic[T], frozen=True):
    """What a decoder makes of a frame.

    ``parts`` are the attributes of ``owner`` with their roles (``message``, ``source``,
    ``sequence``, ``timestamp``, ``payload_size``, ``others``, ``data``), or ``constant`` and what
    it is. ``make`` does the same of a frame and its bytes.
    """

    owner: type[T]
    parts: tuple[tuple[str, str] | tuple[str, str, object], ...]
    make: Callable[[Frame, bytes], T]


def layout_of(message: type[Message]) -> Any:
    """The native layout of a message's class; None when it has to stay with the pure codec.

    It is made once, for whoever asks first, and kept by the class.
    """
    with _MAKING:
        if "_LAYOUT" not in vars(message):
            type.__setattr__(message, "_LAYOUT", _new_layout(message))
        return vars(message)["_LAYOUT"]


def _new_layout(message: type[Message]) -> Any:
    from mycelium.protocol.layout import NoLayoutError, tree_of

    assert codec is not None
    try:
        tree = tree_of(message)
        return codec.Layout(message.TYPE_ID, message.VERSION, message.DOMAIN, tree)
    except (NoLayoutError, TypeError, ValueError, OverflowError, RecursionError):
        return None


def accelerate(message: type[Message], from_frame: Pure, view: Pure) -> None:
    """Puts native functions before a generated class's ``to_frame``, ``from_frame``, ``view``."""
    own = vars(message)
    if codec is None or not {"TYPE_ID", "to_frame", "_decode"} <= own.keys():
        return
    layout = partial(layout_of, message)
    functions = {
        "to_frame": codec.Encoder(layout, own["to_frame"]),
        "from_frame": codec.Opener(layout, None, from_frame),
        "view": codec.Opener(layout, partial(_view_of, message), view),
    }
    for name, function in functions.items():
        setattr(message, name, function)


def _view_of(message: type[Message]) -> Any:
    """The class of a message's lazy views; None where `layout_of` gives None."""
    assert codec is not None
    layout = layout_of(message)
    if layout is None:
        return None
    fields = (f.attribute for f in message.FIELDS)
    space = {name: codec.ViewField(layout, index) for index, name in enumerate(fields)}
    name = f"{message.__name__}View"
    return type(name, (codec.View,), {"__slots__": (), "__module__": message.__module__, **space})


class Catalog:
    """The messages of one system, as the native codec knows them."""

    __slots__ = ("native",)

    def __init__(self, messages: Mapping[int, type[Message]]) -> None:
        assert codec is not None
        self.native = codec.Catalog({t: partial(layout_of, m) for t, m in messages.items()})

    @classmethod
    def of(cls, messages: Mapping[int, type[Message]]) -> Catalog | None:
        """The catalog, or None where there is no native codec."""
        return None if codec is None else cls(messages)

    def decoder(self, shape: Shape[T], pure: Callable[..., T]) -> Callable[..., T]:
        """What decodes frames to objects of the shape; ``pure`` gets what is declined."""
        assert codec is not None
        form = codec.Form(shape.owner, shape.parts)
        decode: Callable[..., T] = codec.Decoder(self.native, form, pure)
        return decode

    def batch(self, shape: Shape[T]) -> Batch[T]:
        """What decodes many frames of a buffer, one object a message.

        It stops at what is no sound frame of this system; see `mycelium.protocol.stream`.
        """
        assert codec is not None
        return partial(codec.decode, self.native, codec.Form(shape.owner, shape.parts))


def cutter(header: type[msgspec.Struct], raw: type[T]) -> Batch[T] | None:
    """What cuts many sound frames out of a buffer; None where there is no native codec."""
    if codec is None:
        return None
    parts = tuple((name, name) for name in header.__struct_fields__)
    raw_parts = tuple((name, name) for name in raw.__struct_fields__)
    return partial(codec.cut, codec.Form(header, parts), codec.Form(raw, raw_parts))
