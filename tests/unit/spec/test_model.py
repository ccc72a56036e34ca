"""A correct spec gives exactly the model that it describes."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

from torq_gen.diagnostics import Span
from torq_gen.model import (
    AliasType,
    AtMostOncePer,
    BytesType,
    Domain,
    FieldRef,
    OneOf,
    OnFull,
    Precedes,
    Reserved,
    SequentialPer,
    Status,
    Subscription,
    System,
)
from torq_gen.spec import load

CASES = Path(__file__).parents[2] / "cases" / "spec"
POOL = bytes.fromhex("45dda9cb7c25131df268515131f647d726f50608")


def system_of(name: str, tmp_path: Path) -> System:
    shutil.copytree(CASES / name, tmp_path / name)
    system = load(tmp_path / name).system
    assert system is not None
    return system


def made(tmp_path: Path, system: str, schema: str) -> System:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "system.yaml").write_text(system)
    (tmp_path / "schemas" / "m.yaml").write_text(schema)
    loaded = load(tmp_path)
    assert loaded.system is not None, loaded.diagnostics
    return loaded.system


def test_the_canonical_example(tmp_path: Path) -> None:
    system = system_of("canonical", tmp_path)
    assert (system.name, system.package) == ("torq", "torq_contracts")
    assert system.domains["Execution"] == Domain("Execution", 3, 40, 79, "backward", True)
    assert system.domains["Signal"].compatibility == "full"
    assert system.reserved == Reserved((17,), ("LegacyPoolUpdate",))
    message = system.messages["PoolStateUpdate"]
    assert (message.type_id, message.version, message.topic) == (16, 2, "market-data")
    assert (message.key, message.retain) == ("pool_address", 10000)
    assert message.fields[0].type == AliasType("Address", BytesType(20))
    assert message.fields[1].validate == OneOf((1, 2, 3))
    assert message.fields[2].unit == "token0 base units"
    assert message.fields[2].money
    assert message.examples[0][0] == POOL
    assert message.examples[0][-1] == 3000
    assert message.span == Span("schemas/market_data.yaml", 12, 3, 12, 18)
    adapter = system.services["polygon_adapter"]
    assert adapter.status is Status.ACTIVE
    assert [p.orderings for p in adapter.publishes] == [
        (AtMostOncePer("token"),),
        (SequentialPer("pool_address", "block_number"),),
    ]
    assert adapter.invariants[0].check == Precedes(
        FieldRef("InstrumentMeta", "token"), (FieldRef("PoolStateUpdate", "token0"),)
    )
    assert system.services["strat"].subscribes == (
        Subscription("InstrumentMeta"),
        Subscription("PoolStateUpdate", OnFull.DROP_OLDEST),
    )
    assert system.lock.services == {"polygon_adapter": 1, "strat": 2}


def test_values_are_neutral_ones(tmp_path: Path) -> None:
    schema = (CASES / "values" / "schemas" / "m.yaml").read_text().partition("  Wrong:")[0]
    fields = made(tmp_path, "services: {}\n", schema).messages["Right"].fields
    values = {f.name: f.default.value for f in fields if f.default is not None}
    assert math.isnan(values.pop("j"))  # type: ignore[arg-type]
    assert values == {
        "a": 2**64 - 1,
        "b": -1_245_000_000,
        "c": b"\x00\xff",
        "d": 2,
        "e": 77,
        "f": None,
        "g": (1, 2),
        "h": (1, "a"),
        "i": bytes([1, 0, 2, 0]) + POOL,
        "k": 1,
        "l": 0.5,
    }


def test_types_come_after_those_that_they_mention(tmp_path: Path) -> None:
    schema = "types:\n  A: {struct: [{b: list<B>}, {c: C?}]}\n  B: C\n  C: u8\n"
    assert list(made(tmp_path, "{}\n", schema).types) == ["C", "B", "A"]


def test_defaults_of_what_is_left_out(tmp_path: Path) -> None:
    root = tmp_path / "My System"
    root.mkdir()
    system = made(root, "services: {a: {id: 7}}\n", "types: {}\n")
    assert system.name == "my_system"
    assert system.package == "torq_contracts"
    assert [(d.id, d.first_type, d.last_type) for d in system.domains.values()] == [
        (1, 1, 19),
        (2, 20, 39),
        (3, 40, 79),
    ]
    service = system.services["a"]
    assert (service.path, service.status) == ("services/a", Status.ACTIVE)


def test_types_of_one_file_serve_another(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "a.yaml").write_text(
        "domain: Signal\nmessages:\n  Tick: {type: 20, fields: [price: Price]}\n"
    )
    (tmp_path / "schemas" / "z.yaml").write_text("types: {Price: 'fixed<2, u32>'}\n")
    (tmp_path / "system.yaml").write_text("{}\n")
    system = load(tmp_path).system
    assert system is not None
    assert system.messages["Tick"].layout_at(1) == "price fixed<2, u32>"


def test_new_ids_fill_gaps_and_leave_retired_ones_alone(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "m.yaml").write_text("types: {}\n")
    (tmp_path / "system.yaml").write_text("services: {a: {}, b: {id: 2}, c: {}, d: {}}\n")
    (tmp_path / "torq.lock.yaml").write_text("services: {d: 9, gone: 1}\nretired: {older: 3}\n")
    system = load(tmp_path, assign_ids=True).system
    assert system is not None
    assert {n: s.id for n, s in system.services.items()} == {"a": 4, "b": 2, "c": 5, "d": 9}
    assert system.lock.services == {"a": 4, "b": 2, "c": 5, "d": 9}
    assert system.lock.retired == {"gone": 1, "older": 3}


def test_a_service_that_comes_back_gets_its_own_id(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "m.yaml").write_text("types: {}\n")
    (tmp_path / "system.yaml").write_text("services: {back: {}, other: {}}\n")
    (tmp_path / "torq.lock.yaml").write_text("services: {other: 1}\nretired: {back: 2}\n")
    system = load(tmp_path, assign_ids=True).system
    assert system is not None
    assert system.services["back"].id == 2
    assert system.lock.retired == {}


def test_sources_hold_the_text_of_every_file(tmp_path: Path) -> None:
    shutil.copytree(CASES / "canonical", tmp_path / "x")
    sources = load(tmp_path / "x").sources
    assert list(sources) == ["system.yaml", "schemas/market_data.yaml"]
    assert sources["system.yaml"].startswith("system: ")
    assert sources.get("nowhere.yaml") is None
    assert len(sources) == 2
