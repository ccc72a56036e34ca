"""A small project of its own for each test, and a way to run a command in it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from torq_gen.cli import main
from torq_gen.diagnostics import Diagnostic, Severity, Span

if TYPE_CHECKING:
    from torq_gen.spec import Loaded

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


FEEDER = """\
from demo_contracts.messages import Quote
from demo_contracts.services import FeederBase


class Feeder(FeederBase):
    async def on_start(self) -> None:
        await self.publish(Quote(venue=1, price=100))
"""


TAKER = """\
from demo_contracts.messages import Quote
from demo_contracts.services import TakerBase


class Taker(TakerBase):
    async def on_quote(self, message: Quote, /) -> None:
        self.log.info("%d", message.price)
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

    def settings(self, text: str) -> None:
        """Write the settings of torq-gen."""
        self.write("pyproject.toml", f"[tool.torq-gen]\n{text}\n")

    def complete(self) -> None:
        """Generate, and write the code that the skeletons lack."""
        self.run("generate")
        self.write("services/feeder/service.py", FEEDER)
        self.write("services/taker/service.py", TAKER)

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


class Lint:
    """Stands in for the analysis of code: its findings, and what it was asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.found: list[Diagnostic] = []
        self.asked: list[dict[str, Any]] = []

    def finds(
        self, code: str, rule: str, file: str, at: str, *, service: str = "", subject: str = ""
    ) -> None:
        """Have a finding at the first place in the file where a text stands."""
        lines = (self.root / file).read_text(encoding="utf-8").split("\n")
        line, text = next((n, t) for n, t in enumerate(lines, 1) if at in t)
        column = text.index(at) + 1
        span = Span(file, line, column, line, column + len(at))
        message = f"{service} does {subject}"
        found = Diagnostic(code, rule, Severity.ERROR, message, span)
        self.found.append(replace(found, service=service, subject=subject))

    def check(self, root: Path, loaded: Loaded, settings: Any, **options: Any) -> Any:
        """What ``lint.checking.check`` is called as."""
        self.asked.append({"settings": settings, **options})
        files = tuple(
            path.relative_to(root).as_posix()
            for service in (loaded.homes or {}).values()
            if service.active
            if options["services"] is None or service.name in options["services"]
            for path in sorted((root / service.path).rglob("*.py"))
        )
        return SimpleNamespace(diagnostics=tuple(self.found), files=files, marked=files)


@pytest.fixture
def lint(project: Project, monkeypatch: pytest.MonkeyPatch) -> Lint:
    """The project, generated, with an analysis that finds what a test says."""
    project.run("generate")
    found = Lint(project.root)
    module = ModuleType("torq_gen.lint.checking")
    monkeypatch.setattr(module, "check", found.check, raising=False)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return found


@pytest.fixture
def two(project: Project, lint: Lint) -> Lint:
    """A stale file in generated/, and a finding in the code."""
    project.edit("schemas/market.yaml", "A price.", "Another price.")
    project.run("generate")
    project.edit("generated/golden/market.json", "\n", "\n\n")
    lint.finds(
        "TQ602",
        "edited-generated-file",
        "services/taker/service.py",
        "Taker",
        service="taker",
        subject="code",
    )
    return lint
