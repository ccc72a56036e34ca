"""The cases of enums, reservations, packages and services, and rules of buf that have none."""

from __future__ import annotations

from _breaking.case import EDITION, SYNTAX, SYSTEM, Case, enum, fields, message, proto

_OPEN = "enum Side {{ SIDE_NONE = 0; {} }}\nmessage Quote {{ Side side = 1; }}\n"
_CLOSED = (
    "enum Side {{ option features.enum_type = CLOSED; SIDE_NONE = 0; {} }}\n"
    "message Quote {{ Side side = 1; }}\n"
)

OTHERS = (
    Case(
        "enum removed",
        proto(
            "enum Side { SIDE_NONE = 0; }\nmessage Quote { int32 a = 1; }\n",
            "message Quote { int32 a = 1; }\n",
        ),
        fields("{a: u32}", "{a: u32}", ("Side: {enum: u8, values: {NONE: 0}}", "")),
    ),
    Case(
        "value of an open enum removed",
        proto(_OPEN.format("BUY = 1; SELL = 2;"), _OPEN.format("BUY = 1;")),
        enum("BUY: 1, SELL: 2", "BUY: 1"),
        "an open enum keeps numbers that it does not know, so bytes are still read",
    ),
    Case(
        "value of a closed enum removed",
        proto(_CLOSED.format("BUY = 1; SELL = 2;"), _CLOSED.format("BUY = 1;"), EDITION),
        enum("BUY: 1, SELL: 2", "BUY: 1", closed=True),
    ),
    Case(
        "value of a closed enum removed, number and name reserved",
        proto(
            _CLOSED.format("BUY = 1; SELL = 2;"),
            _CLOSED.format("BUY = 1; reserved 2; reserved SELL;"),
            EDITION,
        ),
        enum("BUY: 1, SELL: 2", "BUY: 1", closed=True),
        "a reservation keeps the number from others; old frames with it are refused all the same",
    ),
    Case(
        "value of an enum renamed",
        proto(_OPEN.format("BUY = 1;"), _OPEN.format("BID = 1;")),
        enum("BUY: 1", "BID: 1"),
    ),
    Case(
        "two values of an enum exchange their numbers",
        proto(_OPEN.format("BUY = 1; SELL = 2;"), _OPEN.format("SELL = 1; BUY = 2;")),
        enum("BUY: 1, SELL: 2", "SELL: 1, BUY: 2"),
        "buf takes it for two renames, which WIRE allows; each side takes a sale for a purchase",
    ),
    Case(
        "value added to an open enum",
        proto(_OPEN.format("BUY = 1;"), _OPEN.format("BUY = 1; SELL = 2;")),
        enum("BUY: 1", "BUY: 1, SELL: 2"),
    ),
    Case(
        "value added to a closed enum",
        proto(_CLOSED.format("BUY = 1;"), _CLOSED.format("BUY = 1; SELL = 2;"), EDITION),
        enum("BUY: 1", "BUY: 1, SELL: 2", closed=True),
        "buf has no rule for it; an old reader refuses the frame (in protobuf, it loses the field)",
    ),
    Case(
        "enum closed",
        proto(_OPEN.format("BUY = 1;"), _CLOSED.format("BUY = 1;"), EDITION),
        fields(
            "{side: Side}",
            "{side: Side}",
            (
                "Side: {enum: u8, values: {BUY: 1}}",
                "Side: {enum: u8, closed: true, values: {BUY: 1}}",
            ),
        ),
        "buf's WIRE does not look at it; a closed enum refuses numbers that an open one let pass",
    ),
    Case(
        "reservation dropped",
        message("int32 a = 1; reserved 2;", "int32 a = 1;"),
        (
            "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{a: u32}]}\n"
            "reserved: {types: [2]}\n",
            "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{a: u32}]}\n",
        ),
    ),
    Case(
        "package renamed",
        (
            f"{SYNTAX}message Quote {{ int32 a = 1; }}\n",
            f"{SYNTAX.replace('shop', 'store')}message Quote {{ int32 a = 1; }}\n",
        ),
        fields("{a: u32}", "{a: u32}"),
        "the package is part of protobuf's full names, which services and Any send; no frame of "
        "ours holds it",
        (SYSTEM, SYSTEM.replace("shop_contracts", "store_contracts")),
    ),
    Case(
        "service removed",
        proto(
            "message Quote { int32 a = 1; }\nservice Feed { rpc Get(Quote) returns (Quote); }\n"
            "service Backup { rpc Get(Quote) returns (Quote); }\n",
            "message Quote { int32 a = 1; }\nservice Feed { rpc Get(Quote) returns (Quote); }\n",
        ),
        fields("{a: u32}", "{a: u32}"),
        "",
        (SYSTEM + "  backup: {id: 3, publishes: [Quote], subscribes: []}\n", SYSTEM),
    ),
    Case(
        "a service no longer offers a message",
        proto(
            "message Quote { int32 a = 1; }\nservice Feed { rpc Get(Quote) returns (Quote); "
            "rpc Last(Quote) returns (Quote); }\n",
            "message Quote { int32 a = 1; }\nservice Feed { rpc Get(Quote) returns (Quote); }\n",
        ),
        fields("{a: u32}", "{a: u32}"),
        "",
        (
            SYSTEM + "  backup: {id: 3, publishes: [Quote], subscribes: []}\n",
            SYSTEM + "  backup: {id: 3, publishes: [], subscribes: []}\n",
        ),
    ),
)

WITHOUT = (
    (("EXTENSION_*", "PACKAGE_EXTENSION_*"), "there are no extensions"),
    (("FIELD_SAME_ONEOF", "ONEOF_*"), "there is no oneof; optional fields stand beside it"),
    (
        (
            "FIELD_SAME_JSTYPE",
            "FIELD_SAME_CPP_STRING_TYPE",
            "FIELD_SAME_*UTF8_VALIDATION",
            "FILE_SAME_[!P]*",
            "FILE_SAME_PHP_*",
            "FILE_SAME_PY_*",
            "MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR",
        ),
        "options of protobuf's generators for single languages, and of its syntax",
    ),
    (("*_SAME_JSON_FORMAT",), "the JSON form has no options"),
    (("RPC_SAME_*",), "services publish and subscribe, they do not answer calls"),
    (("RESERVED_ENUM_NO_DELETE",), "enums reserve nothing: what is removed is TQ714 or TQ735"),
)
"""Rules of buf without a counterpart, and why."""
