"""Frames of a buffer to envelopes, many at once where the native codec is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias, cast

from mycelium.envelope import ENVELOPE, Envelope
from mycelium.protocol.registry import Registry

AT_ONCE: Final = 4096

Decode: TypeAlias = Callable[[bytes, int, int, int, int], tuple[list[Envelope], int, int]]
"""Of a piece, a place in it, 0, the largest frame and the most frames: the envelopes of the frames
that are sound and known from there on, where they end, and how many frames they were."""


def batch_of(registry: Registry) -> Decode | None:
    """What decodes many frames; None where there is no native codec."""
    return cast("Decode | None", registry.batch(ENVELOPE))  # it takes every buffer


def opener(registry: Registry, max_frame: int) -> Callable[[bytes], Envelope]:
    """What makes an envelope of a frame; it raises what `Registry.decode_frame` does."""
    decode: Callable[..., Envelope] = registry.decoder(ENVELOPE)
    return partial(decode, max_frame=max_frame)


def first_of_each(made: list[Envelope]) -> list[Envelope]:
    """One envelope a frame: a frame of another program may hold several messages."""
    return [
        envelope
        for before, envelope in zip([None, *made], made, strict=False)
        if before is None or envelope.frame is not before.frame
    ]
