"""What system.yaml lists under ``exports`` is generated, checked and removed like all else."""

from __future__ import annotations

from tests.unit.cli.conftest import Project


def export(project: Project, *names: str) -> None:
    text = (project.root / "system.yaml").read_text("utf-8")
    rest = text.split("\n", 1)[1] if text.startswith("exports") else text
    project.write("system.yaml", f"exports: [{', '.join(names)}]\n{rest}")


def test_exports_are_files_like_all_others(project: Project) -> None:
    project.run("generate")
    export(project, "asyncapi", "json_schema", "codeowners")
    assert project.run("generate", "--check").code == 1
    project.run("generate")
    assert project.run("generate", "--check").code == 0
    made = sorted(p for p in project.files() if p.split("/")[1:2] and "generated/" in p)
    assert [p for p in made if "asyncapi" in p or "json_schema" in p or "codeowners" in p] == [
        "generated/asyncapi/asyncapi.json",
        "generated/asyncapi/services/feeder.json",
        "generated/asyncapi/services/taker.json",
        "generated/codeowners/CODEOWNERS",
        "generated/json_schema/Quote.schema.json",
    ]
    export(project, "codeowners")
    ran = project.run("generate", "--check")
    assert "generated/asyncapi/asyncapi.json:1:1: TQ604" in ran.out
    project.run("generate")
    assert not [p for p in project.files() if "asyncapi" in p]


def test_a_target_that_is_not_asked_for_is_refused(project: Project) -> None:
    ran = project.run("generate", "asyncapi")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen generate: error: system.yaml does not ask for asyncapi\n"
        "  help: add it there: exports: [asyncapi]\n",
    )


def test_an_unknown_export_is_an_error_with_its_place(project: Project) -> None:
    export(project, "asyncap")
    ran = project.run("check")
    assert ran.code == 2
    assert "system.yaml:1:11: " in ran.out + ran.err
    assert "asyncapi" in ran.out + ran.err
