"""One way to every format, and nothing imported but what is asked for."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.unit.report.findings import FOUND, RULES
from torq_gen.report import FORMATS, render


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_ends_with_a_line_end_with_and_without_findings(format: str) -> None:
    for found in (FOUND, ()):
        text = render(format, found, {}, files=3, rules=RULES, base="shop")
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_names_every_finding(format: str) -> None:
    text = render(format, FOUND, {}, files=3, rules=RULES)
    assert text.count("TQ201") >= 2
    assert "TQ146" in text


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(KeyError, match="pages"):
        render("pages", (), {}, files=0)


def test_json_counts_files() -> None:
    assert json.loads(render("json", FOUND, {}, files=37))["summary"] == {
        "error": 2,
        "warning": 1,
        "files": 37,
    }


def test_text_has_colours_where_they_are_wanted() -> None:
    assert "\x1b[" in render("text", FOUND, {}, files=1, color=True)
    assert "\x1b[" not in render("text", FOUND, {}, files=1)


def test_a_format_imports_no_other() -> None:
    program = (
        "import sys; from torq_gen.report import render; render('gitlab', (), {}, files=0);"
        "print([m for m in sys.modules if m.startswith('torq_gen.report.')])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(ran.stdout.replace("'", '"')))
    assert loaded == {f"torq_gen.report.{name}" for name in ("gitlab", "fingerprints", "places")}
