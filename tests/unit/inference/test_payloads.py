"""Classes become fields: what the code tells is exact, what is a guess is marked as one."""

from __future__ import annotations

from typing import Any

import pytest

from torq_gen.drafting.model import DraftEnum, DraftStruct
from torq_gen.inference.classes import Classes
from torq_gen.inference.payloads import Payloads

HEAD = """\
from __future__ import annotations
import datetime, decimal, uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime as moment
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, ClassVar, Literal, NewType, Optional, Union
from pydantic import BaseModel, EmailStr, PositiveInt

UserId = NewType("UserId", int)
Names = list[str]

class Side(IntEnum):
    BUY = 1
    SELL = 300

class Color(str, Enum):
    RED = "red"
    BLUE = "blue"

@dataclass
class Line:
    sku: str

class Plain:
    pass
"""


def payloads(code: str, **modules: str) -> tuple[Payloads, Any]:
    """What is drafted of the class M in some code."""
    files = {"shop.py": HEAD + code, **{f"{n}.py": HEAD + t for n, t in modules.items()}}
    classes = Classes(lambda path: files[path].encode() if path in files else None, ("",))
    made = Payloads(classes, set())
    found = classes.find("shop.M")
    assert found is not None
    return made, found


def field(annotation: str) -> tuple[str, str]:
    made, found = payloads(f"class M(BaseModel):\n    x: {annotation}\n")
    (only,) = made.fields(found)
    return only.type, only.note


@pytest.mark.parametrize(
    ("annotation", "type_"),
    [
        ("str", "string"),
        ("bool", "bool"),
        ("float", "f64"),
        ("bytes", "bytes"),
        ("str | None", "string?"),
        ("Optional[str]", "string?"),
        ("Union[str, None]", "string?"),
        ("list[str]", "list<string>"),
        ("Sequence[bool]", "list<bool>"),
        ("tuple[str, ...]", "list<string>"),
        ("Names", "list<string>"),
        ("Annotated[str, 1]", "string"),
        ('"str"', "string"),
        ("Line", "Line"),
        ("list[Line]", "list<Line>"),
        ("Side", "Side"),
        ("Literal['a', 'b']", "X"),
    ],
)
def test_what_the_code_tells_is_no_guess(annotation: str, type_: str) -> None:
    assert field(annotation) == (type_, "")


@pytest.mark.parametrize(
    ("annotation", "type_", "note"),
    [
        ("int", "i64", "int has no size"),
        ("UserId", "i64", "int has no size"),
        ("Decimal", "fixed<8, i128>", "Decimal has no scale"),
        ("decimal.Decimal", "fixed<8, i128>", "Decimal has no scale"),
        ("moment", "timestamp", "nanoseconds since 1970, in UTC"),
        ("datetime.datetime", "timestamp", "nanoseconds since 1970, in UTC"),
        ("uuid.UUID", "bytes[16]", "a UUID's bytes"),
        ("Any", "string", "any value, as JSON"),
        ("dict", "string", "a dict, as JSON"),
        ("dict[str, int]", "string", "dict[str, int] as JSON"),
        ("Mapping[str, int] | None", "string?", "Mapping[str, int] as JSON"),
        ("str | int", "string", "str | int as JSON: nothing like it here"),
        ("Plain", "string", "Plain as JSON: nothing like it here"),
        ("Unheard", "string", "Unheard as JSON: nothing like it here"),
        ("EmailStr", "string", "EmailStr is checked by pydantic, not here"),
        ("PositiveInt", "u64", "PositiveInt is checked by pydantic, not here"),
        ("M", "string", "M contains itself: as JSON"),
        ("list", "list<string>", "list says nothing of its items"),
    ],
)
def test_a_guess_is_marked(annotation: str, type_: str, note: str) -> None:
    assert field(annotation) == (type_, f"guess: {note}")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("class M(BaseModel):\n    x: str\n", "pydantic"),
        ("import msgspec\nclass M(msgspec.Struct, frozen=True):\n    x: str\n", "msgspec"),
        ("@dataclass(frozen=True)\nclass M:\n    x: str\n", "a dataclass"),
        ("from typing import TypedDict\nclass M(TypedDict):\n    x: str\n", "a TypedDict"),
        ("import attrs\n@attrs.define\nclass M:\n    x: str\n", "a dataclass"),
        ("class N(BaseModel):\n    x: str\nclass M(N): ...\n", "pydantic"),
        ("class M:\n    x: str\n", ""),
    ],
)
def test_what_makes_a_class_data(code: str, kind: str) -> None:
    made, found = payloads(code)
    assert found.kind == kind
    assert [f.name for f in made.fields(found)] == ["x"]


def test_fields_of_base_classes_come_first_also_from_another_module() -> None:
    made, found = payloads(
        "from other import Base\nclass M(Base):\n    b: str\n    a: bool\n",
        other="class Base(BaseModel):\n    a: str\n    model_config = {}\n    K: ClassVar[int] = 1",
    )
    assert [(f.name, f.type) for f in made.fields(found)] == [("a", "bool"), ("b", "string")]


def test_a_class_under_two_names_is_one_struct_and_ends_where_it_contains_itself() -> None:
    made, found = payloads(
        "import other\nfrom other import Twin\n\n\n"
        "class Leaf(BaseModel):\n    x: bool\n\n\n"
        "class M(BaseModel):\n    a: Leaf\n    b: other.Leaf\n    c: Twin\n",
        other="from shop import Leaf, M as Twin\n",
    )
    assert [(f.name, f.type) for f in made.fields(found)] == [
        ("a", "Leaf"),
        ("b", "Leaf"),
        ("c", "string"),
    ]


@pytest.mark.parametrize("annotation", ["Optional[()]", "'a\\x00'", "Odd"])
def test_an_annotation_that_is_none_is_a_guess(annotation: str) -> None:
    made, found = payloads(f"Odd = NewType()\n\n\nclass M(BaseModel):\n    x: {annotation}\n")
    (field,) = made.fields(found)
    assert (field.type, field.note.startswith("guess: ")) == ("string", True)


def test_classes_that_seem_to_be_each_other_s_base_end() -> None:
    made, found = payloads("class M(N):\n    a: str\n\n\nclass N(M, BaseModel):\n    b: bool\n")
    assert [f.name for f in made.fields(found)] == ["b", "a"]


def test_enums_keep_numbers_and_others_get_new_ones() -> None:
    made, found = payloads("class M(BaseModel):\n    side: Side\n    color: Color\n    type: str\n")
    assert [(f.name, f.note) for f in made.fields(found)] == [
        ("side", ""),
        ("color", ""),
        ("kind", "`type` in the code"),
    ]
    side, color = made.types
    assert isinstance(side, DraftEnum)
    assert isinstance(color, DraftEnum)
    assert (side.base, side.values, side.note) == ("u16", (("BUY", 1), ("SELL", 300)), "shop.py:14")
    assert color.values == (("RED", 1), ("BLUE", 2))
    assert color.note == "shop.py:18; guess: the numbers are new"


def test_a_class_in_a_class_is_a_struct_once() -> None:
    made, found = payloads("class M(BaseModel):\n    a: Line\n    b: list[Line]\n")
    made.fields(found)
    (line,) = made.types
    assert isinstance(line, DraftStruct)
    assert line.note == "a dataclass, shop.py:23"


def test_a_file_that_does_not_parse_has_no_classes() -> None:
    classes = Classes(lambda path: b"class (" if path == "shop.py" else None, ("",))
    assert classes.find("shop.M") is None
