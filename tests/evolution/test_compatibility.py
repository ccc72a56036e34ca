"""What the rules say of two random versions is what the two generated packages really do.

The layout rules are held against both codecs, in both directions; and where code loses a name or
meets another static type, some rule has to say so.
"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.evolution.codecs import differently_filled, generated, misreads
from tests.evolution.versions import Schema, changes, schemas
from torq_gen.evolution import compare
from torq_gen.evolution.breaks import Break, Broken, Harm

PAIRS = 400
DEFAULT_CHANGED = "TQ716"
CLOSED_ENUM_GROWN = "TQ757"
PACKAGE_RENAMED = "TQ738"  # two packages are imported at once: each has a name of its own


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Schema, Schema]:
    old = draw(schemas())
    return old, draw(changes(old))


def about_layout(found: Break) -> bool:
    """Whether a break says something about the bytes of frames of today's versions."""
    code = found.rule.code
    return code == CLOSED_ENUM_GROWN or (found.harm is Harm.WIRE and code != DEFAULT_CHANGED)


def test_the_layout_rules_say_what_the_codecs_do(capsys: pytest.CaptureFixture[str]) -> None:
    drawn: Counter[str] = Counter()
    rules: Counter[str] = Counter()

    @settings(
        max_examples=PAIRS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(pair=pairs())
    def check(pair: tuple[Schema, Schema]) -> None:
        note(f"old: {pair[0]}\nnew: {pair[1]}")
        with generated(pair[0], "old") as old, generated(pair[1], "new") as new:
            found = compare(old.system, new.system)
            said = [b for b in found if about_layout(b)]
            note("\n".join(f"{b.rule.code} {b.change.subject} {b.change.text}" for b in found))
            broken = Broken.NOTHING
            for one in said:
                broken |= one.change.broken
            for reader, writer, side in (
                (new, old, Broken.NEW_READERS),
                (old, new, Broken.OLD_READERS),
            ):
                misread = misreads(reader, writer)
                note(f"{side}: {misread}")
                assert (misread is not None) == bool(broken & side)
            filled = differently_filled(old, new)
            note(f"filled: {filled}")
            defaults = [b for b in found if b.rule.code == DEFAULT_CHANGED]
            assert filled is None or defaults or broken
            lost = sorted(old.names - new.names)
            note(f"names that are gone: {lost}")
            assert not lost or [b for b in found if b.rule.code != PACKAGE_RENAMED]
            drawn[_kind(broken, unchanged=pair[0] == pair[1])] += 1
            rules.update({b.rule.code for b in found if b.rule.code != PACKAGE_RENAMED})

    check()
    with capsys.disabled():
        _say(drawn, rules)
    assert min(drawn[kind] for kind in (UNCHANGED, *_KINDS.values())) > 0


UNCHANGED = "are one schema twice"
_KINDS = {
    Broken.NOTHING: "differ and read each other rightly",
    Broken.NEW_READERS: "new readers misread old bytes, not the other way round",
    Broken.OLD_READERS: "old readers misread new bytes, not the other way round",
    Broken.BOTH: "each misreads the other",
}


def _kind(broken: Broken, *, unchanged: bool) -> str:
    return UNCHANGED if unchanged else _KINDS[broken]


def _say(drawn: Counter[str], rules: Counter[str]) -> None:
    print(f"\n{sum(drawn.values())} pairs of versions through both generated codecs:")
    for kind in (UNCHANGED, *_KINDS.values()):
        print(f"  {drawn[kind]:4} {kind}")
    shown = ", ".join(f"{code} {count}" for code, count in sorted(rules.items()))
    print(f"  pairs in which each rule spoke: {shown}")
