"""Every command and every output of the page about changing a spec is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.pages import from_source, play

PAGE = "docs/editing.md"


def test_the_page(tmp_path: Path) -> None:
    pytest.importorskip("libcst", reason="needs libcst: pip install 'torq-gen[rename]'")
    folder = tmp_path / "page"
    folder.mkdir()
    played = play(PAGE, folder, from_source(tmp_path / "bin"))
    for command in ("fmt", "-C old fmt", "add", "rename", "graph"):
        assert any(words.startswith(f"torq-gen {command}") for words in played)
