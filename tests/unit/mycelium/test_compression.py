from __future__ import annotations

import gzip
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.compression import deflate, inflate


@given(members=st.lists(st.binary(max_size=300), max_size=5), cuts=st.lists(st.integers(0, 999)))
def test_any_chunking_of_any_members_gives_their_bytes(
    members: list[bytes], cuts: list[int]
) -> None:
    packed = b"".join(map(deflate, members))
    places = sorted({0, len(packed), *(cut % (len(packed) + 1) for cut in cuts)})
    chunks = [packed[a:b] for a, b in pairwise(places)]
    assert b"".join(inflate(chunks)) == b"".join(members)


def test_a_small_file_that_claims_much_is_handed_out_in_pieces() -> None:
    packed = deflate(bytes(50_000_000))
    assert len(packed) < 100_000
    sizes = [len(piece) for piece in inflate([packed])]
    assert sum(sizes) == 50_000_000
    assert max(sizes) <= 1 << 18


def test_other_tools_read_it() -> None:
    assert gzip.decompress(deflate(b"frames")) == b"frames"


def test_a_torn_member_gives_what_there_is_and_then_raises() -> None:
    pieces = inflate([deflate(b"whole"), deflate(b"torn")[:-1]])
    assert [next(pieces), next(pieces)] == [b"whole", b"torn"]
    with pytest.raises(EOFError, match="last gzip member is not whole"):
        next(pieces)


def test_what_is_no_gzip_raises() -> None:
    with pytest.raises(zlib.error):
        list(inflate([b"plain text"]))
