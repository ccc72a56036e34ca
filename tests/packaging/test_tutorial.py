"""Every command and every output of the tutorial is true."""

from __future__ import annotations

from pathlib import Path

from tests.packaging.pages import from_source, play

PAGE = "docs/tutorial.md"
COMMANDS = ("init", "check", "run", "tlv", "generate", "release")


def test_the_tutorial(tmp_path: Path) -> None:
    folder = tmp_path / "page"
    folder.mkdir()
    played = play(PAGE, folder, from_source(tmp_path / "bin"))
    for command in COMMANDS:
        assert any(words.startswith(f"torq-gen {command}") for words in played)
    assert played.count("pytest -q") == 3
