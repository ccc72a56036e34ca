"""What `infer` reads off the reference system's services is what its system.yaml declares."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from torq_gen.cli import main
from torq_gen.model import Service, System
from torq_gen.spec import load

ROOT = Path(__file__).parents[2]
IGNORED = shutil.ignore_patterns("__pycache__", "tests")


def system_of(root: Path) -> System:
    loaded = load(root)
    assert loaded.system is not None, loaded.diagnostics
    return loaded.system


def inferred(folder: Path, *parts: str) -> System:
    """What is inferred of a copy of some parts of the repository, system.yaml not among them."""
    for part in parts:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=IGNORED)
        else:
            shutil.copy(ROOT / part, folder / part)
    assert main(["infer", str(folder), "--name", "torq"]) == 0
    return system_of(folder)


def flows(system: System) -> dict[str, tuple[set[str], set[str]]]:
    """What each service that has code publishes and subscribes."""
    return {
        s.name: ({p.message for p in s.publishes}, {p.message for p in s.subscribes})
        for s in system.active_services()
    }


def stores(system: System, service: Service) -> set[tuple[str, str, tuple[str, ...]]]:
    """Kind, authority and parts of each store that a service has; code has no names for them."""
    return {
        (system.stores[s.store].kind, s.authority.value, tuple(sorted((*s.keys, *s.tables))))
        for s in service.stores
    }


@pytest.mark.parametrize(
    "parts",
    [
        ("services", "schemas", "torq.lock.yaml"),
        ("services", "schemas"),
        ("services",),
    ],
    ids=lambda parts: "+".join(parts),
)
def test_flows_stores_and_externals_come_back_exactly(
    tmp_path: Path, parts: tuple[str, ...]
) -> None:
    declared = system_of(ROOT)
    found = inferred(tmp_path, *parts)
    assert flows(found) == flows(declared)
    for service in declared.active_services():
        twin = found.services[service.name]
        assert stores(found, twin) == stores(declared, service)
        assert twin.externals == service.externals
        assert set(twin.libraries) == set(service.libraries)


def test_with_its_schemas_and_lock_the_ids_are_the_same(tmp_path: Path) -> None:
    declared = system_of(ROOT)
    found = inferred(tmp_path, "services", "schemas", "torq.lock.yaml")
    assert {s.name: s.id for s in found.active_services()} == {
        s.name: s.id for s in declared.active_services()
    }
    assert {d.name: d.id for d in found.domains.values()} == {
        d.name: d.id for d in declared.domains.values()
    }


def test_its_own_check_finds_nothing_that_was_not_listed(tmp_path: Path) -> None:
    inferred(tmp_path, "services", "schemas")
    assert "unresolved" not in (tmp_path / "system.yaml").read_text()
    assert main(["-C", str(tmp_path), "generate"]) == 0
    assert main(["-C", str(tmp_path), "check", "--select", "flow,store,boundary"]) == 0
