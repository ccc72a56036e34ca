"""Ids and versions that new definitions get."""

from __future__ import annotations

from dataclasses import replace

import pytest

from torq_gen.diagnostics import Span
from torq_gen.editing import merge
from torq_gen.model import (
    Default,
    Domain,
    Field,
    IntType,
    Lock,
    Message,
    ReleasedMessage,
    ReleasedVersion,
    Reserved,
    System,
)
from torq_gen.refactoring.adding import (
    NewField,
    add_field,
    next_service_id,
    next_type,
    next_version,
)
from torq_gen.refactoring.errors import AddError
from torq_gen.refactoring.homes import schema_of

U8 = IntType(8, signed=False)
PATTERNS = ("schemas/*.yaml",)
TEXT = "domain: D\nmessages:\n  Tick: {type: 1, fields: [{a: u8}]}\n"


def message(*versions: int) -> Message:
    fields = [Field(f"f{v}", U8, since=v, default=Default(0) if v > 1 else None) for v in versions]
    span = Span("schemas/d.yaml", 3, 3, 3, 7)
    return Message("Tick", 1, "D", "d", tuple(fields), span=span)


def released(*versions: int) -> Lock:
    known = {version: ReleasedVersion("", "") for version in versions}
    return Lock({"a": 1}, {"gone": 2}, {"Tick": ReleasedMessage(1, known, 1)})


def system(tick: Message, lock: Lock) -> System:
    return System(
        name="s",
        package="p",
        domains={"D": Domain("D", 1, 1, 5)},
        types={},
        messages={"Tick": tick},
        services={},
        stores={},
        externals={},
        reserved=Reserved((2,), ()),
        exports=(),
        lock=lock,
    )


@pytest.mark.parametrize(
    ("versions", "given", "expected"),
    [
        ((1,), (), 1),
        ((1,), (1,), 2),
        ((1, 2), (1,), 2),
        ((1, 2), (1, 2), 3),
        ((1, 4), (1,), 4),
    ],
)
def test_an_unreleased_version_takes_more_fields(
    versions: tuple[int, ...], given: tuple[int, ...], expected: int
) -> None:
    tick = message(*versions)
    found = system(tick, released(*given))
    assert next_version(found, tick) == expected
    assert next_version(found, tick, bump=True) == max(versions) + 1


def test_after_255_versions_comes_a_new_message() -> None:
    tick = message(1, 255)
    new = NewField("Tick", "more", {"type": "u8", "default": 1})
    with pytest.raises(AddError, match="has had 255 versions") as raised:
        add_field(system(tick, released(255)), {"schemas/d.yaml": TEXT}, new)
    assert raised.value.help == "add a new message in its place"


def test_a_type_id_that_was_released_or_reserved_is_not_free() -> None:
    lock = replace(released(1), messages={"Gone": ReleasedMessage(3, {}, 1)})
    assert next_type(system(message(1), lock), "D") == 4


def test_an_id_that_a_service_had_is_not_free() -> None:
    assert next_service_id(system(message(1), released())) == 3


def test_a_domain_of_several_schemas_needs_a_choice() -> None:
    texts = {"system.yaml": "", "schemas/d.yaml": TEXT, "schemas/e.yaml": "domain: D\n"}
    found = system(message(1), Lock())
    assert schema_of(found, texts, "D", PATTERNS) == "schemas/d.yaml"
    other = replace(message(1), name="Tock", span=Span("schemas/e.yaml", 1, 1, 1, 1))
    both = replace(found, messages={"Tick": message(1), "Tock": other})
    with pytest.raises(AddError, match=r"D has several schemas: schemas/d\.yaml, schemas/e\.yaml"):
        schema_of(both, texts, "D", PATTERNS)


def test_a_field_of_a_flow_list_stands_in_braces() -> None:
    new = NewField("Tick", "b", {"type": "u8?"})
    (text,) = add_field(system(message(1), Lock()), {"schemas/d.yaml": TEXT}, new).values()
    assert text == TEXT.replace("[{a: u8}]", '[{a: u8}, {b: "u8?"}]')
    assert merge(text, {}) == text


@pytest.mark.parametrize(
    ("patterns", "file"),
    [
        (["schemas/*.yaml"], "schemas/new_one.yaml"),
        (["schemas/d.yaml", "more/**/*.yaml"], "more/new_one.yaml"),
        (["schemas/**/*.yaml"], "schemas/new_one.yaml"),
        (["[a-s]*/*.yaml"], "schemas/new_one.yaml"),
        (["schemas/d.yaml", "schemas/new_*.yaml"], "schemas/new_one.yaml"),
    ],
)
def test_a_new_schema_stands_where_a_pattern_finds_it(patterns: list[str], file: str) -> None:
    texts = {"system.yaml": "", "schemas/d.yaml": TEXT}
    assert schema_of(system(message(1), Lock()), texts, "NewOne", patterns) == file


def test_a_new_schema_that_nothing_would_read_is_refused() -> None:
    texts = {"system.yaml": "", "schemas/d.yaml": TEXT}
    with pytest.raises(AddError) as caught:
        schema_of(system(message(1), Lock()), texts, "NewOne", ["schemas/d.yaml"])
    assert str(caught.value) == (
        "NewOne has no schema, and schemas/new_one.yaml would not be read: "
        "system.yaml takes schemas/d.yaml"
    )
    assert caught.value.help == "add a pattern to system.schemas in system.yaml"
