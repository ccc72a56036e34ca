"""Each form of an invariant, and each sentence that is read as one."""

from __future__ import annotations

from pathlib import Path

import pytest

from torq_gen.model import (
    AtMostOncePer,
    Check,
    Condition,
    FieldRef,
    NeverAfter,
    OneOfEach,
    Precedes,
    SequentialPer,
    Within,
)
from torq_gen.spec import load

SCHEMA = """\
domain: MarketData
types:
  State: {enum: u8, values: {OPEN: 1, CLOSED: 2}}
messages:
  Order: {type: 1, fields: [{order_id: u64}, {state: State}]}
  Update: {type: 2, fields: [{order_id: "u64?"}, {state: State}, {urgent: bool}]}
  Fill: {type: 3, fields: [{order_id: u64}]}
"""
SYSTEM = """\
services:
  desk: {id: 1, publishes: [Order]}
  market:
    id: 2
    publishes: [Update: PROMISES, Fill]
    subscribes: [Order]
    invariants: [INVARIANT]
  book: {id: 3, subscribes: [Update, Fill]}
"""
ORDER, UPDATE, FILL = (FieldRef(name, "order_id") for name in ("Order", "Update", "Fill"))
SECOND = 10**9


def read(tmp_path: Path, invariant: str, promises: str = "{}") -> tuple[Check | None, list[str]]:
    """The check of the one invariant, and all that the loader says."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/m.yaml").write_text(SCHEMA)
    text = SYSTEM.replace("INVARIANT", invariant).replace("PROMISES", promises)
    (tmp_path / "system.yaml").write_text(text)
    loaded = load(tmp_path)
    assert loaded.system is not None, loaded.diagnostics
    (found,) = loaded.system.services["market"].invariants
    return found.check, [d.message for d in loaded.diagnostics]


@pytest.mark.parametrize(
    ("form", "check"),
    [
        ("precedes: {first: Order.order_id, then: [Fill.order_id]}", Precedes(ORDER, (FILL,))),
        (
            "within: {after: Order.order_id, then: [Update.order_id, Fill.order_id], time: 500ms}",
            Within(ORDER, (UPDATE, FILL), SECOND // 2),
        ),
        (
            "never_after: {after: {Update.order_id: {state: CLOSED, urgent: [true, false]}}, "
            "never: [Fill.order_id]}",
            NeverAfter(
                FieldRef(
                    "Update",
                    "order_id",
                    (Condition("state", (2,)), Condition("urgent", (True, False))),
                ),
                (FILL,),
            ),
        ),
        (
            "one_of: {each: Order.order_id, of: [Fill.order_id, Fill.order_id]}",
            OneOfEach(ORDER, (FILL,)),
        ),
        (
            "one_of: {each: Order.order_id, of: [Fill.order_id], time: 1 m}",
            OneOfEach(ORDER, (FILL,), 60 * SECOND),
        ),
    ],
)
def test_a_form_is_what_it_says(tmp_path: Path, form: str, check: Check) -> None:
    assert read(tmp_path, f"{{id: x, text: a sentence, {form}}}") == (check, [])


@pytest.mark.parametrize(
    ("sentence", "check"),
    [
        ("Order is sent before the first Fill for any order", Precedes(ORDER, (FILL,))),
        ("Fill sent within 2 s after Order for the same order", Within(ORDER, (FILL,), 2 * SECOND)),
        ("Fill follows within 5ms of each Order for its order.", Within(ORDER, (FILL,), 5 * 10**6)),
        ("no Fill after Update for the same order", NeverAfter(UPDATE, (FILL,))),
        ("never a Fill published after its Update for the same order", NeverAfter(UPDATE, (FILL,))),
        (
            "each Order gets exactly one of Update or Fill for its order",
            OneOfEach(ORDER, (UPDATE, FILL)),
        ),
    ],
)
def test_a_sentence_is_read_as_a_form(tmp_path: Path, sentence: str, check: Check) -> None:
    assert read(tmp_path, f"'{sentence}'") == (check, [])


@pytest.mark.parametrize(
    "sentence",
    [
        "no Order after Fill for the same order",  # others send it
        "no Fill after Refund for the same order",  # there is none
        "no Fill after Order for the same venue",
        "Fill sent soon after Order for the same order",
    ],
)
def test_other_sentences_are_kept_with_a_warning(tmp_path: Path, sentence: str) -> None:
    check, said = read(tmp_path, f"'{sentence}'")
    assert check is None
    assert said == [f"no machine checks the invariant '{sentence}'"]


@pytest.mark.parametrize(
    ("time", "nanoseconds"),
    [
        ("7us", 7000),
        ("7ms", 7 * 10**6),
        ("7s", 7 * 10**9),
        ("7m", 420 * 10**9),
        ("7h", 25200 * 10**9),
    ],
)
def test_units_of_time(tmp_path: Path, time: str, nanoseconds: int) -> None:
    form = f"within: {{after: Order.order_id, then: [Fill.order_id], time: {time}}}"
    check, _ = read(tmp_path, f"{{id: x, text: a, {form}}}")
    assert check == Within(ORDER, (FILL,), nanoseconds)


def test_an_ordering_that_words_repeat_is_one(tmp_path: Path) -> None:
    promises = (
        "{sequential_per: state, by: state, "
        "ordering: 'per-state sequential, at-most-once per urgent'}"
    ).replace("by: state", "by: order_id")
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/m.yaml").write_text(SCHEMA.replace('"u64?"', "u64"))
    text = SYSTEM.replace("    invariants: [INVARIANT]\n", "").replace("PROMISES", promises)
    (tmp_path / "system.yaml").write_text(text)
    system = load(tmp_path).system
    assert system is not None
    assert system.services["market"].publishes[0].orderings == (
        SequentialPer("state", "order_id"),
        AtMostOncePer("urgent"),
    )
