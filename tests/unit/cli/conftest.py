"""A small project of its own for each test, and a way to run a command in it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from torq_gen.cli import main

SYSTEM = """\
system: {name: demo, package: demo_contracts, schemas: [schemas/*.yaml]}
domains:
  Market: {id: 1, types: [1, 19]}
services:
  feeder:
    id: 1
    publishes: [Quote]
    subscribes: []
  taker:
    id: 2
    publishes: []
    subscribes: [Quote]
"""
SCHEMA = """\
domain: Market
messages:
  Quote:
    type: 16
    doc: A price.
    fields:
      - venue: u16
      - price: {type: "fixed<2>", unit: USD}
reserved:
  types: [17]
"""


class Ran(NamedTuple):
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


class Project:
    """A project folder that is the current one."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def run(self, *arguments: str) -> Ran:
        """Run ``torq-gen`` with the arguments."""
        self._capsys.readouterr()
        code = main(list(arguments))
        captured = self._capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    def write(self, path: str, text: str) -> Path:
        """Write a file below the root."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        return place

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text that stands in the file."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text
        self.write(path, text.replace(old, new))

    def files(self) -> dict[str, bytes]:
        """Every file but those of caches."""
        return {
            place.relative_to(self.root).as_posix(): place.read_bytes()
            for place in self.root.rglob("*")
            if place.is_file() and not {".torq_cache", "__pycache__"} & set(place.parts)
        }


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Project:
    """A system of two services and one message, nothing generated yet."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    found = Project(tmp_path, capsys)
    found.write("system.yaml", SYSTEM)
    found.write("schemas/market.yaml", SCHEMA)
    monkeypatch.chdir(tmp_path)
    return found
