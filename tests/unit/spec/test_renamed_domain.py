"""A domain may get a new name: what was released in it stays, with its id and its vectors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from torq_gen.model import Lock, ReleasedMessage, ReleasedVersion, System
from torq_gen.spec import load
from torq_gen.targets import golden

LAYOUT = "price u64"


def system_of(root: Path, domain: str) -> System:
    root.mkdir()
    (root / "schemas").mkdir()
    text = f"domains:\n  {domain}: {{id: 1, types: [1, 9]}}\nservices: {{}}\n"
    (root / "system.yaml").write_text(text)
    schema = f"domain: {domain}\nmessages:\n  Tick: {{type: 1, fields: [price: u64]}}\n"
    (root / "schemas" / "m.yaml").write_text(schema)
    system = load(root).system
    assert system is not None
    return system


def released(system: System, digest: str) -> System:
    tick = ReleasedMessage(1, {1: ReleasedVersion(LAYOUT, digest)}, 1)
    return replace(system, lock=Lock(messages={"Tick": tick}))


def test_released_vectors_are_found_in_the_file_of_the_older_name(tmp_path: Path) -> None:
    before = system_of(tmp_path / "before", "Market")
    vectors = golden.vectors_of(before.messages["Tick"], 1)
    files = golden.render(before)
    assert list(files) == ["generated/golden/market.json"]
    after = released(system_of(tmp_path / "after", "Prices"), golden.digest(vectors))
    assert golden.keep(after, files) == ({("Tick", 1): vectors}, ())


def test_vectors_of_another_digest_are_not_taken_from_elsewhere(tmp_path: Path) -> None:
    files = golden.render(system_of(tmp_path / "before", "Market"))
    after = released(system_of(tmp_path / "after", "Prices"), "another digest")
    lost = golden.LostVectors("Tick", 1, "generated/golden/prices.json", found=False)
    assert golden.keep(after, files) == ({}, (lost,))
