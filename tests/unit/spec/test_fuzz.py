"""Whatever stands in the files, loading gives findings and never an exception."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from torq_gen.diagnostics import Severity
from torq_gen.report.text import render
from torq_gen.spec import load

CASES = Path(__file__).parents[2] / "cases" / "spec"
TEXTS = sorted(p.read_bytes() for p in CASES.rglob("*.yaml"))
PIECES = st.sampled_from(
    [b"\n", b"  ", b": ", b"- ", b"{", b"}", b"[", b"]", b"&a ", b"*a", b"!x ", b"'", b'"', b"|",
     b"\t", b"null", b"no", b"0x1", b"-1", b"1.5", b"[]", b"{}", b"<<", b"?", b"type", b"fields",
     b"u64?", b"list<", b">", b"\xff", b"\x00", b"\xe2\x80\xa8", b"99999999999", b"T", b"messages"]
)  # fmt: skip


def check(system: bytes, schema: bytes, lock: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "schemas").mkdir()
        (root / "system.yaml").write_bytes(system)
        (root / "schemas" / "m.yaml").write_bytes(schema)
        (root / "torq.lock.yaml").write_bytes(lock)
        for assign_ids in (False, True):
            loaded = load(root, assign_ids=assign_ids)
            failed = any(d.severity is Severity.ERROR for d in loaded.diagnostics)
            assert (loaded.system is None) == failed
            for found in loaded.diagnostics:
                assert found.message
                assert (found.span.line, found.span.column) >= (1, 1)
                start = (found.span.line, found.span.column)
                assert (found.span.end_line, found.span.end_column) >= start
            assert render(loaded.diagnostics, loaded.sources, color=True)


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=40))
def test_random_bytes(system: bytes, schema: bytes, lock: bytes) -> None:
    check(system, schema, lock)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A spec file with some pieces taken out, doubled or put in."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(text)))
        to = min(len(text), at + draw(st.integers(0, 12)))
        text = text[:at] + draw(PIECES | st.just(text[at:to] * 2)) + text[to:]
    return text


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=100)
@given(mutated(), mutated(), mutated())
def test_mutated_specs(system: bytes, schema: bytes, lock: bytes) -> None:
    check(system, schema, lock)


def misspelt(text: bytes) -> list[bytes]:
    """The text once for each of its keys, with that key misspelt wherever it stands."""
    keys = sorted(set(re.findall(rb"\b([a-z_]{3,})(?=: )", text)))
    return [re.sub(rb"\b%s(?=: )" % k, k[:1] + k[2:], text) for k in keys]


@pytest.mark.parametrize("folder", ["canonical", "validations", "older_full"])
def test_misspelt_keys(folder: str) -> None:
    system = (CASES / folder / "system.yaml").read_bytes()
    schema = next((CASES / folder / "schemas").glob("*.yaml")).read_bytes()
    others = misspelt(schema)
    assert others
    for text in others:
        check(system, text, b"")
    for text in misspelt(system):
        check(text, schema, b"")


LEAVES = (
    st.none() | st.booleans() | st.integers(-2, 70000) | st.floats()
    | st.sampled_from(["u64", "Tick", "A", "a", "0x00", "1.5", "", "list<A>", "pool: x", "é", "*"])
)  # fmt: skip
WORDS = """
system domains services stores externals messages types domain reserved type fields id keys
tables authority publishes subscribes consumes produces Tick A a b enum values struct since
default validate in range pattern retain last key examples version names restart precedes
first then text invariants dependencies path package schemas versions layout golden
"""
KEYS = st.sampled_from(WORDS.split())
TREES = st.recursive(
    LEAVES, lambda t: st.lists(t, max_size=3) | st.dictionaries(KEYS, t, max_size=4), max_leaves=25
)


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=100)
@given(*[st.dictionaries(KEYS, TREES, max_size=5)] * 3)
def test_trees_of_wrong_kinds(system: object, schema: object, lock: object) -> None:
    import yaml

    check(*(yaml.safe_dump(t).encode() for t in (system, schema, lock)))
