"""The benchmarks that change or fetch code for the linter run, and judge as they say."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.uncovered import uncovered

_ROOT = Path(__file__).resolve().parents[3]


def _run(name: str, *arguments: str) -> str:
    """The output of a benchmark in its quick mode."""
    path = os.pathsep.join((str(_ROOT / "generator"), str(_ROOT / "runtime")))
    done = subprocess.run(
        [sys.executable, str(_ROOT / "benchmarks" / name), "--quick", *arguments],
        env=uncovered(PYTHONPATH=path),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def _rows(output: str) -> dict[str, list[str]]:
    """The cells of the tables' rows by the first one."""
    cells = ([c.strip() for c in row.split("|")[1:-1]] for row in output.splitlines())
    return {row[0]: row[1:] for row in cells if row}


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(_ROOT / "benchmarks")


def test_every_kind_of_change_is_made_and_judged() -> None:
    rows = _rows(_run("lint_mutations.py"))
    assert rows["publish in disguise, by way"][:3] == ["1", "1", "0"]
    assert rows["renamed variable"][:3] == ["1", "1", "0"]
    assert "declared publish in disguise" in rows


def test_an_installed_package_is_looked_at_without_fetching_anything() -> None:
    output = _run("lint_foreign.py", "--sample", "1")
    assert _rows(output)["TQ301 undeclared-store"] != ["0"]


def test_the_sample_takes_a_finding_of_each_rule_in_turn() -> None:
    from _foreign.packages import Package
    from lint_foreign import Looked, drawn

    findings = [[code, "", "a.py", line, 1, ""] for code in ("TQ408", "TQ301") for line in range(9)]
    findings.append(["TQ409", "", "a.py", 1, 1, ""])
    looked = Looked(Package("a", "1", "a"), Path(), 1, 1, {"findings": findings})
    found = [finding[0] for _, finding in drawn([looked], "1", 5)]
    assert found == ["TQ301", "TQ301", "TQ408", "TQ408", "TQ409"]
    assert len(list(drawn([looked], "1", 50))) == len(findings)


def test_a_site_is_known_as_its_least_known_topic() -> None:
    from _foreign.sites import kinds, known

    topics = [("a", "exact", "x"), ("a", "unresolved", "y"), ("b", "setting", "z")]
    found = kinds([*topics, ("b", "exact", "x"), ("c", "pattern", "{}/x")])
    assert found == {"unresolved": 1, "setting": 1, "pattern": 1}
    assert (known(found, 4), known(found, 0)) == ("50 %", "")


def test_an_application_that_is_kept_is_counted_and_nothing_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from _foreign import using
    from _foreign.applications import Application, Service
    from _foreign.repositories import Repository

    code = tmp_path / "kept" / "some+shop" / "the-shop" / "main.py"
    code.parent.mkdir(parents=True)
    code.write_text(
        "import sys\nfrom aiokafka import AIOKafkaProducer as P\n"
        'P().send("orders", b"")\nP().send(sys.argv[1], b"")\n'
    )
    services = (Service("the_shop"),)
    shop = Application("shop", "aiokafka", Repository("some/shop", "c0ffee1234"), services, 4)
    monkeypatch.setattr(using, "OWN_TOPICS", (shop,))
    monkeypatch.setattr(using, "GIVEN_TOPICS", ())
    path = os.pathsep.join((str(_ROOT / "generator"), str(_ROOT / "runtime")))
    monkeypatch.setenv("PYTHONPATH", path)
    looked = list(using.measured((), tmp_path / "kept", tmp_path / "work", 60))
    report = using.report(looked)
    assert _rows(report)["shop c0ffee123"] == [
        "aiokafka",
        "4",
        "4",
        "2",
        "1",
        "0",
        "0",
        "1",
        "25 %",
    ]
    assert report.endswith("\nshop the_shop/main.py:4:1 publishes: what it is made of is not known")


def test_a_service_that_is_given_up_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from _foreign import using
    from _foreign.applications import Application, Service
    from _foreign.repositories import Repository

    (tmp_path / "kept" / "some+shop" / "a").mkdir(parents=True)
    services = (Service("a"), Service("b"))
    shop = Application("shop", "aiokafka", Repository("some/shop", "c0ffee1234"), services, 4)
    results = iter([{"topics": [], "given_up": "too many steps"}, {"topics": [], "given_up": ""}])
    monkeypatch.setattr(using, "OWN_TOPICS", (shop,))
    monkeypatch.setattr(using, "analysed", lambda *_: next(results))
    (looked,) = using.measured(["shop"], tmp_path / "kept", tmp_path / "work", 60)
    assert looked.crash == "a is given up: too many steps"
    assert capsys.readouterr().err == "shop: a is given up: too many steps\n"


@pytest.mark.parametrize(("commit", "fetched"), [("", []), ("0" * 40, ["some/shop"])])
def test_a_checkout_of_another_commit_is_fetched_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commit: str, fetched: list[str]
) -> None:
    from _foreign import repositories

    copy = tmp_path / "some+shop"
    person = ("-c", "user.name=a", "-c", "user.email=a@b")
    for command in (("init", "-q"), (*person, "commit", "-q", "--allow-empty", "-m", "one")):
        copy.mkdir(exist_ok=True)
        subprocess.run(["git", "-C", str(copy), *command], check=True)
    head = ["git", "-C", str(copy), "rev-parse", "HEAD"]
    found = subprocess.run(head, check=True, capture_output=True, text=True).stdout.strip()
    asked: list[str] = []
    monkeypatch.setattr(repositories, "_fetch", lambda repository, _: asked.append(repository.name))
    shop = repositories.Repository("some/shop", commit or found)
    repositories.unpack(shop, tmp_path, tmp_path / "work")
    assert asked == fetched


@pytest.mark.parametrize(("flag", "name"), [("--only", "celary"), ("--applications", "pretics")])
def test_a_name_that_is_not_measured_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], flag: str, name: str
) -> None:
    import lint_foreign

    monkeypatch.setattr("sys.argv", ["lint_foreign.py", flag, name])
    with pytest.raises(SystemExit) as ended:
        lint_foreign.main()
    meant = {"celary": "celery", "pretics": "pretix"}[name]
    said = f"{flag}: expected a name that is measured, found {name}: did you mean {meant}?\n"
    assert (ended.value.code, capsys.readouterr().err.endswith(said)) == (2, True)


def test_the_same_seed_makes_the_same_changes() -> None:
    from _mutations.mutation import sample
    from _mutations.planting import boundary
    from _mutations.project import reference

    project = reference()
    first, again = (sample(boundary, project, "7", 5) for _ in range(2))
    other = sample(boundary, project, "8", 5)
    assert [m.what for m in first] == [m.what for m in again] != [m.what for m in other]
    assert [m.change() for m in first] == [m.change() for m in again]


def test_every_piece_makes_python() -> None:
    from _mutations.planting import boundary, exact, flow, precision, stores
    from _mutations.project import reference
    from _mutations.publishes import plain_breaking

    project = reference()
    for generator in (boundary, exact, flow, precision, stores, plain_breaking):
        for mutation in generator(project, Random("1")):
            for text in mutation.change().values():
                ast.parse(text)


def test_a_change_is_caught_only_by_a_finding_of_its_family_that_is_new() -> None:
    from _mutations.judging import judge
    from _mutations.mutation import Mutation
    from _mutations.project import reference

    project = reference()
    path = "services/signal_relay/service.py"
    changed = project.texts[path] + "\n\ndef run() -> None:\n    eval('1')\n"

    def judged(*expected: str, known: bool = False) -> bool:
        mutation = Mutation("", "signal_relay", "", expected, lambda: {path: changed})
        before = project.findings("signal_relay", {path: changed} if known else {})
        (verdict,) = judge(project, {"signal_relay": before}, [mutation])
        return verdict.right

    assert judged("TQ409")
    assert not judged("TQ201")
    assert not judged("TQ409", known=True)
    assert not judged()
    assert judged(known=True)


def test_a_change_that_is_no_python_is_a_defect_of_the_benchmark() -> None:
    from _mutations.judging import BrokenMutationError, judge
    from _mutations.mutation import Mutation
    from _mutations.project import reference

    path = "services/signal_relay/service.py"
    mutation = Mutation("kind", "signal_relay", "what", (), lambda: {path: "def"})
    with pytest.raises(BrokenMutationError, match=f"kind: what: {path}:1"):
        list(judge(reference(), {"signal_relay": frozenset()}, [mutation]))
