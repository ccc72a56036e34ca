"""YAML becomes plain values, with the exact place of every key and value beside them."""

from __future__ import annotations

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


def test_windows_line_ends() -> None:
    document = parsed("a: 1\r\nb: 2\r\n")
    assert document.root == {"a": 1, "b": 2}
    assert document.key(document.root, "b") == Span("x.yaml", 2, 1, 2, 2)


def test_both_yaml_parsers_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    text = "a: {b: [1, 'x']}\nc:\n  - d: e\n"
    fast = parsed(text)
    monkeypatch.delattr(yaml, "CSafeLoader")
    slow = parsed(text)
    assert slow.root == fast.root
    assert slow.key(slow.root["c"][0], "d") == fast.key(fast.root["c"][0], "d")


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
