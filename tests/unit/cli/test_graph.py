"""``graph`` chooses a part and a format, and says what is missing."""

from __future__ import annotations

import json

import pytest

from tests.unit.cli.conftest import Project


def test_the_format_follows_from_the_file(project: Project) -> None:
    assert project.run("graph").out.startswith("flowchart LR\n")
    ran = project.run("graph", "--output", "g.json")
    assert (ran.code, ran.out) == (0, "written to g.json\n")
    assert json.loads(project.files()["g.json"])["name"] == "demo"
    project.run("graph", "--output", "g.dot")
    assert project.files()["g.dot"].startswith(b'digraph "demo" {\n')
    project.run("graph", "--output", "g.dot", "--format", "mermaid")
    assert project.files()["g.dot"].startswith(b"flowchart LR\n")
    project.run("graph", "--output", "g.MD")
    page = project.files()["g.MD"]
    assert page.startswith(b"```mermaid\nflowchart LR\n")
    assert page.endswith(b"\n```\n")


def test_without_graphviz_svg_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    ran = project.run("graph", "--output", "g.svg")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen graph: error: SVG is drawn by Graphviz, whose `dot` is not on PATH\n"
        "  help: apt-get install graphviz, brew install graphviz, or --format mermaid\n",
    )
    assert "g.svg" not in project.files()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--hit", "Qote"), "no message, service or type is named 'Qote'"),
        (("--around", "feder"), "no service is named 'feder'"),
        (("--domain", "Markt"), "no domain is named 'Markt'"),
        (("--output", "s.md"), "--output s.md: expected a file, found a folder"),
        (
            ("--output", "g.png"),
            "--output g.png: expected one of .mmd, .md, .dot, .gv, .svg, .json, found .png\n"
            "  help: or say which --format it is\n",
        ),
        (("--output", "g"), "--output g: expected one of .mmd, .md, .dot, .gv, .svg, .json, found"),
        (("--depth", "2"), "--depth goes with --around alone"),
        (("--around", "feeder", "--depth", "0"), "--depth: expected 1 or more, found 0"),
    ],
)
def test_what_cannot_be_drawn(project: Project, arguments: tuple[str, ...], error: str) -> None:
    (project.root / "s.md").mkdir()
    ran = project.run("graph", *arguments)
    assert ran.code == 2
    assert f"torq-gen graph: error: {error}" in ran.err
