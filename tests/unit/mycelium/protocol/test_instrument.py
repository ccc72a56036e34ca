"""Instrument ids: 24 bytes and one text, each from the other."""

from __future__ import annotations

import pytest
from hypothesis import given

from mycelium.protocol import EncodeError, InstrumentId
from mycelium.testing.strategies import instrument_ids

POOL = InstrumentId(1, 2, bytes.fromhex("45dda9cb7c25131df268515131f647d726f50608"))


def test_the_wire_form_is_venue_kind_zero_asset() -> None:
    assert POOL.to_wire() == b"\x01\x00\x02\x00" + POOL.asset


def test_the_text_is_venue_kind_asset() -> None:
    assert str(POOL) == "1:2:0x45dda9cb7c25131df268515131f647d726f50608"


@given(instrument_ids())
def test_both_forms_are_bijective(instrument: InstrumentId) -> None:
    assert InstrumentId.parse(str(instrument)) == instrument
    assert InstrumentId.from_wire(instrument.to_wire()) == instrument


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1:2",
        "01:2:0x" + "0" * 40,
        "65536:0:0x" + "0" * 40,
        "0:256:0x" + "0" * 40,
        "0:0:0x" + "A" * 40,
        "0:0:" + "0" * 40,
        "0:0:0x" + "0" * 39,
        "٣:0:0x" + "0" * 40,
        "0:0:0x" + "0" * 40 + "\n",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(EncodeError, match="expected venue:kind:0xasset"):
        InstrumentId.parse(text)


def test_an_asset_of_another_length_has_no_wire_form() -> None:
    with pytest.raises(ValueError, match="asset"):
        InstrumentId(1, 2, b"short").to_wire()
