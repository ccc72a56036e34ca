"""``add`` writes messages, services and fields with the next free ids, and keeps the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.conftest import SCHEMA, SYSTEM, Project


def added(project: Project, path: str, before: str) -> list[str]:
    """The lines that a file has more than before; it has all of those."""
    now, then = (text.splitlines() for text in ((project.root / path).read_text("utf-8"), before))
    left = list(now)
    for line in then:
        left.remove(line)
    return left


def test_a_message_gets_the_next_free_type(project: Project) -> None:
    ran = project.run(
        *("add", "message", "Trade", "venue:u16", "note:string?", "--doc", "A deal: done."),
        *("--key", "venue", "--publisher", "feeder", "--subscriber", "taker"),
    )
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "Trade: type 1 of Market, schemas/market.yaml:9:3\nnow run `torq-gen generate`\n"
    )
    assert added(project, "schemas/market.yaml", SCHEMA) == [
        "  Trade:",
        "    type: 1",
        '    doc: "A deal: done."',
        "    key: venue",
        "    fields:",
        "      - venue: u16",
        "      - note: string?",
    ]
    system = (project.root / "system.yaml").read_text("utf-8")
    assert system == SYSTEM.replace("[Quote]", "[Quote, Trade]")
    assert project.run("tlv", "Trade").code == 0


def test_reserved_and_released_types_are_not_free(project: Project) -> None:
    project.edit("system.yaml", "types: [1, 19]", "types: [15, 19]")
    project.edit("schemas/market.yaml", "types: [17]", "types: [15, 17]")
    assert project.run("add", "message", "Trade", "a:u8").out.startswith("Trade: type 18 of Market")
    assert project.run("add", "message", "Halt", "a:u8").out.startswith("Halt: type 19 of Market")
    ran = project.run("add", "message", "More", "a:u8")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen add: error: Market has no free type id left\n"
        "  help: widen its range in system.yaml: domains.Market\n",
    )


def test_a_domain_without_a_schema_gets_one(project: Project) -> None:
    project.edit("system.yaml", "services:", "  Risk: {id: 2, types: [20, 29]}\nservices:")
    ran = project.run("add", "message", "Halt", "scope:string")
    assert ran.err == (
        "torq-gen add: error: expected the message's domain, found none\n"
        "  help: --domain, one of Market, Risk\n"
    )
    assert project.run("add", "message", "Halt", "scope:string", "--domain", "Risk").code == 0
    assert (project.root / "schemas/risk.yaml").read_text("utf-8") == (
        "domain: Risk\n\nmessages:\n  Halt:\n    type: 20\n    fields:\n      - scope: string\n"
    )


def test_a_service_gets_the_next_id_that_was_never_used(project: Project) -> None:
    project.write("torq.lock.yaml", "services:\n  feeder: 1\n  taker: 2\nretired:\n  old: 3\n")
    ran = project.run("add", "service", "watcher", "--subscribes", "Quote", "--owner", "@risk")
    assert ran.out.startswith("watcher: id 4, system.yaml:")
    assert added(project, "system.yaml", SYSTEM) == [
        "  watcher:",
        "    id: 4",
        '    owner: "@risk"',
        "    publishes: []",
        "    subscribes: [Quote]",
    ]


def test_a_field_of_an_unreleased_version_needs_no_new_one(project: Project) -> None:
    ran = project.run("add", "field", "Quote", "depth:u64", "--unit", "lots", "--doc", "Seen.")
    assert ran.out.startswith("Quote.depth: since version 1, schemas/market.yaml:9:9\n")
    assert added(project, "schemas/market.yaml", SCHEMA) == [
        "      - depth: {type: u64, unit: lots, doc: Seen.}"
    ]


def test_a_released_message_gets_a_new_version(project: Project) -> None:
    project.edit("schemas/market.yaml", "type: 16", "type: 16\n    version: 1 # stated")
    project.run("generate")
    project.run("release")
    ran = project.run("add", "field", "Quote", "depth:u64")
    assert ran.err == (
        "torq-gen add: error: version 2 of Quote needs a default for depth: what readers see where "
        "an older writer left it out\n  help: state it: --default VALUE\n"
    )
    ran = project.run("add", "field", "Quote", "depth:u64", "--default", "7")
    assert "since version 2" in ran.out
    assert "since version 2" in project.run("add", "field", "Quote", "maybe:u8?").out
    assert "since version 3" in project.run("add", "field", "Quote", "b:bool?", "--bump").out
    assert (project.root / "schemas/market.yaml").read_text("utf-8").splitlines()[3:12] == [
        "    type: 16",
        "    version: 3 # stated",
        "    doc: A price.",
        "    fields:",
        "      - venue: u16",
        '      - price: {type: "fixed<2>", unit: USD}',
        "      - depth: {type: u64, since: 2, default: 7}",
        '      - maybe: {type: "u8?", since: 2, default: null}',
        '      - b: {type: "bool?", since: 3, default: null}',
    ]


def test_a_file_that_was_canonical_still_is(project: Project) -> None:
    project.run("fmt")
    project.run("add", "message", "Trade", "venue:u16", "--publisher", "feeder")
    project.run("add", "service", "watcher", "--subscribes", "Trade")
    assert project.run("fmt", "--check").code == 0


def test_the_project_may_be_named_before_or_after(project: Project, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    os.chdir(tmp_path / "elsewhere")
    assert project.run("-C", str(tmp_path), "add", "field", "Quote", "one:u8").code == 0
    assert project.run("add", "field", "Quote", "two:u8", "-C", str(tmp_path)).code == 0
    assert project.run("add", "-C", str(tmp_path), "field", "Quote", "three:u8").code == 0


def test_diff_writes_nothing(project: Project) -> None:
    before = project.files()
    ran = project.run("add", "field", "Quote", "depth:u64", "--diff")
    assert (ran.code, "+      - depth: u64\n" in ran.out) == (1, True)
    assert project.files() == before


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("message", "Quote", "a:u8"), "there is a message named 'Quote' already"),
        (("message", "Trade", "a"), "expected FIELD:TYPE, found 'a'"),
        (("message", "Trade", "a:u9"), "nothing was added: the spec could not be used with it"),
        (("message", "trade", "a:u8"), "nothing was added: the spec could not be used with it"),
        (("message", "Trade", "a:u8", "--domain", "Markt"), "no domain is named 'Markt'"),
        (("message", "Trade", "a:u8", "--publisher", "feder"), "no service is named 'feder'"),
        (("service", "taker"), "there is a service named 'taker' already"),
        (("service", "new", "--publishes", "Qote"), "no message is named 'Qote'"),
        (("field", "Qote", "a:u8"), "no message is named 'Qote'"),
        (("field", "Quote", "venue:u8"), "there is a field named 'venue' already"),
    ],
)
def test_what_cannot_be_added_changes_nothing(
    project: Project, arguments: tuple[str, ...], error: str
) -> None:
    before = project.files()
    ran = project.run("add", *arguments)
    assert ran.code == 2
    assert f"torq-gen add: error: {error}" in ran.err
    assert project.files() == before


def test_runs_at_once_lose_nothing(project: Project, tmp_path: Path) -> None:
    names = [f"added_{number}" for number in range(5)]
    command = [sys.executable, "-m", "torq_gen", "add", "field", "Quote"]
    path = os.pathsep.join(sys.path)
    runs = [
        subprocess.Popen(
            [*command, f"{name}:u8"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
        )
        for name in names
    ]
    assert [run.wait() for run in runs] == [0] * len(names)
    text = (tmp_path / "schemas/market.yaml").read_text("utf-8")
    assert sorted(line.split()[1] for line in text.splitlines() if "added_" in line) == [
        f"{name}:" for name in names
    ]


EXAMPLES = """\
    examples:
      - {venue: 1, price: "2.50"} # dear
      - venue: 2
        price: "0.10"
"""


def test_a_field_comes_with_its_value_in_the_examples(project: Project) -> None:
    project.edit("schemas/market.yaml", "reserved:", f"{EXAMPLES}reserved:")
    ran = project.run("add", "field", "Quote", "note:string")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen add: error: the examples of Quote need a value for note\n"
        "  help: state it: --example VALUE; or --default VALUE, which they take as well\n",
    )
    assert project.run("add", "field", "Quote", "note:string", "--example", "123").code == 0
    text = (project.root / "schemas/market.yaml").read_text("utf-8")
    assert '- {venue: 1, price: "2.50", note: "123"} # dear\n' in text
    assert '        price: "0.10"\n        note: "123"\n' in text


def test_a_value_is_what_its_type_says(project: Project) -> None:
    project.edit("schemas/market.yaml", "messages:", "types: {Price: fixed<4>}\nmessages:")
    for field, value, written in (
        ("text:string", "123", '"123"'),
        ("price2:Price", "0.5", '"0.5"'),
        ("ratio:f64", "0.5", "0.5"),
        ("none:f64", "NaN", "NaN"),
        ("maybe:string?", "null", "null"),
        ("large:u256", "9007199254740993", '"9007199254740993"'),
        ("yes:bool", "true", "true"),
        ("many:list<u8>", "[1, 2]", "[1, 2]"),
    ):
        ran = project.run("add", "field", "Quote", field, "--default", value)
        assert (ran.code, ran.err) == (0, ""), field
        assert f"default: {written}}}" in (project.root / "schemas/market.yaml").read_text("utf-8")
    ran = project.run("add", "field", "Quote", "no:f64", "--default", "1e400")
    assert 'or "NaN", "Infinity", "-Infinity", found "1e400"' in ran.err


def test_an_id_that_cannot_be_is_refused(project: Project) -> None:
    before = project.files()
    ran = project.run("add", "service", "watcher", "--id", "0")
    assert ran.code == 2
    assert "expected at least 1 for 'id', found 0" in ran.err
    assert project.files() == before


def test_a_schema_that_the_spec_would_not_read_is_not_made(project: Project) -> None:
    project.edit("system.yaml", "schemas/*.yaml", "schemas/market.yaml")
    project.edit("system.yaml", "services:", "  Risk: {id: 2, types: [20, 29]}\nservices:")
    ran = project.run("add", "message", "Halt", "scope:string", "--domain", "Risk")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen add: error: Risk has no schema, and schemas/risk.yaml would not be read: "
        "system.yaml takes schemas/market.yaml\n"
        "  help: add a pattern to system.schemas in system.yaml\n",
    )
    assert not (project.root / "schemas/risk.yaml").exists()
