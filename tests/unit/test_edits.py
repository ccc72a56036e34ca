"""Edits of a text: made together, never over one another."""

from __future__ import annotations

import pytest

from torq_gen.edits import Edit, apply


def test_edits_are_made_at_the_places_of_the_old_text() -> None:
    assert apply("abcdef", [Edit(4, 5, "E!"), Edit(0, 1, ""), Edit(6, 6, "g")]) == "bcdE!fg"


def test_insertions_at_one_place_keep_the_order_in_which_they_are_given() -> None:
    assert apply("ac", [Edit(1, 1, "1"), Edit(1, 1, "2")]) == "a12c"


@pytest.mark.parametrize("edits", [[Edit(0, 2, ""), Edit(1, 3, "")], [Edit(2, 9, "")]])
def test_edits_that_overlap_or_lie_outside_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps"):
        apply("abcd", edits)
