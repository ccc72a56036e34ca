"""``rename`` changes spec, lock, topologies and code at once, and lists what it left."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from stat import S_IMODE

import pytest

from tests.unit.cli.conftest import FEEDER, Project
from tests.unit.test_transaction import CRASH

libcst = pytest.mark.skipif(
    importlib.util.find_spec("libcst") is None,
    reason="needs libcst: pip install 'torq-gen[rename]'",
)
TOPOLOGY = """\
[deployment]
mode = "distributed" # feeder first
actors = ["feeder", 'taker']
feeder.mode = "bundled"

[processes.one]
actors = [
    "feeder", # the feeder
]

[services.feeder]
name = "feeder"

[mailboxes]
feeder = 7
"""


@libcst
def test_a_message_everywhere(project: Project) -> None:
    project.complete()
    project.run("release")
    project.write("README.md", "# Demo\n\nA Quote is a price.\n")
    ran = project.run("rename", "message", "Quote", "Price")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "  changed generated/golden/market.json\n"
        "  changed schemas/market.yaml\n"
        "  changed services/feeder/service.py\n"
        "  changed services/taker/service.py\n"
        "  changed system.yaml\n"
        "  changed torq.lock.yaml\n"
        "left as they are, 3 places to look at:\n"
        "  README.md:3: Quote\n"
        "  services/feeder/README.md:7: Quote\n"
        "  services/taker/README.md:8: Quote\n"
        "now run `torq-gen generate`\n"
    )
    service = project.files()["services/taker/service.py"].decode()
    assert "from demo_contracts.messages import Price\n" in service
    assert "async def on_price(self, message: Price, /) -> None:" in service
    assert project.run("generate").code == 0
    ran = project.run("check", "--strict")
    assert ran.code == 0, ran.out
    assert project.run("release", "--check").code == 0
    assert project.run("tlv", "16").out.startswith("Price  type 16, version 1\n")


@libcst
def test_a_service_moves_with_its_folder(project: Project) -> None:
    project.complete()
    project.write("config/dev.toml", TOPOLOGY)
    project.write("services/feeder/.env", "TOKEN=1\n")
    project.write("services/feeder/build/data.csv", "1,2\n")
    project.write("services/feeder/run.sh", "exec true\n").chmod(0o751)
    ran = project.run("rename", "service", "feeder", "source")
    assert (ran.code, ran.err) == (0, "")
    files = project.files()
    assert not (project.root / "services/feeder").exists()
    assert {"services/source/.env", "services/source/build/data.csv"} <= files.keys()
    assert S_IMODE((project.root / "services/source/run.sh").stat().st_mode) == 0o751
    assert "class Source(SourceBase):" in files["services/source/service.py"].decode()
    assert files["config/dev.toml"].decode() == TOPOLOGY.replace('["feeder"', '["source"').replace(
        "feeder.mode", "source.mode"
    ).replace('    "feeder"', '    "source"').replace(
        "[services.feeder]", "[services.source]"
    ).replace("\nfeeder = 7", "\nsource = 7")
    assert "config/dev.toml:2: feeder\n" in ran.out
    assert "config/dev.toml:12: feeder\n" in ran.out
    project.run("generate")
    ran = project.run("check", "--select", "TQ1,TQ2,TQ4,TQ6")
    assert ran.code == 0, ran.out


@libcst
def test_a_field_with_the_orderings_that_name_it(project: Project) -> None:
    project.edit(
        "system.yaml", "publishes: [Quote]", "publishes: [{Quote: {at_most_once_per: venue}}]"
    )
    project.complete()
    ran = project.run("rename", "field", "Quote.venue", "Quote.market")
    assert (ran.code, ran.err) == (0, "")
    files = project.files()
    assert b"[{Quote: {at_most_once_per: market}}]" in files["system.yaml"]
    assert b"- market: u16\n" in files["schemas/market.yaml"]
    assert b"Quote(market=1, price=100)" in files["services/feeder/service.py"]


def test_a_released_field_keeps_its_name(project: Project) -> None:
    project.run("generate")
    project.run("release")
    before = project.files()
    ran = project.run("rename", "field", "Quote.venue", "market")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen rename: error: Quote.venue was released in version 1: its name stands in JSON "
        "that others have, and never changes\n"
        "  help: give it another name in Python alone: python_name: market; or append a field and "
        "mark this one as deprecated\n",
    )
    assert project.files() == before


def test_without_code_the_places_are_listed(project: Project) -> None:
    project.complete()
    before = project.files()
    ran = project.run("rename", "message", "Quote", "Price", "--no-code")
    assert ran.code == 0
    assert "  services/feeder/service.py:1: Quote\n" in ran.out
    assert "  services/taker/service.py:6: on_quote\n" in ran.out
    after = project.files()
    changed = sorted(path for path in after if after[path] != before.get(path))
    assert changed == ["schemas/market.yaml", "system.yaml"]


def test_without_libcst_nothing_is_renamed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.complete()
    before = project.files()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    ran = project.run("rename", "message", "Quote", "Price")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen rename: error: nothing was renamed: changing code needs libcst, which is not "
        "installed\n"
        "  help: pip install 'torq-gen[rename]', or --no-code to rename in the spec alone\n",
    )
    assert project.files() == before


def test_a_promise_in_words_is_not_lost(project: Project) -> None:
    project.edit(
        "system.yaml",
        "publishes: [Quote]",
        "publishes: [{Quote: {ordering: per-venue sequential}}]",
    )
    before = project.files()
    ran = project.run("rename", "field", "Quote.venue", "market")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen rename: error: nothing was renamed: an ordering of feeder is stated in words "
        "that would not be understood then\n"
        "  help: run `torq-gen fmt` first, which states it as a form\n",
    )
    assert project.files() == before
    project.run("fmt")
    assert project.run("rename", "field", "Quote.venue", "market").code == 0


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("message", "Qote", "Price"), "no message is named 'Qote'"),
        (("message", "Quote", "Quote"), "there is a message named 'Quote' already"),
        (("message", "Quote", "price"), "nothing was renamed: the spec could not be used"),
        (("service", "feder", "source"), "no service is named 'feder'"),
        (("service", "feeder", "taker"), "there is a service named 'taker' already"),
        (("field", "Quote.vnue", "market"), "no field of Quote is named 'vnue'"),
        (("field", "Quote.venue", "price"), "there is a field of Quote named 'price' already"),
        (("field", "venue", "price"), "no message is named 'venue'"),
    ],
)
def test_what_cannot_be_renamed_changes_nothing(
    project: Project, arguments: tuple[str, ...], error: str
) -> None:
    before = project.files()
    ran = project.run("rename", *arguments)
    assert ran.code == 2
    assert f"torq-gen rename: error: {error}" in ran.err
    assert project.files() == before


def test_diff_writes_nothing(project: Project) -> None:
    before = project.files()
    ran = project.run("rename", "message", "Quote", "Price", "--diff")
    assert ran.code == 1
    assert "-  Quote:\n+  Price:\n" in ran.out
    assert project.files() == before


@libcst
@pytest.mark.slow
def test_a_crash_at_any_step_leaves_a_project_that_works(project: Project, tmp_path: Path) -> None:
    project.complete()
    start = project.files()
    crash = CRASH.split("changes = {")[0]
    code = f"{crash}from torq_gen.cli import main\nsys.exit(main(sys.argv[3:]))\n"
    command = ["rename", "service", "feeder", "source"]
    for step in range(0, 300, 3):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path), str(step), *command],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=False,
        )
        ran = project.run("tlv")
        assert ran.code == 0, ran.err
        files = project.files()
        names = {path.split("/")[1] for path in files if path.count("/") > 1 and path[0] == "s"}
        renamed = b"\n  source:\n" in files["system.yaml"]
        assert names == ({"source", "taker"} if renamed else {"feeder", "taker"}), step
        if done.returncode == 0:
            break
        for folder in tmp_path.iterdir():
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
        for path, content in start.items():
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    else:
        pytest.fail("the rename never ended")
    assert step > 10


@libcst
def test_a_link_in_the_folder_is_not_turned_into_a_file(project: Project) -> None:
    project.complete()
    (project.root / "services/feeder/data").symlink_to(project.root / "schemas")
    before = project.files()
    ran = project.run("rename", "service", "feeder", "source")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen rename: error: nothing was renamed: services/feeder/data is a symbolic link, "
        "which may mean something else in another folder\n"
        "  help: take it out, rename, and make it anew\n",
    )
    assert project.files() == before


@libcst
def test_code_that_is_not_utf_8_is_listed(project: Project) -> None:
    project.complete()
    place = project.root / "services/feeder/old.py"
    place.write_bytes(b"# coding: latin-1\nx = 'Quote \xe9'\n")
    ran = project.run("rename", "message", "Quote", "Price")
    assert ran.code == 0
    assert "  services/feeder/old.py: is not text in UTF-8\n" in ran.out
    assert place.read_bytes() == b"# coding: latin-1\nx = 'Quote \xe9'\n"


@libcst
def test_a_service_may_be_called_like_a_folder_that_tools_make(project: Project) -> None:
    project.edit("system.yaml", "feeder", "build")
    project.run("generate")
    project.write("services/build/service.py", FEEDER.replace("Feeder", "Build"))
    ran = project.run("rename", "message", "Quote", "Price")
    assert ran.code == 0
    assert "publish(Price(" in project.files()["services/build/service.py"].decode()


def test_a_field_is_named_with_its_message(project: Project) -> None:
    ran = project.run("rename", "field", "Quote", "market")
    assert (ran.code, ran.err) == (
        2,
        "torq-gen rename: error: expected MESSAGE.FIELD, found 'Quote'\n"
        "  help: there are: Quote.venue, Quote.price\n",
    )
