"""Workflow commands of GitHub Actions, with everything escaped that ends one."""

from __future__ import annotations

from tests.unit.report.findings import ERROR, FOUND
from torq_gen.diagnostics import Severity, Span
from torq_gen.report.github import render
from torq_gen.rule import Rule


def test_a_command_for_each_finding_and_a_summary() -> None:
    assert render(FOUND) == (
        "::error file=a.py,line=3,endLine=5,title=TQ201 undeclared-publish::several lines\n"
        "::error file=services/a b/ü.py,line=41,endLine=41,col=28,endColumn=51,"
        "title=TQ201 undeclared-publish"
        "::trader publishes Order: 100%25,%0Anow%0Ahelp: declare it\n"
        "::warning file=system.yaml,line=2,endLine=2,col=3,endColumn=8,"
        "title=TQ146 unheard-publication"
        "::Quote is published \ufffd and <nobody> listens\n"
        "Found 2 errors and 1 warning.\n"
    )


def test_paths_are_escaped_and_start_at_the_repository() -> None:
    found = Rule("TQ201", "r", "s.").at(Span("a,b:c%\n.py", 1, 1, 1, 2), "m\r\n::error::x")
    assert render([found], base="examples/shop/").splitlines()[0] == (
        "::error file=examples/shop/a%2Cb%3Ac%25%0A.py,line=1,endLine=1,col=1,endColumn=2,"
        "title=TQ201 r::m%0D%0A::error::x"
    )


def test_nothing_found() -> None:
    assert render([]) == "No findings.\n"


def test_the_projects_own_folder_adds_nothing_to_paths() -> None:
    assert render([ERROR], base=".") == render([ERROR])
    assert ERROR.severity is Severity.ERROR
