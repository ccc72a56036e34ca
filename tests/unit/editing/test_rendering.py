"""A scalar is read back as the text that it was, whatever the text is."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from torq_gen.editing.rendering import scalar

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS, st.sampled_from(['"', "'"]))
def test_a_text_is_read_back(text: str, quote: str) -> None:
    assert yaml.safe_load(scalar(text, quote)) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [("Order", "Order"), ("no", '"no"'), ("12", '"12"'), ("\x07", '"\\x07"'),
     ("\U000e0001", '"\\U000e0001"'), ('a"b', '"a\\"b"')],
)  # fmt: skip
def test_quotes_stand_where_they_are_needed(text: str, written: str) -> None:
    assert scalar(text) == written
