"""What the README and the guide show is what the commands print; their links lead somewhere.

A line of one ellipsis stands for any lines that are left out.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from torq_gen.cli import main

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def examples() -> Iterator[tuple[str, list[str], str]]:
    """Page, command and expected output of every `$ torq-gen` in a console block."""
    for page in PAGES:
        for block in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
            for part in re.split(r"^\$ ", block.replace("\\\n", ""), flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                words = shlex.split(command, comments=True)
                if words[:1] == ["torq-gen"]:
                    yield page, words[1:], output


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference system's spec with what was generated from it."""
    root = tmp_path_factory.mktemp("copy")
    for folder in ("schemas", "generated", "services"):
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
    pattern = re.escape(expected.strip("\n")).replace("…\\\n", "(?:.*\n)*")
    pattern = re.sub(r"…$", "(?:.*\n?)*", pattern)
    assert re.fullmatch(pattern, shown.strip("\n")), f"{page}: found\n{shown}"


def test_the_readme_shows_something() -> None:
    assert sum(page == "README.md" for page, _, _ in examples()) >= 4


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    place = ROOT / page
    for link in LINK.findall(place.read_text(encoding="utf-8")):
        assert (place.parent / link).exists(), f"{page}: {link}"
