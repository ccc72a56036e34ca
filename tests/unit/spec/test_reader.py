"""YAML becomes plain values, with the exact place of every key and value beside them."""

from __future__ import annotations

import gc

import pytest

from torq_gen.diagnostics import Span
from torq_gen.spec import rules
from torq_gen.spec.document import Document
from torq_gen.spec.findings import Findings
from torq_gen.spec.reader import read
from torq_gen.spec.scalars import Ambiguous, resolve


def parsed(text: str) -> Document:
    findings = Findings()
    document = read("x.yaml", text, findings)
    assert findings.all == []
    assert document is not None
    return document


def test_values_are_plain() -> None:
    text = "a: 1\nb: [x, 'y', null, true, 1.5, -3]\nc: {d: \"0x1\", e: ~}\nf: |\n  two\n  lines\n"
    assert parsed(text).root == {
        "a": 1,
        "b": ["x", "y", None, True, 1.5, -3],
        "c": {"d": "0x1", "e": None},
        "f": "two\nlines\n",
    }


def test_an_alias_is_the_anchored_value_itself() -> None:
    root = parsed("a: &a {x: 1}\nb: *a\nc: [*a]\nd: &n 3\ne: *n\n").root
    assert root["b"] is root["a"]
    assert root["c"] == [{"x": 1}]
    assert root["e"] == 3


def test_places_of_keys_and_values() -> None:
    document = parsed('é: {key: "välue", n: [1, 22]}\nlist:\n  - a: x\n')
    root = document.root
    assert document.key(root["é"], "key") == Span("x.yaml", 1, 5, 1, 8)
    assert document.value(root["é"], "key") == Span("x.yaml", 1, 10, 1, 17)
    assert document.value(root["é"]["n"], 1) == Span("x.yaml", 1, 26, 1, 28)
    assert document.value(root["é"], "n") == Span("x.yaml", 1, 22, 1, 29)
    assert document.value(root["list"], 0) == Span("x.yaml", 3, 5, 3, 6)
    assert document.part(root["é"], "key", 1, 3) == Span("x.yaml", 1, 12, 1, 14)


def test_an_escaped_text_is_marked_as_a_whole() -> None:
    document = parsed('a: "x\\ty"\n')
    assert document.part(document.root, "a", 0, 1) == Span("x.yaml", 1, 4, 1, 10)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_with_every_line_end(end: str) -> None:
    lines = [
        "a: &a",
        "  x: 1",
        "b: *a",
        "c: |",
        "  t",
        "d: [1,",
        "  22]",
        "e: {f: 'g",
        "  h'}",
        "i: j",
    ]
    document = parsed(end.join(lines))
    root = document.root
    assert document.key(root, "b") == Span("x.yaml", 3, 1, 3, 2)
    assert document.value(root, "a") == Span("x.yaml", 2, 3, 2, 4)
    assert document.value(root, "b") == Span("x.yaml", 3, 4, 3, 6)
    assert document.value(root, "c") == Span("x.yaml", 4, 4, 4, 5)
    assert document.value(root, "d") == Span("x.yaml", 6, 4, 7, 6)
    assert document.value(root["e"], "f") == Span("x.yaml", 8, 8, 9, 5)
    assert document.value(root, "i") == Span("x.yaml", 10, 4, 10, 5)
    assert document.source(root["d"], 1) == "22"
    assert (document.block(root, "a"), document.block(root, "d")) == (True, False)


def test_both_yaml_parsers_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    text = "a: {b: [1, 'x']}\nc:\n  - d: e\n  - &f |\n    g\n  - *f\n"
    fast = parsed(text)
    monkeypatch.delattr(yaml, "CSafeLoader")
    slow = parsed(text)
    assert slow.root == fast.root
    assert slow.key(slow.root["c"][0], "d") == fast.key(fast.root["c"][0], "d")
    for index in range(3):
        assert slow.value(slow.root["c"], index) == fast.value(fast.root["c"], index)
    assert slow.value(slow.root, "a") == fast.value(fast.root, "a") == Span("x.yaml", 1, 4, 1, 17)


def test_no_event_of_the_parser_is_kept() -> None:
    """They would be most of the memory that generating for a large system takes."""
    import yaml

    document = parsed("a: {b: [1, 'x']}\nc: &d\n  - e\nf: *d\n")
    gc.collect()
    assert document.root["c"] == ["e"]
    assert not [o for o in gc.get_objects() if isinstance(o, yaml.Event)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("0", 0),
        ("-12", -12),
        ("+3", 3),
        ("1.50", 1.5),
        ("1.0e+3", 1000.0),
        ("-.inf", float("-inf")),
        ("n", "n"),
        ("y", "y"),
        ("1.2.3", "1.2.3"),
        ("1:2:0x45", "1:2:0x45"),
        ("-", "-"),
        ("0xZZ", "0xZZ"),
        ("u64?", "u64?"),
    ],
)
def test_plain_scalars_that_all_readers_agree_on(text: str, value: object) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


DISPUTED = """
no No NO yes on OFF 010 -010 00 0o17 0x1f 0XFF 0b1 12:30 1:30:00.5 190:20:30 1_000 1e3 1.5e3
2024-01-05 2024-01-05T10:00:00Z
"""


@pytest.mark.parametrize("text", DISPUTED.split())
def test_plain_scalars_that_readers_disagree_on(text: str) -> None:
    assert isinstance(resolve(text), Ambiguous)


def test_a_number_of_too_many_digits() -> None:
    assert isinstance(resolve("9" * 101), Ambiguous)


def test_a_refused_scalar_keeps_its_place() -> None:
    findings = Findings()
    read("x.yaml", "a:\n  - no\n", findings)
    (found,) = findings.all
    assert (found.code, found.span) == (rules.AMBIGUOUS_SCALAR.code, Span("x.yaml", 2, 5, 2, 7))
