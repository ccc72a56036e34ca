"""Gzip in pieces: many members back to back, the last of which may be torn."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

_GZIP: Final = 31  # zlib's window bits for "with a gzip header"
_PIECE: Final = 1 << 18


def deflate(data: bytes) -> bytes:
    """One gzip member."""
    member = zlib.compressobj(6, wbits=_GZIP)
    return member.compress(data) + member.flush()


def inflate(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What the members hold, in pieces of bounded size whatever the input claims.

    Raises, when iterated over:
        EOFError: the last member is not whole
        zlib.error: something is no gzip member, or its checksum does not hold
    """
    member = None
    for data in pieces:
        while data:
            if member is None:
                member = zlib.decompressobj(wbits=_GZIP)
            piece = member.decompress(data, _PIECE)
            data = member.unconsumed_tail
            if piece:
                yield piece
            if member.eof:
                data, member = member.unused_data, None
    if member is not None:
        raise EOFError("the last gzip member is not whole")
