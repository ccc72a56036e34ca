"""The baseline: what it holds, what it lets through, and that no run makes it larger."""

from __future__ import annotations

import json
from typing import Any

import pytest

from torq_gen.diagnostics import Diagnostic, Severity, Span
from torq_gen.report.baseline import FILE, Baseline, BaselineError, apply, can_hold, read, updated

ENTRY = {
    "rule": "TQ201",
    "service": "trader",
    "symbol": "Trader.on_quote",
    "subject": "Order",
    "file": "a.py",
    "count": 1,
}


def found(
    line: int = 1,
    *,
    code: str = "TQ201",
    file: str = "a.py",
    symbol: str = "Trader.on_quote",
    subject: str = "Order",
    severity: Severity = Severity.ERROR,
) -> Diagnostic:
    span = Span(file, line, 1, line, 2)
    return Diagnostic(
        code, "r", severity, "m", span, service="trader", symbol=symbol, subject=subject
    )


def held(*diagnostics: Diagnostic) -> Baseline:
    return read(updated(diagnostics))


def text_of(*entries: Any, **more: Any) -> bytes:
    return json.dumps({"version": 1, "entries": list(entries), **more}).encode()


def test_the_file_is_sorted_with_one_entry_a_line() -> None:
    data = updated([found(9, subject="Ordér"), found(4), found(2, code="TQ301", file="s.yaml")])
    assert data.decode() == (
        "{\n"
        '  "version": 1,\n'
        '  "entries": [\n'
        '    {"rule": "TQ201", "service": "trader", "symbol": "Trader.on_quote", '
        '"subject": "Order", "file": "a.py", "count": 1},\n'
        '    {"rule": "TQ201", "service": "trader", "symbol": "Trader.on_quote", '
        '"subject": "Ordér", "file": "a.py", "count": 1},\n'
        '    {"rule": "TQ301", "service": "trader", "symbol": "Trader.on_quote", '
        '"subject": "Order", "file": "s.yaml", "count": 1}\n'
        "  ]\n"
        "}\n"
    )
    assert (
        updated([found(4), found(9, subject="Ordér"), found(1, code="TQ301", file="s.yaml")])
        == data
    )


def test_an_empty_one() -> None:
    assert updated([]) == b'{\n  "version": 1,\n  "entries": []\n}\n'
    assert read(updated([])) == Baseline(FILE, ())


def test_half_a_surrogate_pair_is_written_as_its_escape_and_held() -> None:
    half = found(subject="a\ud800b", file="\udcff.py")
    data = updated([half])
    assert rb'"subject": "a\ud800b", "file": "\udcff.py"' in data
    assert apply(read(data), [half]) == ((), ())


def test_what_it_holds_is_held_wherever_its_lines_and_file_move() -> None:
    assert apply(held(found(1)), [found(99)]) == ((), ())
    assert apply(held(found(1)), [found(3, file="renamed.py")]) == ((), ())


@pytest.mark.parametrize(
    "other",
    [found(subject="Alert"), found(symbol="Trader.on_trade"), found(code="TQ202")],
    ids=["subject", "symbol", "rule"],
)
def test_what_it_does_not_hold_is_kept(other: Diagnostic) -> None:
    kept, _ = apply(held(found()), [found(), other])
    assert kept == (other,)


def test_of_more_than_it_counts_the_last_by_place_are_kept() -> None:
    baseline = held(found(1), found(2))
    assert apply(baseline, [found(30), found(10), found(20)]) == ((found(30),), ())


def test_without_a_subject_the_message_tells_findings_apart() -> None:
    baseline = held(found(subject=""))
    assert apply(baseline, [found(5, subject="")]) == ((), ())
    assert read(updated([found(subject="")])).entries[0].fingerprint.subject == "m"


def test_an_entry_that_no_longer_occurs_is_a_finding_at_its_line() -> None:
    baseline = held(found(subject="Alert"), found())
    kept, (stale,) = apply(baseline, [found(subject="Alert")])
    assert kept == ()
    assert (stale.code, stale.rule) == ("TQ903", "stale-baseline-entry")
    assert stale.message == "TQ201 (Order) in Trader.on_quote in trader no longer occurs"
    line = updated([found(subject="Alert"), found()]).decode().splitlines()[4]
    assert stale.span == Span(FILE, 5, 5, 5, len(line) + 1)
    assert line[4:].startswith('{"rule"')


def test_an_entry_that_occurs_less_often_says_how_often() -> None:
    _, (stale,) = apply(held(found(1), found(2), found(3)), [found(7)])
    assert stale.message == (
        "TQ201 (Order) in Trader.on_quote in trader occurs once, the baseline holds it 3 times"
    )


def test_a_finding_without_service_is_placed_by_its_file() -> None:
    bare = Diagnostic("TQ146", "r", Severity.WARNING, "m", Span("s.yaml", 1, 1, 1, 2))
    _, (stale,) = apply(held(bare), [])
    assert stale.message == "TQ146 (m) in s.yaml no longer occurs"


def test_what_was_not_looked_at_is_not_stale() -> None:
    baseline = held(found(), found(code="TQ202", file="b.py"))
    assert apply(baseline, [], skipped=("TQ201", "TQ202")) == ((), ())
    _, stale = apply(baseline, [], looked=lambda file: file == "b.py")
    assert [d.message[:5] for d in stale] == ["TQ202"]
    _, stale = apply(baseline, [], skipped=("TQ201",))
    assert [d.message[:5] for d in stale] == ["TQ202"]
    assert apply(baseline, [], skipped=("TQ903",)) == ((), ())


def test_what_could_not_be_checked_is_not_stale_and_stays_in_an_update() -> None:
    baseline = held(found(), found(code="TQ202", file="b.py"))
    unparsable = found(code="TQ610")
    kept, stale = apply(baseline, [unparsable])
    assert kept == (unparsable,)
    assert [d.message[:5] for d in stale] == ["TQ202"]
    assert [e.file for e in read(updated([unparsable], baseline)).entries] == ["a.py"]
    wrong_spec = found(code="TQ106")
    assert apply(baseline, [wrong_spec]) == ((wrong_spec,), ())
    assert updated([wrong_spec], baseline) == updated([found(), found(code="TQ202", file="b.py")])


def test_one_fingerprint_in_two_files_is_stale_only_when_both_were_looked_at() -> None:
    baseline = held(found(), found(file="b.py"))
    assert apply(baseline, [found()], looked=lambda file: file == "a.py") == ((), ())
    _, (stale,) = apply(baseline, [found()])
    assert stale.span.line == 5


@pytest.mark.parametrize(
    ("code", "severity", "holds"),
    [
        ("TQ106", Severity.ERROR, False),
        ("TQ146", Severity.WARNING, True),
        ("TQ901", Severity.ERROR, False),
        ("TQ601", Severity.ERROR, True),
        ("TQ610", Severity.ERROR, False),
        ("TQ613", Severity.WARNING, False),
    ],
)
def test_errors_of_the_spec_and_of_suppressions_and_what_was_not_checked_are_never_held(
    code: str, severity: Severity, holds: bool
) -> None:
    one = found(code=code, severity=severity)
    assert can_hold(one) == holds
    forced = read(text_of({**ENTRY, "rule": code}))
    assert (apply(forced, [one])[0] == ()) == holds
    assert (held(one).entries != ()) == holds


def test_an_entry_of_what_was_not_checked_is_refused_and_taken_out() -> None:
    forced = read(text_of({**ENTRY, "rule": "TQ610"}))
    unparsable = found(code="TQ610")
    kept, (refused,) = apply(forced, [unparsable], looked=lambda file: False)
    assert kept == (unparsable,)
    assert refused.code == "TQ903"
    assert refused.message == (
        "TQ610 (Order) in Trader.on_quote in trader cannot be held back: "
        "nobody knows what stands in code that no rule saw"
    )
    assert read(updated([unparsable], forced)).entries == ()


def test_an_update_never_makes_it_larger() -> None:
    old = held(found(1), found(2))
    assert updated([found(1), found(2), found(3), found(subject="New")], old) == updated(
        [found(1), found(2)]
    )


def test_an_update_takes_out_what_is_gone_and_follows_files() -> None:
    old = held(found(1), found(2), found(code="TQ202"))
    assert updated([found(5, file="renamed.py")], old) == updated([found(5, file="renamed.py")])


def test_an_update_leaves_what_was_not_looked_at() -> None:
    old = held(found(), found(code="TQ202"), found(code="TQ203", file="b.py"))
    data = updated([], old, skipped=("TQ202",), looked=lambda file: file == "a.py")
    assert [e.fingerprint.rule for e in read(data).entries] == ["TQ202", "TQ203"]


def test_an_update_of_nothing_new_changes_nothing() -> None:
    everything = [found(1), found(2), found(subject="Alert"), found(file="b.py")]
    data = updated(everything)
    assert updated(everything, read(data)) == data


def test_entries_that_a_merge_doubled_count_once() -> None:
    baseline = read(text_of({**ENTRY, "count": 2}, ENTRY))
    assert [e.count for e in baseline.entries] == [2]


def test_a_file_of_another_layout_is_read_too_without_places() -> None:
    baseline = read(json.dumps(json.loads(text_of(ENTRY)), indent=4).encode())
    _, (stale,) = apply(baseline, [])
    assert stale.span == Span.of_file(FILE)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b'{\n  "version": 1,\n<<<<<<< ours\n',
            f"{FILE}:3: expected JSON, found the mark of a merge conflict: keep the entries of "
            "both sides, and run --update-baseline",
        ),
        (b'{\n  "version": 1,\n  <<<<<<< ours\n', f"{FILE}:3:3: expected JSON: "),
        (b"", f"{FILE}:1:1: expected JSON: "),
        (b"\xff", f"{FILE}: expected UTF-8, found byte 0xFF"),
        (b"[]", f"{FILE}: expected an object, found a list"),
        (b"null", f"{FILE}: expected an object, found nothing"),
        (b'{"entries": []}', f"{FILE}: expected version 1 of a baseline, found null"),
        (text_of(version=2), f"{FILE}: expected version 1 of a baseline, found 2"),
        (text_of(version=True), f"{FILE}: expected version 1 of a baseline, found true"),
        (
            b'{"version": 1, "entries": {}}',
            f"{FILE}: expected a list for 'entries', found an object",
        ),
        (b'{"version": 1}', f"{FILE}: expected a list for 'entries', found nothing"),
        (text_of(more=1), f"{FILE}: unknown key 'more'"),
        (text_of(3), f"{FILE}: entry 1: expected an object as entry, found a number"),
        (text_of(ENTRY, {**ENTRY, "line": 3}), f"{FILE}: entry 2: unknown key 'line' in an entry"),
        (
            text_of({**ENTRY, "subject": 3}),
            f"{FILE}: entry 1: expected a text for 'subject', found a number",
        ),
        (
            text_of({k: v for k, v in ENTRY.items() if k != "file"}),
            f"{FILE}: entry 1: expected a text for 'file', found nothing",
        ),
        (
            text_of({**ENTRY, "count": 0}),
            f"{FILE}: entry 1: expected a count of at least 1, found 0",
        ),
        (
            text_of({**ENTRY, "count": True}),
            f"{FILE}: entry 1: expected a count of at least 1, found true",
        ),
        (
            text_of({k: v for k, v in ENTRY.items() if k != "count"}),
            f"{FILE}: entry 1: expected a count of at least 1, found nothing",
        ),
        (b"[" * 100_000, f"{FILE}: expected a baseline, found JSON nested too deep"),
    ],
)
def test_what_cannot_be_used_says_where_and_why(data: bytes, message: str) -> None:
    with pytest.raises(BaselineError) as caught:
        read(data)
    assert str(caught.value).startswith(message)


def test_an_error_in_an_entry_names_its_line() -> None:
    data = updated([found()]).replace(b'"count": 1', b'"count": 0')
    with pytest.raises(BaselineError, match=r"^b\.json:4:5: expected a count"):
        read(data, "b.json")
