"""The page about adoption is true of the public applications that it reads."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.pages import ROOT, from_source, play
from torq_gen.cli import main

PAGE = "docs/adopt.md"
SPARK = ("spark-advisor-analyzer", "spark-advisor-hs-connector", "spark-advisor-models")
APPLICATIONS = {
    "spark-advisor": [f"{name}==0.1.21" for name in SPARK],
    "mlserver": ["mlserver==1.7.1"],
    "allianceauth-afat": ["allianceauth-afat==6.3.0"],
    "aa-structures": ["aa-structures==4.1.0"],
}


def fetched(wanted: list[str], place: Path) -> None:
    """Wheels from the package registry; without one the test is skipped."""
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--ignore-requires-python"]
    if subprocess.run([*pip, *wanted, "-d", place], capture_output=True).returncode:
        pytest.skip("no package registry: PIP_INDEX_URL=<registry> pytest tests/packaging")


def rows() -> dict[str, list[int]]:
    """The figures of each application: right, wrong and missed of flows, stores and externals."""
    found = {}
    for line in (ROOT / PAGE).read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 11 and cells[2].isdigit():
            found[cells[0]] = [int(cell) for cell in cells[2:]]
    return found


@pytest.mark.slow
def test_the_walk_through(tmp_path: Path) -> None:
    fetched(APPLICATIONS["spark-advisor"], tmp_path / "probe")
    folder = tmp_path / "page"
    folder.mkdir()
    played = play(PAGE, folder, from_source(tmp_path / "bin"))
    for command in ("infer", "generate", "check --update-baseline"):
        assert any(words.startswith(f"torq-gen {command}") for words in played)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(APPLICATIONS))
def test_what_is_found_is_as_much_as_the_table_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    fetched(APPLICATIONS[name], tmp_path)
    for wheel in tmp_path.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tmp_path / "code")
    assert main(["infer", str(tmp_path / "code"), "--format", "json"]) == 0
    services = json.loads(capsys.readouterr().out)["services"]
    flows = {(f["file"], f["line"], f["topic"]) for s in services for f in s["flows"]}
    stores = {u.get("table", u.get("key")) for s in services for u in s["stores"]}
    urls = [call["url"] for service in services for call in service["externals"]]
    hosts = {url.rpartition("://")[2].partition("/")[0] for url in urls}
    (figures,) = (row for label, row in rows().items() if label.startswith(name))
    found = [len(flows), len(stores), len(hosts)]
    assert found == [figures[at] + figures[at + 1] for at in (0, 3, 6)]


def test_the_table_adds_up() -> None:
    figures = list(rows().values())
    assert len(figures) == len(APPLICATIONS)
    right, wrong, missed = (sum(row[at] for row in figures) for at in (0, 1, 2))
    assert f"All {right} flows are right and none is missed." in (ROOT / PAGE).read_text("utf-8")
    assert (wrong, missed) == (0, 0)
