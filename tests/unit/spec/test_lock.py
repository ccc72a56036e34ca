"""torq.lock.yaml: what is written is read back, in lines that branches can merge."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torq_gen.model import Lock, ReleasedMessage, ReleasedVersion
from torq_gen.spec import rules
from torq_gen.spec.lock import parse, render

NAMES = st.text(string.ascii_letters + "_09", min_size=1, max_size=12)
IDS = st.dictionaries(NAMES, st.integers(1, 65535), max_size=4)
TEXTS = st.text(string.ascii_letters + string.digits + string.punctuation + " é价𐀀")
VERSIONS = st.dictionaries(
    st.integers(1, 255), st.builds(ReleasedVersion, TEXTS, TEXTS), min_size=1
)
DOMAINS = st.none() | st.integers(1, 255)
MESSAGES = st.dictionaries(
    NAMES, st.builds(ReleasedMessage, st.integers(1, 999), VERSIONS, DOMAINS)
)


@given(st.builds(Lock, IDS, IDS, MESSAGES))
def test_what_is_written_is_read_back(lock: Lock) -> None:
    text = render(lock)
    assert parse(text) == (lock, ())
    assert render(parse(text)[0]) == text


def test_the_text() -> None:
    versions = {
        2: ReleasedVersion("price u64, size u32", "bb"),
        1: ReleasedVersion("price u64", "aa"),
    }
    lock = Lock(
        {"strategy": 2, "adapter": 1, "on": 4}, {"old": 3}, {"Tick": ReleasedMessage(1, versions)}
    )
    assert (
        render(lock)
        == """\
# Written by torq-gen; commit it. It remembers the ids of services and what has been released.
services:
  adapter: 1
  strategy: 2
  "on": 4
retired:
  old: 3
messages:
  Tick:
    type: 1
    versions:
      1: {golden: "aa", layout: "price u64"}
      2: {golden: "bb", layout: "price u64, size u32"}
"""
    )


def test_the_domain_stands_with_what_was_released_in_it() -> None:
    versions = {1: ReleasedVersion("price u64", "aa")}
    text = render(Lock(messages={"Tick": ReleasedMessage(1, versions, 7)}))
    assert "  Tick:\n    type: 1\n    domain: 7\n    versions:\n" in text


@pytest.mark.parametrize(
    "entry",
    [
        "{type: 1}",
        "{type: 1, versions: }",
        "{type: 1, versions: {}}",
        "{type: 1, versions: []}",
        "{type: true, versions: {1: {golden: a, layout: b}}}",
        "{type: 1, domain: x, versions: {1: {golden: a, layout: b}}}",
        "{type: 1, domian: 1, versions: {1: {golden: a, layout: b}}}",
    ],
)
def test_an_entry_that_lost_something_is_refused(entry: str) -> None:
    lock, (finding,) = parse(f"messages:\n  Tick: {entry}\n")
    assert lock == Lock()
    assert finding.code == rules.WRONG_LOCK.code
    assert finding.message == "expected the type id, the domain id and the versions of 'Tick'"


def test_an_empty_lock() -> None:
    assert parse("") == (Lock(), ())
    assert parse(render(Lock())) == (Lock(), ())
