"""``fmt`` writes the canonical form, or says what is not canonical and writes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Project
from torq_gen import formatting

UNTIDY = """\
# The demo.
system: {package: demo_contracts, name: demo, schemas: [schemas/*.yaml]}
domains:
  Market: {types: [1, 19], id: 1}
services:
  feeder:
    produces: [{type: Quote, type_id: 16}] # all of them
    id: 1
  taker: {id: 2, subscribes: [Quote]}
"""
TIDY = """\
# The demo.
system: {name: demo, package: demo_contracts, schemas: [schemas/*.yaml]}

domains:
  Market: {id: 1, types: [1, 19]}

services:
  feeder:
    id: 1
    publishes: [Quote] # all of them

  taker:
    id: 2
    subscribes: [Quote]
"""


def test_files_are_written_once(project: Project) -> None:
    project.write("system.yaml", UNTIDY)
    ran = project.run("fmt")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "  formatted system.yaml\n  formatted schemas/market.yaml\n2 files formatted, 0 unchanged\n"
    )
    assert project.files()["system.yaml"].decode() == TIDY
    assert project.run("fmt").out == "0 files formatted, 2 unchanged\n"


def test_check_names_files_and_writes_nothing(project: Project) -> None:
    project.write("system.yaml", UNTIDY)
    before = project.files()
    ran = project.run("fmt", "--check", "system.yaml")
    assert (ran.code, ran.out) == (1, "  would format system.yaml\n1 file to format, 0 canonical\n")
    assert project.files() == before
    project.run("fmt")
    assert project.run("fmt", "--check").code == 0


def test_diff_shows_what_would_change(project: Project) -> None:
    project.write("system.yaml", UNTIDY)
    before = project.files()
    ran = project.run("fmt", "--diff", "system.yaml")
    assert ran.code == 1
    assert "-    produces: [{type: Quote, type_id: 16}] # all of them\n" in ran.out
    assert "+    publishes: [Quote] # all of them\n" in ran.out
    assert ran.out.endswith("1 file would change\n")
    assert project.files() == before


def test_only_the_named_files(project: Project) -> None:
    project.write("system.yaml", UNTIDY)
    schema = project.files()["schemas/market.yaml"]
    assert project.run("fmt", "system.yaml").out.endswith("1 file formatted, 0 unchanged\n")
    assert project.files()["schemas/market.yaml"] == schema


def test_a_file_that_is_no_part_of_the_spec_is_refused(project: Project) -> None:
    ran = project.run("fmt", "schemas/markt.yaml")
    assert ran.code == 2
    assert ran.err == (
        "torq-gen fmt: error: expected a file of the spec, found 'schemas/markt.yaml'\n"
        "  help: did you mean 'schemas/market.yaml'?\n"
    )


def test_a_spec_with_errors_is_not_formatted(project: Project) -> None:
    project.write("system.yaml", UNTIDY.replace("[Quote]}", "[Quot]}"))
    before = project.files()
    ran = project.run("fmt")
    assert ran.code == 2
    assert "TQ140 unknown-message: " in ran.err
    assert project.files() == before


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            TIDY.replace("[Quote]\n", "[{Quote: {on_full: fail}}]\n"),
            "the meaning of system.yaml would change",
        ),
        (TIDY.replace("id: 2", "id: x"), "nothing was formatted: the result could not be used"),
    ],
)
def test_a_formatter_that_errs_writes_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, made: str, said: str
) -> None:
    monkeypatch.setattr(formatting, "format_system", lambda text, system: made)
    before = project.files()
    ran = project.run("fmt", "system.yaml")
    assert ran.code == 2
    assert said in ran.err
    assert project.files() == before


def test_an_interrupted_change_is_completed_first(project: Project, tmp_path: Path) -> None:
    from torq_gen import disk, transaction

    before = project.files()["system.yaml"]
    after = before.replace(b"name: demo", b"name: other")
    note = transaction._note({"system.yaml": before}, {"system.yaml": after}, {})
    disk.replace_all(tmp_path, {".torq_cache/journal": note})
    ran = project.run("fmt", "--check")
    assert ran.err == "completed the change that an interrupted run began: system.yaml\n"
    assert project.files()["system.yaml"] == after
