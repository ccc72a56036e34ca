"""Taking bytes apart: exact ranges, and what is broken is named with its place."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.protocol import encode_frame
from torq_gen.cli._shared.anatomy import Node
from torq_gen.cli._shared.frames import Names, Part, parts_of
from torq_gen.cli._shared.scalars import decimal, shown, timestamp
from torq_gen.cli._shared.tree import as_json, lines_of
from torq_gen.model import (
    AliasType,
    ArrayType,
    BoolType,
    BytesType,
    Domain,
    EnumType,
    Field,
    FieldType,
    FixedType,
    FloatType,
    InstrumentIdType,
    IntType,
    ListType,
    Message,
    OptionalType,
    Service,
    StringType,
    StructField,
    StructType,
    System,
    TimestampType,
)

U8, U16, U32, U64, I64 = (
    IntType(8, False),
    IntType(16, False),
    IntType(32, False),
    IntType(64, False),
    IntType(64, True),
)
ADDRESS = AliasType("Address", BytesType(20))
KIND = EnumType("Kind", U8, (("V2", 1), ("V3", 2)))
CLOSED = EnumType("Side", U8, (("BUY", 1), ("SELL", 2)), closed=True)
PAIR = StructType("Pair", (StructField("left", U8), StructField("right", U16)))


def names(*fields: Field) -> Names:
    message = Message("Quote", 16, "Market", "market", fields)
    other = Message("Order", 40, "Execution", "execution", (Field("id", U8),))
    return Names.of(
        System(
            "torq",
            "torq_contracts",
            domains={
                "Market": Domain("Market", 1, 1, 19),
                "Execution": Domain("Execution", 3, 40, 79),
            },
            messages={"Quote": message, "Order": other},
            services={"adapter": Service("adapter", 7, "services/adapter")},
        )
    )


def tlv(value: bytes, *, type_id: int = 16, version: int = 1, length: int | None = None) -> bytes:
    size = len(value) if length is None else length
    return struct.pack("<HBBI", type_id, version, 0, size) + value


def frame(*tlvs: bytes, domain: int = 1) -> bytes:
    payload = b"".join(tlvs)
    return encode_frame(payload, domain=domain, source=7, sequence=3, timestamp=10**18)


def only(data: bytes, known: Names) -> Part:
    (part,) = parts_of(data, known)
    return part


def read(type_: FieldType, value: bytes) -> Node:
    """The node of the only field of a message."""
    part = only(frame(tlv(value)), names(Field("field", type_)))
    assert part.problem is None, part.problem
    return part.nodes[1].children[4]


def refuse(type_: FieldType, value: bytes) -> str:
    part = only(frame(tlv(value)), names(Field("field", type_)))
    assert part.problem is not None
    return str(part.problem)


def test_header_and_fields_carry_their_exact_ranges() -> None:
    known = names(Field("venue", U16), Field("price", I64))
    part = only(frame(tlv(struct.pack("<Hq", 5, -2))), known)
    header, body = part.nodes
    assert (part.start, part.end, part.is_frame) == (0, 50, True)
    assert [(n.start, n.end, n.name, n.value) for n in header.children] == [
        (0, 4, "magic", "0xDEADBEEF"),
        (4, 5, "protocol", "2"),
        (5, 6, "domain", "1 (Market)"),
        (6, 8, "source", "7 (adapter)"),
        (8, 16, "sequence", "3"),
        (16, 24, "timestamp", "1000000000000000000 (2001-09-09T01:46:40.000000000Z)"),
        (24, 28, "payload_size", "18"),
        (28, 32, "checksum", header.children[7].value),
    ]
    assert (body.start, body.end, body.name) == (32, 50, "Quote")
    assert [(n.start, n.end, n.name, n.value) for n in body.children] == [
        (32, 34, "type", "16 (Quote)"),
        (34, 35, "version", "1"),
        (35, 36, "flags", "0"),
        (36, 40, "length", "10"),
        (40, 42, "venue", "5"),
        (42, 50, "price", "-2"),
    ]


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        (U8, b"\xff", "255"),
        (IntType(8, True), b"\xff", "-1"),
        (IntType(256, False), b"\1" + bytes(31), "1"),
        (BoolType(), b"\1", "true"),
        (BoolType(), b"\0", "false"),
        (FloatType(64), struct.pack("<d", 0.5), "0.5"),
        (FloatType(32), struct.pack("<f", float("inf")), "inf"),
        (FixedType(2, I64), struct.pack("<q", -5), "-0.05"),
        (ADDRESS, bytes(range(20)), "0x" + bytes(range(20)).hex()),
        (BytesType(None), b"\2\0\0\0ab", "0x6162"),
        (StringType(), b"\2\0\0\0ab", '"ab"'),
        (StringType(), b'\4\0\0\0\x1b"\xc2\x9b', r'"\x1b\"\x9b"'),
        (KIND, b"\2", "V3 (2)"),
        (KIND, b"\x09", "9 (unknown to the spec)"),
        (TimestampType(), struct.pack("<Q", 1), "1 (1970-01-01T00:00:00.000000001Z)"),
        (InstrumentIdType(), b"\x05\0\1\0" + b"\xaa" * 20, "5:1:0x" + "aa" * 20),
        (OptionalType(U16), b"\1\5\0", "5"),
        (OptionalType(U16), b"\0\0\0", "absent"),
        (OptionalType(StringType()), b"\0", "absent"),
    ],
    ids=str,
)
def test_values_as_a_person_reads_them(type_: FieldType, value: bytes, expected: str) -> None:
    node = read(type_, value)
    assert (node.start, node.end) == (40, 40 + len(value))
    assert (node.type, node.value) == (str(type_), expected)


def test_parts_of_a_value_are_children() -> None:
    node = read(ListType(PAIR), b"\2\0\0\0" + b"\1\2\0" + b"\3\4\0")
    assert node.value == "2 items"
    assert [(c.name, c.start, c.end) for c in node.children] == [("[0]", 44, 47), ("[1]", 47, 50)]
    assert [(c.name, c.value) for c in node.children[1].children] == [("left", "3"), ("right", "4")]
    assert len(read(ArrayType(U8, 3), b"\1\2\3").children) == 3


@pytest.mark.parametrize(
    ("type_", "value", "problem"),
    [
        (BoolType(), b"\2", "malformed value at byte 40: expected 0 or 1, found 2"),
        (CLOSED, b"\3", "malformed value at byte 40: expected a value of Side, found 3"),
        (StringType(), b"\2\0\0\0a\xff", "malformed value at byte 45: expected UTF-8, found 0xff"),
        (
            InstrumentIdType(),
            b"\5\0\1\7" + bytes(20),
            "malformed value at byte 43: expected a reserved byte of 0, found 0x07",
        ),
        (
            OptionalType(U16),
            b"\2\0\0",
            "malformed value at byte 40: expected field: presence byte 0 or 1, found 2",
        ),
        (
            OptionalType(U16),
            b"\0\0\5",
            "malformed value at byte 42: expected field: zeros in an absent value, found 0x05",
        ),
        (U32, b"\1", "truncated at byte 40: expected 4 bytes of field, found 1"),
        (
            ListType(U64),
            b"\xff\xff\xff\xff" + bytes(8),
            "malformed value at byte 40: expected field: at most 1, found a count of 4294967295",
        ),
        (U8, b"\1\2", "size mismatch at byte 41: expected 1 bytes of value, found 2"),
    ],
    ids=str,
)
def test_a_broken_value_names_byte_expected_and_found(
    type_: FieldType, value: bytes, problem: str
) -> None:
    assert refuse(type_, value) == problem


def test_what_was_understood_of_a_broken_message_is_kept() -> None:
    fields = (Field("good", U8), Field("pairs", ListType(PAIR)), Field("never", U8))
    part = only(frame(tlv(b"\1\1\0\0\0\5")), names(*fields))
    assert [n.name for n in part.nodes[1].children[4:]] == ["good", "pairs"]
    assert part.nodes[1].children[5].problem


def test_an_older_version_has_fewer_fields_and_a_newer_one_a_rest() -> None:
    known = names(Field("a", U8), Field("b", U8, since=2))
    old = only(frame(tlv(b"\1", version=1)), known)
    assert old.problem is None
    assert [n.name for n in old.nodes[1].children[4:]] == ["a"]
    new = only(frame(tlv(b"\1\2\3\4", version=3)), known)
    assert new.problem is None
    rest = new.nodes[1].children[-1]
    assert (rest.start, rest.end) == (42, 44)
    assert rest.value == "fields of version 3, which the spec does not know"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (frame(), "size mismatch at byte 32: expected at least one TLV, found an empty payload"),
        (frame(b"abc"), "truncated at byte 32: expected a TLV header of 8 bytes, found 3"),
        (
            frame(tlv(b"\1", version=0)),
            "malformed value at byte 34: expected a version from 1, found 0",
        ),
        (frame(tlv(b"\1", length=9)), "truncated at byte 40: expected 9 bytes of value, found 1"),
        (
            frame(tlv(b"\1", type_id=17)),
            "unknown type at byte 32: expected a message of this system, found none",
        ),
        (
            frame(tlv(b"\1"), domain=3),
            "wrong domain at byte 5: expected Market, the domain of Quote, found 3 (Execution)",
        ),
    ],
)
def test_a_broken_frame_says_where(data: bytes, problem: str) -> None:
    part = only(data, names(Field("a", U8)))
    assert str(part.problem) == problem
    assert part.nodes[0].name == "header"


def test_protocol_tlvs_and_unknown_ones_after_the_message_are_shown() -> None:
    extra = (tlv(b"\2", type_id=65000), tlv(b"", type_id=99))
    part = only(frame(tlv(b"\1"), *extra), names(Field("a", U8)))
    assert part.problem is None
    assert [n.name for n in part.nodes[2:]] == ["a protocol TLV", "unknown to the spec"]


def test_reading_goes_on_with_the_next_frame_whose_checksum_holds() -> None:
    known = names(Field("a", U8))
    good = frame(tlv(b"\1"))
    flipped = bytearray(good)
    flipped[-1] ^= 1
    data = good + bytes(flipped) + b"noise" + good
    parts = list(parts_of(data, known))
    assert [(p.is_frame, p.start, p.end) for p in parts] == [
        (True, 0, 41),
        (True, 41, 82),
        (False, 82, 87),
        (True, 87, 128),
    ]
    assert "checksum mismatch at byte 69" in str(parts[1].problem)
    assert "bad magic at byte 82" in str(parts[2].problem)


@pytest.mark.parametrize("bit", range(41 * 8))
def test_one_flipped_bit_hides_neither_its_frame_nor_the_next(bit: int) -> None:
    good = frame(tlv(b"\1"))
    flipped = bytearray(good)
    flipped[bit // 8] ^= 1 << bit % 8
    parts = list(parts_of(bytes(flipped) + good, names(Field("a", U8))))
    assert parts[-1].problem is None
    assert (parts[-1].start, parts[-1].end) == (41, 82)
    assert all(part.problem is not None for part in parts[:-1])
    hidden = ("bad magic", "unsupported protocol", "too large")  # no header can be read
    assert parts[0].problem is not None
    if parts[0].problem.problem not in hidden:
        first = parts[0].nodes[0]
        assert (parts[0].is_frame, first.name, len(first.children)) == (True, "header", 8)


def test_what_can_be_read_of_a_torn_frame_is_shown() -> None:
    data = frame(tlv(b"\1\2"))[:-1]
    lines = list(lines_of(only(data, names(Field("a", U8), Field("b", U8))), 1, data, color=False))
    assert lines[0] == "frame 1 at byte 0: 41 bytes"
    assert "  36..40    length u32 = 2  [02 00 00 00]" in lines
    assert lines[-2] == "  broken: truncated at byte 0: expected 42 bytes, found 41"


SCRAPS = st.lists(
    st.one_of(st.binary(max_size=50), st.integers(1, 45).map(lambda n: frame(tlv(b"\1"))[:n]))
).map(b"".join)


@given(st.binary(max_size=200) | SCRAPS, st.binary(max_size=60))
def test_no_bytes_break_it_and_every_byte_is_accounted_for(noise: bytes, value: bytes) -> None:
    types: tuple[FieldType, ...] = (StringType(), ListType(PAIR), OptionalType(CLOSED))
    known = names(*(Field(f"f{number}", type_) for number, type_ in enumerate(types)))
    data = noise + frame(tlv(value))
    at = 0
    for part in parts_of(data, known):
        assert part.start == at
        at = part.end
        _check_nested(part.nodes, part.start, part.end)
        as_json(part)
        list(lines_of(part, 1, data, color=False))
    assert at == len(data)


def _check_nested(nodes: tuple[Node, ...], start: int, end: int) -> None:
    for node in nodes:
        assert start <= node.start <= node.end <= end
        _check_nested(node.children, node.start, node.end)


def test_the_tree_shows_range_name_type_value_and_bytes() -> None:
    known = names(Field("price", FixedType(2, I64)))
    data = frame(tlv(struct.pack("<q", 1234)))
    lines = list(lines_of(only(data, known), 1, data, color=False))
    assert lines[0] == "frame 1 at byte 0: 48 bytes"
    assert "  40..48    price fixed<2, i64> = 12.34  [d2 04 00 00 00 00 00 00]" in lines


def test_a_stretch_that_is_no_frame_is_shown_with_its_reason() -> None:
    data = b"garbage!" * 5
    lines = list(lines_of(only(data, names(Field("a", U8))), 0, data, color=False))
    assert lines == [
        "no frame at byte 0: 40 bytes",
        "  broken: bad magic at byte 0: expected efbeadde, found 67617262",
        "  bytes 0..40 skipped: 67 61 72 62 61 67 65 21 …",
        "",
    ]


def test_more_gaps_than_the_reader_keeps_are_all_told() -> None:
    good = frame(tlv(b"\1"))
    parts = list(parts_of((b"x" + good) * 1200, names(Field("a", U8))))
    assert sum(not part.is_frame for part in parts) == 1200


def test_long_lists_are_cut_in_text_but_whole_in_json() -> None:
    known = names(Field("numbers", ArrayType(U8, 100)))
    data = frame(tlv(bytes(100)))
    part = only(data, known)
    assert any("… and 84 more" in line for line in lines_of(part, 1, data, color=False))
    assert len(as_json(part)["tree"][1]["children"][4]["children"]) == 100


@pytest.mark.parametrize(
    ("number", "scale", "text"),
    [(0, 0, "0"), (7, 0, "7"), (-5, 2, "-0.05"), (123456, 3, "123.456"), (10, 1, "1.0")],
)
def test_decimals_are_exact(number: int, scale: int, text: str) -> None:
    assert decimal(number, scale) == text


def test_a_time_that_no_calendar_has_is_shown_as_a_number() -> None:
    assert timestamp(2**64 - 1).startswith("18446744073709551615 (2554-")
    assert timestamp(10**30) == "1" + "0" * 30


def test_a_type_with_parts_is_no_scalar() -> None:
    with pytest.raises(TypeError, match="list<u8> has parts"):
        shown(ListType(U8), b"", 0)
