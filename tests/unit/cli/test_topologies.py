"""Topology files are checked by the spec alone; each rule's samples are in the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.cli._shared.topologies import findings
from torq_gen.diagnostics import Severity, Span
from torq_gen.spec import load

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project
    from torq_gen.diagnostics import Diagnostic


def found(project: Project) -> tuple[Diagnostic, ...]:
    system = load(project.root).system
    assert system is not None
    return findings(project.root, system)


def test_every_file_is_looked_at_and_nothing_generated_is_needed(project: Project) -> None:
    project.write("config/b.toml", '[deployment]\nmode = "monolith"\nactors = ["taker"]\n')
    project.write("config/a.toml", '[deployment]\nmode = "monolyth"\n')
    project.write("config/readme.md", "no topology")
    first, second = found(project)
    assert (first.code, first.rule, first.severity) == (
        *("TQ170", "unusable-topology"),
        Severity.ERROR,
    )
    assert first.span == Span("config/a.toml", 2, 8, 2, 18)
    assert first.message == (
        "deployment.mode: expected one of monolith, bundled, distributed, found monolyth; "
        "did you mean monolith?"
    )
    assert (second.code, second.severity) == ("TQ174", Severity.WARNING)
    assert second.span == Span("config/b.toml", 3, 1, 3, 7)
    assert not (project.root / "generated").exists()


def test_a_promise_that_nobody_makes_is_found_before_anything_runs(project: Project) -> None:
    project.edit(
        "system.yaml", "publishes: [Quote]", "publishes: [{Quote: {at_most_once_per: venue}}]"
    )
    (one, two) = ("Quote-at-most-once-per-venue", "Quote-at-most-once-per-price")
    project.write(
        "config/a.toml",
        '[deployment]\nmode = "monolith"\n'
        f'[monitors.feeder]\n{one} = "enforce"\n{two} = "observe"\n',
    )
    (finding,) = found(project)
    assert (finding.code, finding.span.line) == ("TQ170", 5)
    assert finding.message == (
        f"monitors.feeder.{two}: expected one of {one}, found {two}; did you mean {one}?"
    )


def test_line_ends_of_another_system_do_not_move_a_finding(project: Project) -> None:
    (project.root / "config").mkdir()
    (project.root / "config/a.toml").write_bytes(b'# \xc3\xa9\r\n[deployment]\r\nmode = "m"\r\n')
    assert [d.span for d in found(project)] == [Span("config/a.toml", 3, 8, 3, 11)]


def test_what_is_no_text_is_said(project: Project) -> None:
    (project.root / "config").mkdir()
    (project.root / "config/a.toml").write_bytes(b"mode\xff")
    (finding,) = found(project)
    assert finding.message == "expected UTF-8, found something else at byte 4"


def test_a_project_without_topologies_has_no_findings(project: Project) -> None:
    assert found(project) == ()
