"""The topologies of the reference system, and those that the guide shows, can be run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mycelium.topology import LinkKind, Mode, Topology
from mycelium.topology.reader import parse
from mycelium.topology.roster import Roster
from torq_contracts.manifest import MANIFEST

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/topology.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^```toml\n# (config/[\w.]+)(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("name", "text"), SHOWN, ids=[name for name, _ in SHOWN])
def test_what_the_guide_shows_is_a_topology(name: str, text: str) -> None:
    reading = parse(f"#{text}", ROOT / "config", Roster.of(MANIFEST))
    assert [fault.text(name) for fault in reading.faults] == []
    assert reading.topology is not None


def test_the_guide_shows_some() -> None:
    assert [name for name, _ in SHOWN] == [
        "config/dev.toml",
        "config/live.toml",
        "config/cluster.toml",
    ]


@pytest.mark.parametrize(
    ("name", "mode", "processes"),
    [
        ("dev", Mode.MONOLITH, ["monolith"]),
        ("bundled", Mode.BUNDLED, ["adapters", "strategies", "platform"]),
        (
            "distributed",
            Mode.DISTRIBUTED,
            ["polygon_adapter", "flash_arbitrage", "signal_relay", "recorder"],
        ),
    ],
)
def test_the_systems_own_topologies(name: str, mode: Mode, processes: list[str]) -> None:
    found = Topology.load(ROOT / f"config/{name}.toml", MANIFEST)
    assert (found.mode, [plan.name for plan in found.processes]) == (mode, processes)
    assert found.settings == Topology.load(ROOT / "config/dev.toml", MANIFEST).settings
    first, last = processes[0], processes[-1]
    assert found.kind_of(first, last) is (LinkKind.UNIX if last != first else LinkKind.LOCAL)
