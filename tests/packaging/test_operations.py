"""What docs/operations.md says of metrics, settings and code is so."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from mycelium.bus import Bus
from mycelium.health.heartbeat import Heartbeat
from mycelium.health.latency import Latencies
from mycelium.health.metrics import ProcessMetrics
from mycelium.health.vitals import Vitals
from mycelium.resilience import Policy
from mycelium.supervisor import Supervisor
from mycelium.topology import Topology, Tracing
from torq_contracts.manifest import MANIFEST

PAGE = (Path(__file__).parents[2] / "docs/operations.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The page's one block in a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def test_every_metric_is_documented_and_every_documented_one_exists() -> None:
    async def names() -> set[str]:
        bus = Bus(MANIFEST)
        vitals = Vitals("main", bus, Supervisor(bus, []), Heartbeat())
        families = ProcessMetrics(vitals, Latencies()).collect()
        ours = [family for family in families if family.name.startswith("mycelium_")]
        return {f"{f.name}_total" if f.type == "counter" else f.name for f in ours}

    assert set(re.findall(r"`(mycelium_\w+)`", PAGE)) == asyncio.run(names())


def test_its_topology_can_be_used(tmp_path: Path) -> None:
    file = tmp_path / "config/watched.toml"
    file.parent.mkdir()
    file.write_text(block("toml"), encoding="utf-8")
    found = Topology.load(file, MANIFEST)
    assert found.tracing == Tracing(endpoint="http://127.0.0.1:4318", sample=0.01)
    assert found.process("monolith").health == ("127.0.0.1", 9101)


def test_its_code_runs() -> None:
    names: dict[str, Any] = {}
    exec(compile(block("python"), "operations.md", "exec"), names)
    oracle = names["GasOracle"]({"retry": {"attempts": 2}})
    assert asyncio.run(oracle.gas_price()) == 30_000_000_000


def test_the_defaults_of_a_policy_are_those_of_the_table() -> None:
    rows = re.findall(r"^\| (`\w+_?\w*`[^|]*) \| ([\d., ]+) \|", PAGE, re.MULTILINE)
    said: dict[str, float] = {}
    for keys, values in rows:
        numbers = [float(value) for value in values.split(",")]
        said |= dict(zip(re.findall(r"`(\w+)`", keys), numbers, strict=True))
    assert said == {name: getattr(Policy(), name) for name in Policy.__slots__}
