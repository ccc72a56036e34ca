"""Every type is read as every other one, by generated codecs: the layout rule says what happens."""

from __future__ import annotations

from typing import Any

import pytest

from mycelium.protocol import DecodeError, Message, Registry
from tests.evolution.codecs import messages, package
from tests.evolution.meaning import same
from torq_gen.evolution.reading import reads
from torq_gen.model import Field, System

SCALARS = [
    *("u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "u128", "i128", "u256"),
    *("bool", "timestamp", "instrument_id", "f32", "f64", "bytes", "string"),
    *("bytes[1]", "bytes[2]", "bytes[8]", "bytes[24]"),
    *("fixed<0>", "fixed<2>", "fixed<8>", "fixed<0, u64>", "fixed<2, u64>", "fixed<0, u8>"),
]
ENUMS: dict[str, Any] = {
    "Open": {"BUY": 1, "SELL": 2},
    "More": {"BUY": 1, "SELL": 2, "HOLD": 3},
    "Called": {"BID": 1, "ASK": 2},
    "Turned": {"BUY": 2, "SELL": 1},
}
NAMED: dict[str, Any] = {
    **{name: {"enum": "u8", "values": values} for name, values in ENUMS.items()},
    **{
        f"{name}Closed": {"enum": "u8", "closed": True, "values": values}
        for name, values in ENUMS.items()
    },
    "Wide": {"enum": "u16", "values": {"BUY": 1, "SELL": 2}},
    "Flags": {"enum": "u8", "closed": True, "values": {"OFF": 0, "ON": 1}},
    "Count": "u64",
    "Pair": {"struct": [{"a": "u8"}, {"b": "u8"}]},
    "PairTurned": {"struct": [{"b": "u8"}, {"a": "u8"}]},
    "PairCalled": {"struct": [{"a": "u8"}, {"c": "u8"}]},
    "PairOfFlags": {"struct": [{"a": "bool"}, {"b": "u8"}]},
    "Single": {"struct": [{"a": "u16"}]},
}
SHAPES = ["{}?", "list<{}>", "array<{}, 2>", "list<{}?>"]
INNER = ["u8", "bool", "u16", "u64", "timestamp", "fixed<2>", "Open", "OpenClosed", "Pair"]
TYPES = [*SCALARS, *NAMED, *(shape.format(inner) for shape in SHAPES for inner in INNER)]


def test_every_type_is_read_as_every_other(capsys: pytest.CaptureFixture[str]) -> None:
    fields = {f"M{i}": {"type": i, "fields": [{"x": t}]} for i, t in enumerate(TYPES, 1)}
    schema = {"domain": "Random", "types": NAMED, "messages": fields}
    wrong, understood = [], 0
    with package(schema, "pairs_contracts") as (system, registry):
        kinds = [_message(system, registry, i) for i in range(1, len(TYPES) + 1)]
        for writer, written in kinds:
            for reader, read in kinds:
                problem = _misread(writer, written, reader, read)
                said = reads(written.type, read.type)
                understood += said
                if said == (problem is not None):
                    wrong.append(f"{written.type} as {read.type}: {said}, {problem}")
    assert wrong == []
    with capsys.disabled():
        print(f"\n{len(TYPES) ** 2} pairs of types, {understood} of which read the other rightly")


def _message(system: System, registry: Registry, number: int) -> tuple[type[Message], Field]:
    return registry.messages[number], system.messages[f"M{number}"].fields[0]


def _misread(
    writer: type[Message], written: Field, reader: type[Message], read: Field
) -> str | None:
    """How a value of the one is misread as the other; None if none ever is."""
    head = reader.TYPE_ID.to_bytes(2, "little")
    for message in messages(writer, (written,)):
        tlv = message.to_tlv()
        try:
            found = reader.from_tlv(head + tlv[2:])
        except DecodeError as error:
            return str(error)
        if not same(written.type, read.type, message.x, found.x):  # type: ignore[attr-defined]
            return f"{message} was read as {found}"
    return None
