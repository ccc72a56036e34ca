"""Findings as text: place, source line, carets, second places, help, summary."""

from __future__ import annotations

import pytest

from torq_gen.diagnostics import Diagnostic, Related, Severity, Span
from torq_gen.report.text import render, summary

FOUND = Diagnostic(
    "TQ201",
    "undeclared-publish",
    Severity.ERROR,
    "flash_arbitrage publishes OrderRequest",
    Span("service.py", 3, 9, 3, 21),
    "declare it",
    (Related(Span("system.yaml", 58, 5, 58, 9), "ArbitrageSignal"),),
)
SOURCES = {"service.py": "one\r\ntwo\n        OrderRequest(x)\n"}


def warning(span: Span, message: str = "m") -> Diagnostic:
    return Diagnostic("TQ146", "unheard-publication", Severity.WARNING, message, span)


def test_the_whole_of_a_finding() -> None:
    assert (
        render([FOUND], SOURCES)
        == """\
service.py:3:9: TQ201 undeclared-publish: flash_arbitrage publishes OrderRequest
  |
3 |         OrderRequest(x)
  |         ^^^^^^^^^^^^
  = declared at system.yaml:58:5: ArbitrageSignal
  = help: declare it

Found 1 error.
"""
    )


def test_a_warning_says_so_and_a_missing_source_has_no_frame() -> None:
    text = render([warning(Span("a.yaml", 1, 1, 1, 2))], {})
    assert text == "a.yaml:1:1: warning: TQ146 unheard-publication: m\n\nFound 1 warning.\n"


def test_colours_only_where_they_are_wanted() -> None:
    plain, colored = render([FOUND], SOURCES), render([FOUND], SOURCES, color=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31m" in colored
    bare = colored
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m"):
        bare = bare.replace(code, "")
    assert bare == plain


def test_carets_below_wide_characters_and_tabs() -> None:
    lines = render([warning(Span("a", 1, 4, 1, 6))], {"a": "\t価xyz"}).splitlines()
    assert lines[2:4] == ["1 |     価xyz", "  |        ^^"]


def test_a_tab_within_the_place_is_as_wide_as_it_is_shown() -> None:
    lines = render([warning(Span("a", 1, 2, 1, 5))], {"a": "x\tyz"}).splitlines()
    assert lines[2:4] == ["1 | x   yz", "  |  ^^^^^"]


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("\N{GRINNING FACE}", 2),
        ("\N{HEAVY BLACK HEART}\ufe0f", 2),  # the emoji form of a narrow sign
        ("\N{WOMAN}\u200d\N{PERSONAL COMPUTER}", 2),  # joined to one
        ("\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}", 2),
        ("\U0001f1e9\U0001f1ea", 2),  # a flag of two signs
        ("e\N{COMBINING ACUTE ACCENT}", 1),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}", 2),
        ("\u1112\u1161\u11ab", 2),  # one syllable of three parts
        ("한", 2),
        ("é", 1),
    ],
)
def test_carets_stand_right_after_what_terminals_show(text: str, before: int) -> None:
    span = Span("a", 1, len(text) + 1, 1, len(text) + 3)
    lines = render([warning(span)], {"a": f"{text}xy"}).splitlines()
    assert lines[3] == f"  | {' ' * before}^^"


def test_a_tab_behind_a_wide_sign_ends_where_terminals_end_it() -> None:
    joined = "\N{WOMAN}\u200d\N{PERSONAL COMPUTER}"
    for text, blanks in ((joined, 2), ("한", 2), ("e\N{COMBINING ACUTE ACCENT}", 3), ("", 4)):
        line = f"{text}\tx"
        span = Span("a", 1, len(line), 1, len(line) + 1)
        lines = render([warning(span)], {"a": line}).splitlines()
        assert lines[2:4] == [f"1 | {text}{' ' * blanks}x", "  |     ^"]


def test_carets_stand_below_each_line_of_a_place() -> None:
    source = "x = call(\n    first,\n\n    second)  # end\n"
    lines = render([warning(Span("a", 1, 5, 4, 12))], {"a": source}).splitlines()
    assert lines[1:-2] == [
        "  |",
        "1 | x = call(",
        "  |     ^^^^^",
        "2 |     first,",
        "  |     ^^^^^^",
        "3 |",
        "4 |     second)  # end",
        "  |     ^^^^^^^",
    ]


def test_of_many_lines_the_first_ones_and_the_last_are_shown() -> None:
    source = "".join(f"line {n}\n" for n in range(1, 13))
    lines = render([warning(Span("a", 8, 1, 12, 8))], {"a": source}).splitlines()
    assert [line for line in lines if "line" in line] == [f"{n:2} | line {n}" for n in range(8, 13)]
    lines = render([warning(Span("a", 2, 1, 12, 8))], {"a": source}).splitlines()
    shown = [line for line in lines if "line" in line or line == "..."]
    assert shown == [*(f"{n:2} | line {n}" for n in range(2, 6)), "...", "12 | line 12"]


def test_a_place_that_ends_where_a_line_begins_does_not_show_that_line() -> None:
    lines = render([warning(Span("a", 1, 1, 2, 1))], {"a": "one\ntwo\n"}).splitlines()
    assert lines[1:4] == ["  |", "1 | one", "  | ^^^"]


def test_a_place_at_the_end_of_a_line_has_one_caret() -> None:
    lines = render([warning(Span("a", 1, 4, 1, 5))], {"a": "abc"}).splitlines()
    assert lines[3] == "  |    ^"


def test_a_long_line_is_cut_around_the_place() -> None:
    line = "x" * 5000 + "HERE" + "y" * 5000
    lines = render([warning(Span("a", 1, 5001, 1, 5005))], {"a": line}).splitlines()
    assert len(lines[2]) < 220
    assert lines[2][lines[3].index("^") :].startswith("HERE")
    assert lines[3].count("^") == 4
    assert lines[2].startswith("1 | …x")
    assert lines[2].endswith("y…")


@pytest.mark.parametrize(("before", "after", "cut"), [(0, 5000, "…HERE"), (5000, 0, "HERE…")])
def test_a_long_line_is_cut_only_where_it_goes_on(before: int, after: int, cut: str) -> None:
    line = "x" * before + "HERE" + "y" * after
    span = Span("a", 1, before + 1, 1, before + 5)
    lines = render([warning(span)], {"a": line}).splitlines()
    shown = lines[2].removeprefix("1 | ")
    assert (shown[0] == "…", shown[-1] == "…") == (before > 0, after > 0)
    assert cut not in shown
    assert lines[2][lines[3].index("^") :].startswith("HERE")


def test_nothing_in_a_file_controls_the_terminal() -> None:
    text = render([warning(Span("a", 1, 1, 1, 2), "bad \x1b[2J\nline")], {"a": "x\x1b[31mred"})
    assert "\x1b" not in text
    assert "bad \ufffd[2J line" in text


def test_the_summary() -> None:
    one = warning(Span("a", 1, 1, 1, 1))
    assert summary([]) == "No findings."
    assert summary([one, one]) == "Found 2 warnings."
    assert summary([FOUND, one, FOUND]) == "Found 2 errors and 1 warning."
    assert render([], {}) == "No findings.\n"
