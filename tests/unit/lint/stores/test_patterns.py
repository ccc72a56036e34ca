"""A key is declared when every text that it can be is one of a declared pattern."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torq_gen.lint.facts.stores.patterns import Fit, fit, fit_path
from torq_gen.lint.facts.text import Hole, Text

INSIDE, PARTLY, OUTSIDE = Fit.INSIDE, Fit.PARTLY, Fit.OUTSIDE


def text(shown: str) -> Text:
    """``pool:{}``: a hole for each pair of braces, a setting's name between them."""
    pieces = re.split(r"(\{\w*\})", shown)
    return Text.of(Hole(p[1:-1]) if p.startswith("{") else p for p in pieces)


@pytest.mark.parametrize(
    ("key", "pattern", "expected"),
    [
        ("limit", "limit", INSIDE),
        ("limits", "limit", OUTSIDE),
        ("pool:0x1", "pool:{address}", INSIDE),
        ("pool:{}", "pool:{address}", INSIDE),
        ("pool:{POOL}", "pool:{address}", INSIDE),
        ("pool:{}-{}", "pool:{address}", INSIDE),
        ("pool:{}:{}", "pool:{address}", OUTSIDE),
        ("pool:", "pool:{address}", OUTSIDE),
        ("pool:{}", "pool:{address}:meta", OUTSIDE),
        ("pool:{}:meta", "pool:{address}:meta", INSIDE),
        ("pools:{}", "pool:{address}", OUTSIDE),
        ("pool:{}", "pool:*", INSIDE),
        ("pool:", "pool:*", INSIDE),
        ("pool:{}:{}", "pool:*", INSIDE),
        ("lim{}", "limit", PARTLY),
        ("{}:{}", "pool:{address}", PARTLY),
        ("pool:{}", "pool:{a}-{b}", PARTLY),
        ("pool:{}-{}", "pool:{a}-{b}", INSIDE),
        ("{}", "{any}", INSIDE),
        ("{}", "*", INSIDE),
        ("{}", "limit", PARTLY),
        ("a.b", "price:{pair}", OUTSIDE),
        ("price:a.b", "price:{pair}", INSIDE),
        ("price:a.b", "price:{pair}.{side}", INSIDE),
        ("price:a.b.c", "price:{pair}.{side}", OUTSIDE),
    ],
)
def test_key(key: str, pattern: str, expected: Fit) -> None:
    assert fit(text(key), [pattern]) is expected


def test_the_best_of_several_patterns_decides() -> None:
    assert fit(text("pool:{}"), ["limit", "pool:{a}-{b}", "pool:{a}"]) is INSIDE
    assert fit(text("pool:{}"), ["limit", "pool:{a}-{b}"]) is PARTLY
    assert fit(text("pool:{}"), []) is OUTSIDE


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("reports/{}.csv", "reports/*.csv", INSIDE),
        ("./reports/{}.csv", "reports/*.csv", INSIDE),
        ("./reports/{}/a.csv", "reports/*/b.csv", OUTSIDE),
        ("./{}.csv", "{name}.csv", INSIDE),
        ("./{}.csv", "reports/*.csv", OUTSIDE),
        ("/data/reports/{}.csv", "reports/*.csv", INSIDE),
        ("{ROOT}/reports/{}.csv", "reports/*.csv", INSIDE),
        ("{}/{}.csv", "*.csv", INSIDE),
        ("reports/daily/{}.csv", "reports/*.csv", OUTSIDE),
        ("reports/daily/{}.csv", "reports/**.csv", INSIDE),
        ("oldreports/a.csv", "reports/*.csv", OUTSIDE),
        ("reports/{}.json", "reports/*.csv", OUTSIDE),
        ("/data/reports/a.csv", "/reports/*.csv", OUTSIDE),
        ("/var/shop/a/b", "/var/shop/**", INSIDE),
        ("/var/shop/../a", "/var/shop/**", PARTLY),
        ("{}", "*.csv", PARTLY),
        ("{LOGS}", "{LOGS}", INSIDE),
        ("{LOGS}", "{PATHS}", OUTSIDE),
        ("{LOGS}/a.csv", "{LOGS}", OUTSIDE),
        ("{}", "{LOGS}", OUTSIDE),
        ("a.csv", "{LOGS}", OUTSIDE),
        ("a.csv", "{name}.csv", INSIDE),
        ("pools.json", "pools.json", INSIDE),
    ],
)
def test_path(path: str, pattern: str, expected: Fit) -> None:
    assert fit_path(text(path), [pattern]) is expected


_PATTERNS = st.lists(st.sampled_from(["a", "b:", ":", "{x}", "*", "-"]), max_size=5).map("".join)
_PARTS: list[str | Hole] = ["a", "b", ":", "-", Hole(), Hole("S")]
_KEYS = st.lists(st.sampled_from(_PARTS), max_size=5).map(Text.of)


def _fills(key: Text, separators: str) -> st.SearchStrategy[str]:
    """Texts that the code can make."""
    letters = "".join(c for c in "ab:-x" if c not in separators)
    filled = st.text(letters, min_size=1, max_size=3)
    parts = (st.just(p) if isinstance(p, str) else filled for p in key.parts)
    return st.tuples(*parts).map("".join)


def _regex(pattern: str, separators: str) -> re.Pattern[str]:
    piece = f"[^{separators}]+" if separators else ".+"
    parts = re.split(r"(\{x\}|\*+)", pattern)
    shown = (piece if p == "{x}" else ".*" if p[:1] == "*" else re.escape(p) for p in parts)
    return re.compile("".join(shown), re.DOTALL)


@given(pattern=_PATTERNS, key=_KEYS, data=st.data())
def test_no_text_contradicts_the_answer(pattern: str, key: Text, data: st.DataObject) -> None:
    separators = ":" if ":" in pattern else ""
    matches = _regex(pattern, separators).fullmatch(data.draw(_fills(key, separators))) is not None
    found = fit(key, [pattern])
    assert found is PARTLY or matches is (found is INSIDE)
