"""What the README and the guide show is what the commands print; their links lead somewhere.

An ellipsis at the start of a line or for a whole line stands for what is left out. The pages about
a project of one's own and about the linter are played from an empty folder: each block that names a
file is written, each command is run, in the order of the page.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from torq_gen.cli import main

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
OWN_PROJECT = "docs/getting-started.md"
LINTER = "docs/linter.md"
# From an empty folder, by tests of their own.
PLAYED = (OWN_PROJECT, LINTER, "docs/tutorial.md", "docs/adopt.md", "docs/editing.md")
TOOLS = {"torq-gen": "torq_gen", "pytest": "pytest"}
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STATUS = re.compile(r"# exit code (\d)$", re.MULTILINE)
STEP = re.compile(r"^```\w+\n(# (?P<file>[\w./-]+)\n)?(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def examples() -> Iterator[tuple[str, list[str], str]]:
    """Page, command and expected output of every `$ torq-gen` about the reference system."""
    for page in PAGES:
        if page in PLAYED:
            continue
        for block in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
            for words, output in commands(block):
                if words[:1] == ["torq-gen"]:
                    yield page, words[1:], output


def commands(block: str) -> Iterator[tuple[list[str], str]]:
    """The words and the expected output of each command of a console block."""
    for part in re.split(r"^\$ ", block.replace("\\\n", ""), flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield shlex.split(command, comments=True), output


def shows(expected: str, found: str) -> bool:
    """Whether the output is what the page shows."""
    pattern = ""
    for line in expected.strip("\n").split("\n"):
        rest = line.removeprefix("…")
        left_out = ".*" if rest != line else ""
        pattern += f"{left_out}{re.escape(rest)}\n" if rest or not left_out else "(?:.*\n)*"
    return re.fullmatch(pattern, found.strip("\n") + "\n") is not None


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference system's spec with what was generated from it."""
    root = tmp_path_factory.mktemp("copy")
    for folder in ("schemas", "generated", "services", "config"):
        ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    for file in ("system.yaml", "torq.lock.yaml"):
        shutil.copy(ROOT / file, root)
    shutil.copy(ROOT / "generated/.torq-manifest", root / "generated")
    return root


@pytest.mark.parametrize(
    ("page", "command", "expected"), list(examples()), ids=lambda v: str(v)[:60]
)
def test_a_command_prints_what_the_page_shows(
    copy: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    page: str,
    command: list[str],
    expected: str,
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(copy)
    main(command)
    captured = capsys.readouterr()
    shown = captured.err + captured.out
    assert shows(expected, shown), f"{page}: found\n{shown}"


def test_a_project_of_ones_own_works_as_its_page_tells(tmp_path: Path) -> None:
    played = []
    for step in STEP.finditer((ROOT / OWN_PROJECT).read_text(encoding="utf-8")):
        if step["file"]:
            file = tmp_path / step["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step["text"], encoding="utf-8")
            continue
        for words, expected in commands(step["text"]):
            if words[0] in TOOLS:
                status, shown = in_project(tmp_path, words)
                assert status == 0, f"{words}: exit code {status}, found\n{shown}"
                assert shows(expected, shown), f"{words}: found\n{shown}"
                played.append(words[:2])
    assert played.count(["pytest", "-q"]) == 2
    for command in ("generate", "run", "inspect", "replay", "release", "check"):
        assert ["torq-gen", command] in played
    the_page_about_services_is_true_of(tmp_path)


def test_the_linter_does_what_its_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    played = 0
    for step in STEP.finditer((ROOT / LINTER).read_text(encoding="utf-8")):
        if step["file"]:
            file = tmp_path / step["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step["text"], encoding="utf-8")
            continue
        wanted = [int(code) for code in STATUS.findall(step["text"])]
        for words, expected in commands(step["text"]):
            if words[0] == "torq-gen":
                status, shown = in_project(tmp_path, words)
                assert shows(expected, shown), f"{words}: found\n{shown}"
                assert status == (wanted.pop(0) if wanted else 0), words
                played += 1
    assert played >= 6


def the_page_about_services_is_true_of(project: Path) -> None:
    """Its topology runs, its tap records, its lines about fixed-point values hold."""
    page = (ROOT / "docs/services.md").read_text(encoding="utf-8")
    for step in STEP.finditer(page):
        if step["file"]:
            (project / step["file"]).write_text(step["text"], encoding="utf-8")
    run = ["torq-gen", "run", "--until-finished", "--topology", "config/till.toml"]
    status, shown = in_project(project, run)
    assert (status, "total 7.50 EUR" in shown) == (0, True), shown
    python(project, "record.py")
    status, shown = in_project(project, ["torq-gen", "inspect", ".torq/all.torq.gz"])
    assert (status, "\n3 frames, 0 broken" in shown) == (0, True), shown
    (lines,) = (step["text"] for step in STEP.finditer(page) if "PRICE.to_decimal" in step["text"])
    to_integer, to_decimal, _ = (line.split("#")[0] for line in lines.splitlines())
    (project / "prices.py").write_text(
        "from decimal import Decimal\nfrom shop_contracts.messages import PRICE, Price\n"
        f"assert {to_integer} == Price(123)\nassert {to_decimal} == Decimal('1.23')\n"
    )
    python(project, "prices.py")


def python(project: Path, script: str) -> None:
    """Runs a script that needs the generated package."""
    paths = [ROOT / "runtime", project, project / "generated/python"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, paths))}
    subprocess.run([sys.executable, script], cwd=project, env=environment, check=True)


def in_project(folder: Path, words: list[str]) -> tuple[int, str]:
    """Exit code and output of a command, with torq-gen as if it were installed."""
    path = os.pathsep.join(str(ROOT / part) for part in ("generator", "runtime"))
    ran = subprocess.run(
        # -P: pytest as a command does not put the working directory on the path, either
        [sys.executable, "-P", "-m", TOOLS[words[0]], *words[1:]],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout


def test_the_readme_shows_something() -> None:
    assert sum(page == "README.md" for page, _, _ in examples()) >= 4


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    place = ROOT / page
    for link in LINK.findall(place.read_text(encoding="utf-8")):
        assert (place.parent / link).exists(), f"{page}: {link}"
