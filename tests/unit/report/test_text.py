"""Findings as text: place, source line, carets, second places, help, summary."""

from __future__ import annotations

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
    assert lines[2:4] == ["1 | \t価xyz", "  | \t   ^^"]


def test_carets_of_several_lines_end_with_the_first() -> None:
    lines = render([warning(Span("a", 1, 3, 2, 4))], {"a": "abcdef  \nrest"}).splitlines()
    assert lines[3] == "  |   ^^^^"


def test_a_place_at_the_end_of_a_line_has_one_caret() -> None:
    lines = render([warning(Span("a", 1, 4, 1, 5))], {"a": "abc"}).splitlines()
    assert lines[3] == "  |    ^"


def test_a_long_line_is_cut_around_the_place() -> None:
    line = "x" * 5000 + "HERE" + "y" * 5000
    lines = render([warning(Span("a", 1, 5001, 1, 5005))], {"a": line}).splitlines()
    assert len(lines[2]) < 220
    assert lines[2][lines[3].index("^") :].startswith("HERE")
    assert lines[3].count("^") == 4


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
