"""Graphs show who publishes and subscribes what, whole or in part, in every format."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from torq_gen.graph.elements import Graph, Hit, Kind, whole
from torq_gen.graph.formats import as_json, dot, mermaid
from torq_gen.graph.parts import around, hit_by, of_domain
from torq_gen.model import System
from torq_gen.spec.build import build

ROOT = Path(__file__).parents[3]
SYSTEM = b"""\
domains: {A: {id: 1, types: [1, 9]}, B: {id: 2, types: [10, 19]}}
stores: {db: {kind: redis}}
externals: {node: {protocol: http}}
services:
  one: {id: 1, publishes: [First], externals: [node]}
  two:
    id: 2
    publishes: [Second]
    subscribes: [First]
    stores: {db: {keys: [k], authority: read_write}}
  three: {id: 3, publishes: [Third], subscribes: [{Second: {on_full: drop_oldest}}]}
  four: {id: 4, status: planned, subscribes: [Third]}
"""
SCHEMAS = {
    "schemas/a.yaml": b"domain: A\ntypes: {Kind: {enum: u8, values: {X: 1}}}\nmessages:\n"
    b"  First: {type: 1, fields: [{a: u8}]}\n  Second: {type: 2, fields: [{a: list<Kind>}]}\n",
    "schemas/b.yaml": b"domain: B\nmessages:\n  Third: {type: 10, fields: [{a: u8}]}\n",
}


@pytest.fixture(scope="module")
def system() -> System:
    found = build(ROOT, {"system.yaml": SYSTEM, **SCHEMAS}, assign_ids=False)
    assert found.system is not None, found.findings
    return found.system


def names(graph: Graph) -> list[str]:
    return [node.name for node in graph.nodes]


def hits(graph: Graph) -> dict[str, Hit]:
    return {node.name: node.hit for node in graph.nodes}


def test_the_whole(system: System) -> None:
    graph = whole(system)
    assert names(graph) == ["one", "two", "three", "four", "First", "Second", "Third"]
    assert [(e.source, e.target, e.note) for e in graph.edges] == [
        ("service_one", "message_First", ""),
        ("service_two", "message_Second", ""),
        ("message_First", "service_two", ""),
        ("service_three", "message_Third", ""),
        ("message_Second", "service_three", "drop_oldest"),
        ("message_Third", "service_four", ""),
    ]


def test_stores_and_externals_on_demand(system: System) -> None:
    graph = whole(system, [Kind.STORE, Kind.EXTERNAL])
    assert names(graph)[-2:] == ["db", "node"]
    assert [(e.source, e.target, e.does) for e in graph.edges if "db" in e.source + e.target] == [
        ("service_two", "store_db", "writes"),
        ("store_db", "service_two", "reads"),
    ]


def test_one_domain(system: System) -> None:
    assert names(of_domain(whole(system), "B")) == ["three", "four", "Third"]


def test_around_a_service(system: System) -> None:
    assert names(around(whole(system), "two")) == ["one", "two", "three", "First", "Second"]
    assert len(names(around(whole(system), "two", 2))) == 7
    assert names(around(whole(system), "two", 0)) == ["two"]


def test_what_a_change_of_a_message_hits(system: System) -> None:
    assert hits(hit_by(whole(system), system, "Second")) == {
        "two": Hit.DIRECT,
        "three": Hit.DIRECT,
        "four": Hit.DOWNSTREAM,
        "Second": Hit.CHANGED,
        "Third": Hit.DOWNSTREAM,
    }


def test_what_a_change_of_a_type_hits_is_what_its_messages_do(system: System) -> None:
    graph = whole(system)
    assert hit_by(graph, system, "Kind") == hit_by(graph, system, "Second")


def test_what_a_change_of_a_service_hits(system: System) -> None:
    assert hits(hit_by(whole(system), system, "three")) == {
        "three": Hit.CHANGED,
        "four": Hit.DOWNSTREAM,
        "Third": Hit.DIRECT,
    }


def test_mermaid(system: System) -> None:
    assert mermaid(around(whole(system), "four")) == (
        "flowchart LR\n"
        '  service_three["three<br/>id 3"]:::service\n'
        '  service_four["four<br/>id 4"]:::service_planned\n'
        '  message_Third(["Third<br/>type 10"]):::message\n'
        "  service_three --> message_Third\n"
        "  message_Third --> service_four\n"
        "  classDef service fill:#dbeafe,stroke:#1d4ed8,color:#111827\n"
        "  classDef service_planned fill:#dbeafe,stroke:#1d4ed8,color:#111827,stroke-dasharray:4\n"
        "  classDef message fill:#fef9c3,stroke:#a16207,color:#111827\n"
    )


def test_a_subscription_that_may_miss_messages_is_dashed(system: System) -> None:
    graph = of_domain(whole(system), "A")
    assert "  message_Second -.->|drop_oldest| service_three\n" in mermaid(graph)
    assert '"message_Second" -> "service_three" [label="drop_oldest", style=dashed]' in dot(graph)


def test_json(system: System) -> None:
    found = json.loads(as_json(hit_by(whole(system), system, "Third")))
    assert found["nodes"][0] == {
        "id": "service_three",
        "kind": "service",
        "name": "three",
        "group": "",
        "note": "id 3",
        "planned": False,
        "hit": "direct",
    }
    assert found["edges"][1] == {
        "source": "message_Third",
        "target": "service_four",
        "does": "subscribes",
        "note": "",
        "weak": False,
    }


def test_graphviz_takes_the_digraph(system: System, tmp_path: Path) -> None:
    if shutil.which("dot") is None:
        pytest.skip("needs Graphviz: apt-get install graphviz, or brew install graphviz")
    from torq_gen.cli.graph import _svg

    graph = whole(system, [Kind.STORE, Kind.EXTERNAL])
    picture = _svg(dot(graph))
    assert all(f">{name}<" in picture for name in names(graph))
