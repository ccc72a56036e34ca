"""The cases of protobuf's breaking categories that have a counterpart here: messages and fields."""

from __future__ import annotations

from _breaking.case import EDITION, PROTO2, SYNTAX, SYSTEM, Case, fields, message, proto

_TAGS = "protobuf numbers its fields, here the order of declaration is the layout"
_WIDTH = "protobuf's varints hold any width, here an integer has its own bytes"

MESSAGES = (
    Case(
        "message removed",
        proto(
            "message Quote { int32 a = 1; }\nmessage Trade { int32 a = 1; }\n",
            "message Quote { int32 a = 1; }\n",
        ),
        (
            "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{a: u32}]}\n"
            "  Trade: {type: 2, fields: [{a: u32}]}\n",
            "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{a: u32}]}\n",
        ),
        "a frame is known by its type id alone, which has to be kept from the next message; "
        "a protobuf message has none",
    ),
    Case(
        "message renamed",
        proto("message Quote { int32 a = 1; }\n", "message Price { int32 a = 1; }\n"),
        (
            "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{a: u32}]}\n",
            "domain: MarketData\nmessages:\n  Price: {type: 1, fields: [{a: u32}]}\n",
        ),
        "",
        (SYSTEM, SYSTEM.replace("Quote", "Price")),
    ),
    Case(
        "message moved to another file of the package",
        proto(
            "message Quote { int32 a = 1; }\nmessage Trade { int32 a = 1; }\n",
            "message Quote { int32 a = 1; }\n// file: trade.proto\n"
            f"{SYNTAX}message Trade {{ int32 a = 1; }}\n",
        ),
        (
            "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{a: u32}]}\n"
            "  Trade: {type: 2, fields: [{a: u32}]}\n",
            "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{a: u32}]}\n"
            "# file: trade.yaml\n"
            "domain: MarketData\nmessages:\n  Trade: {type: 2, fields: [{a: u32}]}\n",
        ),
        "generated protobuf code follows the file, ours follows the domain",
    ),
    Case(
        "file renamed",
        (
            f"{SYNTAX}message Quote {{ int32 a = 1; }}\n",
            f"// file: price.proto\n{SYNTAX}message Quote {{ int32 a = 1; }}\n",
        ),
        (
            "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{a: u32}]}\n",
            "# file: price.yaml\n"
            "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{a: u32}]}\n",
        ),
        "generated protobuf code follows the file, ours follows the domain",
    ),
    Case(
        "field added at the end",
        message("int32 a = 1;", "int32 a = 1; int32 b = 2;"),
        fields("{a: u32}", "{a: u32}, {b: {type: u32, since: 2, default: 0}}"),
    ),
    Case(
        "required field added",
        message("required int32 a = 1;", "required int32 a = 1; required int32 b = 2;", PROTO2),
        fields("{a: u32}", "{a: u32}, {b: u32}"),
    ),
    Case(
        "field removed",
        message("int32 a = 1; int32 b = 2;", "int32 a = 1;"),
        fields("{a: u32}, {b: u32}", "{a: u32}"),
    ),
    Case(
        "field removed, number and name reserved",
        message("int32 a = 1; int32 b = 2;", 'int32 b = 2; reserved 1; reserved "a";'),
        fields("{a: u32}, {b: u32}", "{b: u32}"),
        f"{_TAGS}: nothing can take the place of a field, it is deprecated",
    ),
    Case(
        "field deprecated",
        message("int32 a = 1;", "int32 a = 1 [deprecated = true];"),
        fields("{a: u32}", "{a: {type: u32, deprecated: true}}"),
    ),
    Case(
        "field renamed",
        message("int32 a = 1;", "int32 b = 1;"),
        fields("{a: u32}", "{b: u32}"),
    ),
    Case(
        "two fields of one type exchange their numbers",
        message("int32 a = 1; int32 b = 2;", "int32 b = 1; int32 a = 2;"),
        fields("{a: u32}, {b: u32}", "{b: u32}, {a: u32}"),
        "buf takes it for two renames, which WIRE allows; each side reads the one as the other",
    ),
    Case(
        "fields declared in another order, numbers kept",
        message("int32 a = 1; int32 b = 2;", "int32 b = 2; int32 a = 1;"),
        fields("{a: u32}, {b: u32}", "{b: u32}, {a: u32}"),
        _TAGS,
    ),
    Case(
        "integer to text",
        message("int32 a = 1;", "string a = 1;"),
        fields("{a: i32}", "{a: string}"),
    ),
    Case(
        "wider integer",
        message("int32 a = 1;", "int64 a = 1;"),
        fields("{a: i32}", "{a: i64}"),
        _WIDTH,
    ),
    Case(
        "narrower integer",
        message("int64 a = 1;", "int32 a = 1;"),
        fields("{a: i64}", "{a: i32}"),
        "WIRE allows it, although a reader cuts large values without an error",
    ),
    Case(
        "signed to unsigned",
        message("int64 a = 1;", "uint64 a = 1;"),
        fields("{a: i64}", "{a: u64}"),
        "WIRE allows it, although every negative value becomes a huge one",
    ),
    Case(
        "truth value to integer",
        message("bool a = 1;", "uint32 a = 1;"),
        fields("{a: bool}", "{a: u8}"),
        "WIRE allows it, although an old reader takes every other number for true; here it refuses "
        "the frame",
    ),
    Case(
        "number to enum",
        proto(
            "enum Side { SIDE_NONE = 0; }\nmessage Quote { uint32 a = 1; }\n",
            "enum Side { SIDE_NONE = 0; }\nmessage Quote { Side a = 1; }\n",
        ),
        fields("{a: u8}", "{a: Side}", ("Side: {enum: u8, values: {BUY: 1}}",) * 2),
        "both send an enum as its number, so here the bytes are the same",
    ),
    Case(
        "text to bytes",
        message("string a = 1;", "bytes a = 1;"),
        fields("{a: string}", "{a: bytes}"),
        "WIRE allows it; an old reader refuses bytes that are no UTF-8, and code gets another kind "
        "of value",
    ),
    Case(
        "one value to many",
        message("uint64 a = 1;", "repeated uint64 a = 1;"),
        fields("{a: u64}", "{a: list<u64>}"),
    ),
    Case(
        "value to optional value",
        message("uint64 a = 1;", "optional uint64 a = 1;"),
        fields("{a: u64}", "{a: u64?}"),
        "an absent protobuf field has no bytes; here a presence byte stands before the value",
    ),
    Case(
        "another default",
        message(
            "int32 a = 1; int32 b = 2 [default = 1];",
            "int32 a = 1; int32 b = 2 [default = 5];",
            EDITION,
        ),
        fields(
            "{a: u32}, {b: {type: u32, since: 2, default: 1}}",
            "{a: u32}, {b: {type: u32, since: 2, default: 5}}",
        ),
    ),
    Case(
        "message inside of a message gets a field",
        proto(
            "message Level { int32 a = 1; }\nmessage Quote { repeated Level l = 1; }\n",
            "message Level { int32 a = 1; int32 b = 2; }\n"
            "message Quote { repeated Level l = 1; }\n",
        ),
        fields(
            "{l: list<Level>}",
            "{l: list<Level>}",
            ("Level: {struct: [{a: u32}]}", "Level: {struct: [{a: u32}, {b: u32}]}"),
        ),
        "protobuf writes a length before each inner message, here a struct stands inline",
    ),
    Case(
        "type of an inner message renamed",
        proto(
            "message Level { int32 a = 1; }\nmessage Quote { Level l = 1; }\n",
            "message Step { int32 a = 1; }\nmessage Quote { Step l = 1; }\n",
        ),
        fields(
            "{l: Level}", "{l: Step}", ("Level: {struct: [{a: u32}]}", "Step: {struct: [{a: u32}]}")
        ),
        "buf compares the names of inner messages, here their layouts: the bytes are the same",
    ),
)
