"""What every message can do beside its codec: JSON, checked creation, errors by field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mycelium.protocol import (
    EncodeError,
    InvalidMessageError,
    SizeMismatchError,
    TruncatedError,
    UnknownTypeError,
)
from torq_contracts import decode_frame
from torq_contracts.messages import Address, PoolStateUpdate

FIELDS: dict[str, Any] = {
    "pool_address": Address(b"p" * 20),
    "venue_id": 1,
    "reserve0": 2**255,
    "reserve1": 20,
    "block_number": 30,
}
STATE = PoolStateUpdate(**FIELDS)


def test_fields_may_be_given_in_any_order_by_keyword() -> None:
    assert PoolStateUpdate(**dict(reversed(FIELDS.items()))) == STATE


def test_create_names_every_problem() -> None:
    with pytest.raises(InvalidMessageError) as refusal:
        PoolStateUpdate.create(**{**FIELDS, "venue_id": 99, "pool_address": b"x"})
    assert [field for field, _ in refusal.value.problems] == ["pool_address", "venue_id"]
    assert "pool_address: expected 20 bytes, found b'x'" in str(refusal.value)
    assert "venue_id: expected one of" in str(refusal.value)


def test_create_refuses_missing_and_unknown_fields() -> None:
    with pytest.raises(TypeError):
        PoolStateUpdate.create(venue_id=1)
    with pytest.raises(TypeError):
        PoolStateUpdate.create(**FIELDS, venue=1)


def test_the_constructor_does_not_check_but_encoding_does() -> None:
    broken = PoolStateUpdate(**{**FIELDS, "reserve1": -1})
    with pytest.raises(EncodeError, match=r"PoolStateUpdate.reserve1: expected an integer from 0"):
        broken.to_tlv()
    with pytest.raises(EncodeError, match=r"PoolStateUpdate.reserve1"):
        broken.to_json()


def test_wide_integers_are_text_in_json_and_bytes_are_hex() -> None:
    form = json.loads(STATE.to_json())
    assert form["reserve0"] == str(2**255)
    assert form["venue_id"] == 1
    assert form["pool_address"] == "0x" + "70" * 20
    assert PoolStateUpdate.from_json(STATE.to_json()) == STATE


def test_json_may_leave_out_what_has_a_default() -> None:
    form = {name: value for name, value in json.loads(STATE.to_json()).items() if name in FIELDS}
    assert PoolStateUpdate.from_json(json.dumps(form)) == STATE


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "json: "),
        ("[]", "json: expected an object, found []"),
        ("{}", "pool_address: expected a value, found none"),
        ('{"pool": 1}', "pool: expected a known field, found this name"),
        ('{"venue_id": 1.5}', "venue_id: expected an integer from 0 to 65535, found 1.5"),
        ('{"venue_id": true}', "venue_id: expected an integer from 0 to 65535, found True"),
        ('{"reserve0": "0x10"}', "reserve0: expected an integer from 0"),
        ('{"reserve0": "010"}', "reserve0: expected an integer from 0"),
        ('{"pool_address": "7070"}', "pool_address: expected 20 bytes as 0x and pairs of hex"),
    ],
)
def test_json_that_is_no_message_is_refused(text: str, problem: str) -> None:
    with pytest.raises(InvalidMessageError) as refusal:
        PoolStateUpdate.from_json(text)
    assert problem in str(refusal.value)


def test_decoding_asks_the_rules_only_when_told_to() -> None:
    frame = PoolStateUpdate(**{**FIELDS, "venue_id": 99}).to_frame(
        source=1, sequence=1, timestamp=1
    )
    assert decode_frame(frame).message.venue_id == 99  # type: ignore[attr-defined]
    with pytest.raises(InvalidMessageError, match="venue_id"):
        decode_frame(frame, validate=True)


def test_a_tlv_of_another_kind_or_length_is_refused() -> None:
    tlv = STATE.to_tlv()
    with pytest.raises(UnknownTypeError, match=r"expected type 16 \(PoolStateUpdate\), found 17"):
        PoolStateUpdate.from_tlv(b"\x11" + tlv[1:])
    with pytest.raises(TruncatedError, match="expected a TLV header of 8 bytes, found 3"):
        PoolStateUpdate.from_tlv(tlv[:3])
    with pytest.raises(SizeMismatchError):
        PoolStateUpdate.from_tlv(tlv + b"\0")


def test_the_repr_shows_every_field() -> None:
    assert repr(STATE).startswith("PoolStateUpdate(pool_address=b'pppp")
    assert "block_number=30" in repr(STATE)
