"""Protobuf: messages become a draft in the order of their numbers, and the rest is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from torq_gen.drafting.checking import built, errors
from torq_gen.drafting.writing import files_of
from torq_gen.scaffolding import protobuf, protoc
from torq_gen.scaffolding.imported import Imported, ImportFailedError

pytest.importorskip("grpc_tools", reason="pip install 'torq-gen[proto]' brings protoc")


def imported(folder: Path, text: str, **others: str) -> Imported:
    """The draft of a file `a.proto` beside others."""
    for name, other in others.items():
        (folder / f"{name}.proto").write_text(other)
    file = folder / "a.proto"
    file.write_text(text)
    found = protobuf.read(*protoc.descriptors([file], []), "shop")
    system, findings = built(folder, files_of(found.draft))
    assert system is not None
    assert errors(findings) == ()
    return found


def fields(found: Imported, message: str = "M") -> dict[str, str]:
    (wanted,) = (m for m in found.draft.schemas[0].messages if m.name == message)
    return {f.name: f.type for f in wanted.fields}


def lost(found: Imported) -> list[str]:
    """What was lost, but for what is said of every file."""
    return [str(one) for one in found.lost if "field numbers" not in one.what]


SCALARS = {
    **{"double": "f64", "float": "f32", "int32": "i32", "sint32": "i32", "sfixed32": "i32"},
    **{"int64": "i64", "sint64": "i64", "sfixed64": "i64", "uint32": "u32", "fixed32": "u32"},
    **{"uint64": "u64", "fixed64": "u64", "bool": "bool", "string": "string", "bytes": "bytes"},
}


def test_scalars(tmp_path: Path) -> None:
    lines = "".join(f"{name} f_{name} = {n}; " for n, name in enumerate(SCALARS, 1))
    found = imported(tmp_path, f'syntax = "proto3"; message M {{ {lines} }}')
    assert fields(found) == {f"f_{name}": type_ for name, type_ in SCALARS.items()}
    assert lost(found) == []


def test_order_is_that_of_the_numbers_and_presence_is_optional(tmp_path: Path) -> None:
    text = (
        'syntax = "proto3"; message S { string x = 1; }\n'
        "message M { S s = 3; optional bool o = 2; repeated S many = 1; }"
    )
    found = imported(tmp_path, text)
    assert fields(found) == {"many": "list<S>", "o": "bool?", "s": "S?"}
    assert [m.name for m in found.draft.schemas[0].messages] == ["M"]


def test_proto2_says_what_is_required(tmp_path: Path) -> None:
    text = (
        'syntax = "proto2"; message M { required int32 a = 1; optional int32 b = 2 [default = 7];'
        " extensions 100 to 200; }"
    )
    found = imported(tmp_path, text)
    assert fields(found) == {"a": "i32", "b": "i32?"}
    assert lost(found) == ["a.proto: M.b: the default 7", "a.proto: M: extension ranges"]


def test_enums_lose_their_own_name_and_what_cannot_be_a_number(tmp_path: Path) -> None:
    text = """
        syntax = "proto3";
        enum Side { option allow_alias = true;
          SIDE_NONE = 0; SIDE_BUY = 300; SIDE_LONG = 300; SIDE_ODD = -1; }
        message M { Side side = 1; }
    """
    found = imported(tmp_path, text)
    (enum,) = found.draft.schemas[0].types
    assert (enum.name, getattr(enum, "base", "")) == ("Side", "u16")
    assert getattr(enum, "values", ()) == (("NONE", 0), ("BUY", 300))
    assert lost(found) == [
        "a.proto: Side.SIDE_LONG: left out: an alias",
        "a.proto: Side.SIDE_ODD: left out: a number below 0",
    ]


def test_maps_oneofs_and_recursion_are_changed_and_listed(tmp_path: Path) -> None:
    text = """
        syntax = "proto3";
        message M {
          map<string, int32> counts = 1;
          oneof by { string person = 2; int64 robot = 3; }
          Tree tree = 4;
          reserved 9;
        }
        message Tree { repeated Tree children = 1; }
        service S { rpc Do(M) returns (M); }
    """
    found = imported(tmp_path, text)
    assert fields(found) == {
        "counts": "list<MCountsEntry>",
        "person": "string?",
        "robot": "i64?",
        "tree": "Tree?",
    }
    assert lost(found) == [
        "a.proto: S: calls are no messages: Do",
        "a.proto: M.counts: a map: it is a list of pairs here, in any order",
        "a.proto: Tree.children: Tree contains itself: kept as bytes",
        "a.proto: M.by: a oneof: its fields are optional, each by itself",
        "a.proto: M: reserved numbers and names of fields",
    ]


def test_well_known_types(tmp_path: Path) -> None:
    text = """
        syntax = "proto3";
        import "google/protobuf/timestamp.proto";
        import "google/protobuf/wrappers.proto";
        import "google/protobuf/any.proto";
        message M { google.protobuf.Timestamp at = 1; google.protobuf.Int64Value n = 2;
          google.protobuf.Any any = 3; }
    """
    found = imported(tmp_path, text)
    assert fields(found) == {"at": "timestamp?", "n": "i64?", "any": "bytes?"}
    assert lost(found)[2] == "a.proto: M.any: google.protobuf.Any: kept as bytes"


def test_imports_comments_and_packages(tmp_path: Path) -> None:
    text = """
        syntax = "proto3"; package shop.v1;
        import "b.proto";
        // An order
        // was placed.
        message M {
          shop.v1.Line line = 1;

          // How many.
          int32 type = 2 [deprecated = true];
        }
        message Empty {}
    """
    other = 'syntax = "proto3"; package shop.v1; message Line { string sku = 1; }'
    found = imported(tmp_path, text, b=other)
    placed, empty = found.draft.schemas[0].messages
    assert placed.doc == "An order was placed."
    assert [(f.name, f.type, f.extra) for f in placed.fields] == [
        ("line", "Line?", {}),
        ("kind", "i32", {"doc": "How many.", "deprecated": True}),
    ]
    assert [f.name for f in empty.fields] == ["present"]


def test_what_protoc_refuses_is_said_in_its_words(tmp_path: Path) -> None:
    file = tmp_path / "a.proto"
    file.write_text('syntax = "proto3"; message M { Nothing x = 1; }')
    with pytest.raises(ImportFailedError, match=r'a.proto:1:32: "Nothing" is not defined'):
        protoc.descriptors([file], [])


def test_what_protoc_logs_is_not_part_of_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "a.proto"
    file.write_text("garbage")
    with pytest.raises(ImportFailedError) as error:
        protoc.descriptors([file], [])
    assert str(error.value).startswith(f"{file}:1:1: Expected top-level statement")


def test_a_file_without_messages(tmp_path: Path) -> None:
    with pytest.raises(ImportFailedError, match=r"a\.proto: expected at least one message"):
        imported(tmp_path, 'syntax = "proto3";')
