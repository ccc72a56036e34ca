"""The files of a new project: the loader takes them, the answers are in them, names can clash."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from torq_gen.drafting.checking import built
from torq_gen.scaffolding.project import CI, Answers, new_files, problem_of


@pytest.mark.parametrize("name", ["shop", "reading", "energy", "services", "orders"])
def test_a_project_of_any_name_has_a_spec_without_findings(name: str) -> None:
    files = new_files(Answers(name, f"{name}_contracts", "source", "sink"))
    spec = {p: c for p, c in files.items() if p == "system.yaml" or p.startswith("schemas/")}
    system, findings = built(Path(), spec)
    assert findings == ()
    assert system is not None
    assert (system.name, system.package) == (name, f"{name}_contracts")
    assert set(system.services) == {"source", "sink"}
    assert {"services/source/service.py", "services/sink/tests/test_service.py"} <= set(files)


@pytest.mark.parametrize("ci", CI)
def test_a_workflow_for_each_ci(ci: str) -> None:
    files = new_files(Answers("shop", "shop_contracts", ci=ci))
    found = [path for path in files if path.startswith((".github/", ".gitlab"))]
    wanted = {"github": [".github/workflows/check.yml"], "gitlab": [".gitlab-ci.yml"], "none": []}
    assert found == wanted[ci]


def test_what_ci_runs_is_in_yaml_that_says_so() -> None:
    github = new_files(Answers("shop", "shop_contracts"))
    (job,) = yaml.safe_load(github[".github/workflows/check.yml"])["jobs"].values()
    wanted = ["torq-gen fmt --check", "torq-gen generate --check", "pytest -q"]
    assert set(wanted) <= {step.get("run") for step in job["steps"]}
    gitlab = new_files(Answers("shop", "shop_contracts", ci="gitlab"))
    assert "torq-gen fmt --check" in yaml.safe_load(gitlab[".gitlab-ci.yml"])["check"]["script"]
    (repository,) = yaml.safe_load(github[".pre-commit-config.yaml"])["repos"]
    assert [hook["entry"] for hook in repository["hooks"]] == [
        "torq-gen fmt",
        "torq-gen generate",
        "torq-gen check",
    ]


def test_imports_of_tests_are_in_the_order_that_formatters_want() -> None:
    for package in ("a_contracts", "z_contracts"):
        files = new_files(Answers("shop", package))
        lines = files["services/meter/tests/test_service.py"].decode().splitlines()
        own = [li for li in lines if li.startswith(("from services", f"from {package}"))]
        assert own == sorted(own)
        assert len(own) == 2


@pytest.mark.parametrize(
    ("question", "answer", "problem"),
    [
        ("name", "shop", ""),
        ("name", "My Shop", "expected a service name in snake_case, found 'My Shop': call it"),
        ("package", "json", "'json' is the name of another package, which it would hide: call it"),
        ("publisher", "class", "'class' is a keyword in"),
        ("ci", "jenkins", "expected one of github, gitlab, none, found 'jenkins'"),
    ],
)
def test_answers_are_checked(question: str, answer: str, problem: str) -> None:
    found = problem_of(question, answer)
    assert found.startswith(problem)
    assert bool(found) is bool(problem)
