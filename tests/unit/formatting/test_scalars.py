"""A text is the same text however it is written."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from torq_gen.formatting import format_schema
from torq_gen.formatting.scalars import inline, lines_of
from torq_gen.spec.findings import Findings
from torq_gen.spec.reader import read

_WORDS = st.lists(st.sampled_from(["a", "b:", "#c", "- d", "e" * 30, ""]), max_size=30)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    _WORDS.map(" ".join),
    _WORDS.map("\n".join),
    _WORDS.map(lambda words: "\n".join([" ".join(words), "", " ".join(words)])),
    st.sampled_from(
        ["no", "0x10", "12:30", "1e3", "~", "", " ", "\n", "2020-01-01", "<<", "=", "y"]
    ),
)


def loaded(text: str) -> object:
    """The value at ``x-a`` as the loader reads it, and as another YAML 1.1 reader does."""
    findings = Findings()
    document = read("schema.yaml", text, findings)
    assert document is not None
    assert findings.all == []
    found = document.root["x-a"]
    assert yaml.safe_load(text)["x-a"] == found
    return found


@given(TEXTS)
def test_a_text_survives_in_block_and_in_flow(text: str) -> None:
    value = [text, {text or "k": [text]}, [[text]]]
    made = format_schema(yaml.safe_dump({"domain": "D", "x-a": value}, default_style='"'))
    assert loaded(made) == value
    assert format_schema(made) == made


@given(TEXTS)
def test_a_documentation_text_survives_but_for_the_space_around_it(text: str) -> None:
    schema = {"domain": "D", "types": {"A": {"type": "u8", "doc": text}}, "x-a": 1}
    made = format_schema(yaml.safe_dump(schema, default_style='"'))
    assert yaml.safe_load(made)["types"]["A"]["doc"] == text.strip()
    assert format_schema(made) == made


@pytest.mark.parametrize(
    ("text", "block", "flow"),
    [
        ("plain words", "plain words", "plain words"),
        ("u64?", "u64?", '"u64?"'),
        ("bytes[20]", "bytes[20]", '"bytes[20]"'),
        ("16", '"16"', '"16"'),
        ("0x10", '"0x10"', '"0x10"'),
        ("no", '"no"', '"no"'),
        ("a: b", '"a: b"', '"a: b"'),
        ("@team", '"@team"', '"@team"'),
        ('say "so"', 'say "so"', 'say "so"'),
        ('"so"', "'\"so\"'", "'\"so\"'"),
        (r"\d+", r"\d+", r"\d+"),
        (r"[\d]+", r"'[\d]+'", r"'[\d]+'"),
        ("a\u00a0b", r'"a\xa0b"', r'"a\xa0b"'),
    ],
)
def test_quotes_stand_only_where_they_are_needed(text: str, block: str, flow: str) -> None:
    assert (inline(text, flow=False), inline(text, flow=True)) == (block, flow)


def test_a_long_text_is_wrapped_and_one_of_several_lines_is_not() -> None:
    assert lines_of("one two three four five", 20, prose=True) == (
        ">-",
        ["one two three four", "five"],
    )
    assert lines_of("one two three four five", 20, prose=False) is None
    assert lines_of("one\ntwo\n", 20, prose=True) == ("|", ["one", "two"])
