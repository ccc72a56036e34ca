"""The older shapes of system.yaml load as they stand into the one model."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from torq_gen.model import (
    AtMostOncePer,
    Authority,
    External,
    ExternalEvent,
    FieldRef,
    Precedes,
    Publication,
    Restart,
    RestartStrategy,
    SequentialPer,
    StoreAccess,
    System,
    UncheckedOrdering,
)
from torq_gen.spec import load
from torq_gen.spec.promises import read_ordering

CASES = Path(__file__).parents[2] / "cases" / "spec"


def system_of(name: str, tmp_path: Path) -> System:
    shutil.copytree(CASES / name, tmp_path / name)
    system = load(tmp_path / name).system
    assert system is not None
    return system


def test_bare_names_and_words(tmp_path: Path) -> None:
    service = system_of("older_words", tmp_path).services["market_adapter"]
    assert service.actor_type == "ReliableConsumer"
    assert service.publishes == (Publication("PoolStateUpdate"), Publication("InstrumentMeta"))
    assert service.external_events == (ExternalEvent("BlockchainSwapEvent"),)
    assert service.restart == Restart(RestartStrategy.ONE_FOR_ONE, 3)
    assert service.notes == (
        "RPC providers (4x rotation)",
        "Redis (cache)",
        "authority: pool_metadata",
    )


def test_an_event_without_a_source_is_kept_and_warned_about(tmp_path: Path) -> None:
    shutil.copytree(CASES / "older_words", tmp_path / "x")
    file = tmp_path / "x" / "system.yaml"
    before = load(tmp_path / "x")
    text = file.read_text("utf-8").replace(
        "- BlockchainSwapEvent ", "- events: [BlockchainSwapEvent] "
    )
    file.write_text(text.replace("consumes:", "subscribes:"), "utf-8")
    after = load(tmp_path / "x")
    assert after.system == before.system
    assert [d.message for d in after.diagnostics] == [d.message for d in before.diagnostics]


def test_the_full_definition(tmp_path: Path) -> None:
    system = system_of("older_full", tmp_path)
    service = system.services["market_adapter"]
    assert service.description == "Polygon blockchain → TLV pipeline"
    assert service.external_events == (
        ExternalEvent(
            "eth_subscription (newPendingTransactions, logs)",
            "websocket",
            "JSON-RPC 2.0 notification",
        ),
    )
    assert service.publishes == (
        Publication("PoolStateUpdate", (SequentialPer("pool_address"),)),
        Publication("InstrumentMeta", (AtMostOncePer("token"),)),
    )
    assert service.stores == (
        StoreAccess("redis", Authority.READ_WRITE, ("pool:{address}", "token:{address}")),
        StoreAccess("postgres", Authority.WRITE_ONLY, tables=("pool_metadata", "token_metadata")),
    )
    assert [s.kind for s in system.stores.values()] == ["redis", "postgres"]
    urls = ("https://polygon-rpc.com", "https://polygon-mainnet.g.alchemy.com/v2/...")
    assert system.externals == {"rpc_providers": External("rpc_providers", urls)}
    assert service.externals == ("rpc_providers",)
    assert service.restart == Restart(RestartStrategy.ONE_FOR_ONE, 3, 60)
    assert [i.check for i in service.invariants] == [None, None]
    assert service.invariants[0].id == "instrumentmeta-emitted-before-first-poolstateupdate-for-any"


def test_a_sentence_becomes_a_checked_invariant_where_its_word_is_a_field(tmp_path: Path) -> None:
    shutil.copytree(CASES / "older_full", tmp_path / "x")
    schema = tmp_path / "x" / "schemas" / "market_data.yaml"
    text = schema.read_text("utf-8").replace("- symbol: string", "- pool: bytes[20]")
    schema.write_text(text, "utf-8")
    system = load(tmp_path / "x").system
    assert system is not None
    first, second = system.services["market_adapter"].invariants
    assert first.check == Precedes(
        FieldRef("InstrumentMeta", "pool"), (FieldRef("PoolStateUpdate", "pool_address"),)
    )
    assert second.check is None


@pytest.mark.parametrize("name", ["older_stated", "older_stated_garbled"])
def test_stated_ids_and_topics(name: str, tmp_path: Path) -> None:
    system = system_of(name, tmp_path)
    service = system.services["polygon_adapter"]
    assert service.publishes == (Publication("SwapEvent"),)
    assert service.restart.strategy is RestartStrategy.SYSTEMD
    assert service.bundle == "adapters"
    assert system.messages["SwapEvent"].topic == "market-data"


def test_published_names(tmp_path: Path) -> None:
    service = system_of("older_published", tmp_path).services["polygon_adapter"]
    assert service.publishes == (Publication("SwapEvent"), Publication("PoolMetadata"))
    assert service.restart.strategy is RestartStrategy.SYSTEMD


@pytest.mark.parametrize(
    ("text", "orderings"),
    [
        ("per-pool sequential", (SequentialPer("pool_address"),)),
        ("per-pool sequential, cross-pool concurrent", (SequentialPer("pool_address"),)),
        ("sequential per pool_address.", (SequentialPer("pool_address"),)),
        ("at-most-once per venue", (AtMostOncePer("venue_id"),)),
        ("at most once per venue_id", (AtMostOncePer("venue_id"),)),
        ("per-reserve sequential", (UncheckedOrdering("per-reserve sequential"),)),
        ("whenever", (UncheckedOrdering("whenever"),)),
        (
            "per-pool sequential, mostly",
            (SequentialPer("pool_address"), UncheckedOrdering("per-pool sequential, mostly")),
        ),
    ],
)
def test_orderings_in_words(text: str, orderings: tuple[object, ...], tmp_path: Path) -> None:
    message = system_of("older_words", tmp_path).messages["PoolStateUpdate"]
    renamed = tuple(f for f in message.fields)
    assert [f.name for f in renamed if f.name.startswith("reserve")] == ["reserve0", "reserve1"]
    assert read_ordering(text, message) == orderings
