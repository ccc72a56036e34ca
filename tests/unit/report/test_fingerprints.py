"""A finding is known again when its lines move."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.report.findings import ERROR, WARNING
from torq_gen.diagnostics import Span
from torq_gen.report.fingerprints import digests, fingerprint


def test_neither_place_nor_words_matter_where_the_subject_is_known() -> None:
    moved = replace(ERROR, span=Span("b.py", 1, 1, 1, 2), message="put otherwise", help=None)
    assert fingerprint(moved) == fingerprint(ERROR)
    assert fingerprint(ERROR) == ("TQ201", "trader", "Trader.on_quote", "Order")


def test_without_a_subject_it_is_the_message() -> None:
    assert fingerprint(WARNING).subject == WARNING.message


def test_digests_of_findings_alike_are_counted() -> None:
    first, second, other = digests([ERROR, ERROR, WARNING])
    assert len({first, second, other}) == 3
    assert digests([ERROR]) == [first]
    assert len(first) == 64


def test_half_a_surrogate_pair_in_the_code_has_a_digest_too() -> None:
    half, other = replace(ERROR, subject="\ud800"), replace(ERROR, subject="\ud801")
    assert len(set(digests([half, other, ERROR]))) == 3
