"""A command imports what it needs and nothing more: start-up is what one waits for each time.

Times depend on the machine (`benchmarks/` has them); which modules are imported does not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import mycelium
import torq_gen

HEAVY = {"jinja2", "jsonschema_rs", "yaml", "asyncio", "hypothesis", "pytest", "inspect"}
ROOT = Path(__file__).parents[2]
FEEDER = """\
from torq_contracts.messages import Quote
from torq_contracts.services import FeederBase


class Feeder(FeederBase):
    async def on_start(self):
        await self.publish(Quote(venue=1))
"""
COMMAND = """\
import sys
before = set(sys.modules)
from torq_gen.cli import main
code = main(sys.argv[1:])
print(*sorted(set(sys.modules) - before), file=sys.stderr)
sys.exit(code)
"""


def imported(*arguments: str, cwd: Path = ROOT) -> set[str]:
    """The modules that a command imports, over those of a bare interpreter."""
    folders = (str(Path(package.__path__[0]).parent) for package in (torq_gen, mycelium))
    ran = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=cwd,
        env={"PYTHONPATH": os.pathsep.join(folders)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ran.stderr.split())


def test_version_imports_next_to_nothing() -> None:
    found = {name for name in imported("--version") if not name.startswith("_")}
    assert found == {"torq_gen", "torq_gen.cli"}


def test_help_needs_no_spec_and_no_argparse() -> None:
    found = imported("--help")
    assert not found & (HEAVY | {"argparse", "dataclasses"})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that was generated a moment ago."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "system.yaml").write_text("services: {feeder: {id: 1, publishes: [Quote]}}\n")
    (tmp_path / "schemas/market.yaml").write_text(
        "domain: MarketData\nmessages:\n  Quote: {type: 16, fields: [{venue: u16}]}\n"
    )
    imported("generate", cwd=tmp_path)
    return tmp_path


def test_a_run_with_nothing_to_do_reads_no_yaml_and_fills_no_template(project: Path) -> None:
    found = imported("generate", cwd=project)
    assert not found & {"jinja2", "jsonschema_rs", "yaml", "asyncio", "json"}
    assert "torq_gen.targets" not in found


def test_tlv_takes_the_spec_from_the_cache(project: Path) -> None:
    imported("tlv", cwd=project)  # generate wrote the lock after it had read the spec
    found = imported("tlv", cwd=project)
    assert not found & {"jinja2", "jsonschema_rs", "yaml", "asyncio"}
    assert not any(name.startswith(("mycelium", "torq_gen.targets")) for name in found)


def test_a_check_with_nothing_new_analyses_no_code_and_imports_no_rule(project: Path) -> None:
    (project / "services/feeder/service.py").write_text(FEEDER)
    imported("check", cwd=project)
    found = imported("check", cwd=project)
    assert not found & {"jinja2", "jsonschema_rs", "yaml", "asyncio", "tomllib", "multiprocessing"}
    parts = ("torq_gen.targets", "torq_gen.lint.rules", "torq_gen.lint.facts.machine")
    assert not any(name.startswith(parts) for name in found)
