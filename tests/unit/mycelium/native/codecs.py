"""The native codec by itself: what it declines is said, and not given to the pure one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest

from mycelium import _native
from mycelium.protocol import DecodeError, Frame, Message, Registry
from mycelium.protocol.accelerated import layout_of

DECLINED: Final = "declined"
HEADER: Final = {"source": 9, "sequence": 1 << 40, "timestamp": 1_700_000_000 * 10**9}

needs_native = pytest.mark.skipif(
    _native.codec is None, reason=f"{_native.reason}; `python hatch_build.py` builds it"
)


def decoder_of(registry: Registry) -> Callable[[bytes], Any]:
    """Decodes frames of a system, or says `DECLINED`."""
    codec = _native.codec
    assert codec is not None
    assert registry._catalog is not None
    form = codec.Form(Frame, tuple((name, name) for name in Frame.__struct_fields__))
    decode: Callable[[bytes], Any] = codec.Decoder(
        registry._catalog.native, form, lambda data: DECLINED
    )
    return decode


def encoder_of(message: type[Message]) -> Callable[..., Any]:
    """Encodes messages of a class, or says `DECLINED`."""
    assert _native.codec is not None
    encode: Callable[..., Any] = _native.codec.Encoder(
        partial(layout_of, message), lambda message, **header: DECLINED
    )
    return encode


def pure_frame(message: Message) -> bytes:
    """The message's frame by the generated method."""
    frame: bytes = vars(type(message))["to_frame"].__wrapped__(message, **HEADER)
    return frame


def outcome(function: Callable[[bytes], Any], data: bytes) -> Any:
    """What a function gives; of an error its class and text."""
    try:
        return function(data)
    except DecodeError as error:
        return type(error), str(error)
