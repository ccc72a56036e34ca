"""check: where it looks, and how it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Lint, Project

TAKER = "services/taker/service.py"


def test_findings_of_the_spec_the_code_and_generated_files_come_together(
    project: Project, two: Lint
) -> None:
    ran = project.run("check")
    assert ran.code == 1
    assert f"{TAKER}:" in ran.out
    assert "generated/golden/market.json:1:1: TQ602" in ran.out
    assert ran.out.endswith("\n2 errors in 23 files\n")
    assert two.asked[0]["services"] is None


def test_a_path_in_one_service_has_only_that_service_analysed(project: Project, two: Lint) -> None:
    ran = project.run("check", "services/taker")
    assert two.asked[-1]["services"] == {"taker"}
    assert (ran.code, ran.out.endswith("\n1 error in 4 files\n")) == (1, True)
    project.run("check", "services/taker", "services/feeder/service.py")
    assert two.asked[-1]["services"] == {"taker", "feeder"}
    project.run("check", "services")
    assert two.asked[-1]["services"] is None
    assert project.run("check", "services/feeder").out == (
        "no findings in 4 files: 4 of services\n"
    )


def test_cache_and_jobs_are_handed_on(project: Project, lint: Lint) -> None:
    project.run("check", "--no-cache", "--jobs", "3")
    asked = lint.asked[-1]
    assert (asked["cache"], asked["jobs"]) == (False, 3)
    assert project.run("check", "--jobs", "-1").code == 2


@pytest.mark.parametrize("path", ["README.md", "services/taker/tests", "notes"])
def test_a_path_in_which_nothing_is_checked_is_refused(project: Project, path: str) -> None:
    project.complete()
    project.write("README.md", "Quotes.\n")
    project.write("services/taker/tests/test_taker.py", "import nowhere\n")
    project.write("notes/a.txt", "")
    assert project.run("check", "system.yaml", "services/taker").code == 0
    ran = project.run("check", "system.yaml", path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"torq-gen check: error: {path}: expected something to check, found neither code of a "
        "service, nor the spec, generated files or topologies\n"
        "  help: tests, hidden folders and what `exclude` names are left out\n"
    )


@pytest.mark.parametrize(
    "path", ["schemas", "schemas/market.yaml", "generated", "generated/golden", ".", "services"]
)
def test_a_path_in_which_something_is_checked(project: Project, path: str) -> None:
    project.complete()
    for _ in range(2):  # also when a stamp says that nothing drifted
        assert project.run("check", path).code == 0


def test_a_path_outside_of_the_project_is_refused(
    project: Project, lint: Lint, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    ran = project.run("-C", str(project.root), "check", str(other))
    assert ran.code == 2
    assert ran.err == (
        f"torq-gen check: error: {other}: expected a path in the project {project.root}, "
        "found another\n"
    )
    assert project.run("-C", str(project.root), "check", str(project.root.parent)).code == 0
