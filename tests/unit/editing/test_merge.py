"""Additions to YAML files: what was there stays to the byte, what is new has its style."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from torq_gen.editing import EditError, merge

CASES = {
    "flow list": ("a: [X, Y]  # why\nb: 1\n", {"a": ["Z"]}, "a: [X, Y, Z]  # why\nb: 1\n"),
    "empty flow list": ("a: []  # none\n", {"a": ["Z", "W"]}, "a: [Z, W]  # none\n"),
    "flow list with a comma at its end": ("a: [X, ]\n", {"a": ["Z"]}, "a: [X, Z, ]\n"),
    "flow list, a line each": (
        "a: [\n  X,\n  Y,  # why\n]\n",
        {"a": ["Z"]},
        "a: [\n  X,\n  Y,  # why\n  Z,\n]\n",
    ),
    "flow list, a line each, no comma": (
        "a: [\n  X,\n  Y  # why\n]\n",
        {"a": ["Z", "W"]},
        "a: [\n  X,\n  Y,  # why\n  Z,\n  W\n]\n",
    ),
    "wrapped flow list": ("a: [X,\n    Y]\n", {"a": ["Z"]}, "a: [X,\n    Y,\n    Z]\n"),
    "flow list that would be too long": (
        f"a: [{'X' * 60}, {'Y' * 30}]\n",
        {"a": ["Zzzzz"]},
        f"a: [{'X' * 60}, {'Y' * 30},\n    Zzzzz]\n",
    ),
    "block list": (
        "a:\n  - X\n  - Y: {b: c}  # why\n  # the end\n\nb: 1\n",
        {"a": ["Z"]},
        "a:\n  - X\n  - Y: {b: c}  # why\n  - Z\n  # the end\n\nb: 1\n",
    ),
    "block list at the key's own column": (
        "a:\n- X\nb: 1\n",
        {"a": ["Z"]},
        "a:\n- X\n- Z\nb: 1\n",
    ),
    "block list whose last item is text of many lines": (
        "a:\n  - |\n    one\n\n    two\n\nb: 1\n",
        {"a": ["Z"]},
        "a:\n  - |\n    one\n\n    two\n\n  - Z\nb: 1\n",
    ),
    "what is there already": (
        "a: [X]\nb:\n  - Y\n",
        {"a": ["X"], "b": ["Y"]},
        "a: [X]\nb:\n  - Y\n",
    ),
    "nothing written": ("a:  # none\nb: 1\n", {"a": ["Z"]}, "a: [Z]  # none\nb: 1\n"),
    "a word for nothing": ("a: ~\n", {"a": ["Z"]}, "a: [Z]\n"),
    "no break at the end": ("a:\n  - X", {"a": ["Z"]}, "a:\n  - X\n  - Z"),
    "other line breaks": ("a:\r\n  - X\r\n", {"a": ["Z"]}, "a:\r\n  - X\r\n  - Z\r\n"),
    "byte order mark": ("\ufeffa: [X]\n", {"a": ["Z"]}, "\ufeffa: [X, Z]\n"),
    "document marks": ("---\na: [X]\n...\n", {"a": ["Z"]}, "---\na: [X, Z]\n...\n"),
    "the neighbours' quotes": ("a: ['x:{y}']\n", {"a": ["u:{v}"]}, "a: ['x:{y}', 'u:{v}']\n"),
    "quotes where none are": ("a: [x]\n", {"a": ["u:{v}", "no"]}, 'a: [x, "u:{v}", "no"]\n'),
    "scalar": ("a: read_only  # for now\n", {"a": "read_write"}, "a: read_write  # for now\n"),
    "new key in a flow mapping": ("s: {a: 1}\n", {"s": {"b": ["Z"]}}, "s: {a: 1, b: [Z]}\n"),
    "new keys in an empty mapping": ("s: {}\n", {"s": {"a": "x", "b": "z"}}, "s: {a: x, b: z}\n"),
    "new key in its place": (
        "s:\n  id: 1\n  libraries: []\n",
        {"s": {"stores": {"redis": {"keys": ["a"]}}}},
        "s:\n  id: 1\n  stores:\n    redis: {keys: [a]}\n  libraries: []\n",
    ),
    "new keys in the order of keys": (
        "s: {id: 1}\n",
        {"s": {"libraries": ["httpx"], "publishes": ["A"]}},
        "s: {id: 1, publishes: [A], libraries: [httpx]}\n",
    ),
    "new list like its neighbours": (
        "s:\n  publishes:\n    - A\n",
        {"s": {"libraries": ["httpx"]}},
        "s:\n  publishes:\n    - A\n  libraries:\n    - httpx\n",
    ),
    "new section apart like the others": (
        "system: {}\n\n# Who\nservices:\n  s: {}\n\nx-a: 1\n",
        {"stores": {"redis": {"kind": "redis"}}},
        "system: {}\n\nstores:\n  redis: {kind: redis}\n\n# Who\nservices:\n  s: {}\n\nx-a: 1\n",
    ),
    "items of a list and the key after it": (
        "s:\n  publishes:\n    - A\n  libraries: []\n",
        {"s": {"publishes": ["B"], "subscribes": ["C"]}},
        "s:\n  publishes:\n    - A\n    - B\n  subscribes:\n    - C\n  libraries: []\n",
    ),
    "an item with a key": (
        "a:\n  - type: X\n    topic: t\n",
        {"a": [{"type": "Z"}]},
        "a:\n  - type: X\n    topic: t\n  - type: Z\n",
    ),
    "alias elsewhere": (
        "a: &n [X]\nb: *n\nc: [Y]\n",
        {"c": ["Z"]},
        "a: &n [X]\nb: *n\nc: [Y, Z]\n",
    ),
    "key after an alias": ("a: &n [X]\nb: *n\n", {"c": ["Z"]}, "a: &n [X]\nb: *n\nc: [Z]\n"),
}
ORDER = ("system", "id", "publishes", "subscribes", "stores", "libraries", "services")


@pytest.mark.parametrize(("text", "added", "expected"), CASES.values(), ids=CASES)
def test_an_addition(text: str, added: dict[str, Any], expected: str) -> None:
    assert merge(text, added, ORDER) == expected


@pytest.mark.parametrize(
    ("text", "added", "message"),
    [
        ("a: &n [X]\nb: *n\n", {"b": ["Z"]}, r"b is the alias \*n: write its entries out first"),
        ("a: &n [X]\nb: *n\n", {"a": ["Z"]}, "a is shared through an alias"),
        ("s: &n {a: [X]}\nt: *n\n", {"s": {"a": ["Z"]}}, "s is shared through an alias"),
        ("a: {b: 1}\n", {"a": ["Z"]}, "a holds something else than can be added to"),
        ("s: {a: text}\n", {"s": {"a": ["Z"]}}, "s.a holds something else"),
        ("- a\n", {"a": ["Z"]}, "expected a mapping to add to"),
        ("a: [\n", {"a": ["Z"]}, "the file is not YAML that can be edited"),
        ("", {"a": ["Z"]}, "expected a mapping to add to"),
    ],
)
def test_what_cannot_be_edited_is_refused(text: str, added: dict[str, Any], message: str) -> None:
    with pytest.raises(EditError, match=message):
        merge(text, added)


KEYS = st.sampled_from(["a", "b", "c", "no", "x y", "é", "1"])
WORDS = st.sampled_from(["a", "b", "c", "d", "no", "a b", "x:{y}", "é", "12", "'", '"', "#x", ""])
LISTS = st.lists(WORDS, max_size=3, unique=True)
MAPPINGS = st.dictionaries(KEYS, LISTS | st.none(), min_size=1, max_size=3)


@given(
    before=st.dictionaries(KEYS, LISTS | MAPPINGS, min_size=1, max_size=4),
    added=st.dictionaries(KEYS, st.lists(WORDS, min_size=1, max_size=2, unique=True), max_size=3),
    flow=st.sampled_from([True, False, None]),
    indent=st.sampled_from([2, 4]),
    width=st.sampled_from([20, 1000]),
)
@settings(max_examples=200, deadline=None)
def test_whatever_the_layout_the_meaning_is_the_sum(
    before: dict[str, Any], added: dict[str, Any], flow: bool | None, indent: int, width: int
) -> None:
    text = yaml.safe_dump(
        before, default_flow_style=flow, indent=indent, width=width, allow_unicode=True
    )
    wanted = {k: v for k, v in added.items() if not isinstance(before.get(k), dict)}
    expected = dict(before)
    for key, items in wanted.items():
        old = before.get(key) or []
        expected[key] = [*old, *(i for i in items if i not in old)]
    changed = merge(text, wanted)
    assert yaml.safe_load(changed) == expected
    kept = iter(changed)
    assert all(character in kept for character in text)
