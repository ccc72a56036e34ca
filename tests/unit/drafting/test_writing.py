"""A draft is written as a spec that the loader takes, with its remarks as comments."""

from __future__ import annotations

from pathlib import Path

from torq_gen.drafting.checking import built, errors
from torq_gen.drafting.model import (
    Draft,
    DraftDomain,
    DraftEdge,
    DraftEnum,
    DraftExternal,
    DraftField,
    DraftMessage,
    DraftSchema,
    DraftService,
    DraftStore,
    DraftStruct,
)
from torq_gen.drafting.writing import files_of

DRAFT = Draft(
    "shop",
    "shop_contracts",
    (DraftDomain("Shop", 1, 1, 99),),
    (
        DraftService(
            "till",
            1,
            path="src/till",
            description="Sells: tea.",
            publishes=(DraftEdge("Sold", ("till.py:3, proved", "also till.py:9, proved")),),
            stores=(
                DraftStore("redis", "write_only", keys=(DraftEdge("sale:{id}"),), shared=True),
            ),
            externals=(DraftEdge("bank"),),
            libraries=("httpx", "PyYAML"),
            notes=("src/till: it was named.",),
            unresolved=("unresolved:", "  till.py:4: nobody\x07 can tell"),
        ),
        DraftService(
            "books",
            2,
            planned=True,
            subscribes=(
                DraftEdge("Sold", on_full="drop_oldest"),
                DraftEdge("Sold2", left_out="no such thing"),
            ),
        ),
    ),
    {"redis": "redis"},
    (DraftExternal("bank", ("https://bank.example/",), "http"),),
    (
        DraftSchema(
            "Shop",
            (
                DraftMessage(
                    "Sold",
                    1,
                    (
                        DraftField("at", "timestamp"),
                        DraftField("kind", "Kind?", "guess: optional"),
                        DraftField("lines", "list<Line>", extra={"doc": "What: and how many."}),
                        DraftField("no", "u8", extra={"validate": {"range": [1, 9]}}),
                    ),
                    "shop.sold",
                    "A sale.",
                    ("a dataclass, till.py:1",),
                ),
            ),
            (
                DraftEnum("Kind", "u8", (("ON", 1), ("OFF", 2)), "Which.", "numbers are new"),
                DraftStruct("Line", (DraftField("sku", "string"),)),
            ),
            ("Drafted.", ""),
        ),
    ),
    ("Drafted.",),
)


def test_the_text_of_system_yaml() -> None:
    assert (
        files_of(DRAFT)["system.yaml"].decode()
        == """\
# Drafted.
system: {name: shop, package: shop_contracts}
domains:
  Shop: {id: 1, types: [1, 99]}
stores:
  redis: {kind: redis}
externals:
  bank: {urls: ["https://bank.example/"], protocol: http}
services:
  # src/till: it was named.
  till:
    id: 1
    description: "Sells: tea."
    path: src/till
    publishes:
      # also till.py:9, proved
      - Sold # till.py:3, proved
    subscribes: []
    stores:
      redis:
        keys:
          - "sale:{id}"
        authority: write_only
        writers: shared # guess: more than one service writes a part of it
    externals:
      - bank
    libraries: [httpx, PyYAML]
    # unresolved:
    #   till.py:4: nobody  can tell

  books:
    id: 2
    status: planned
    publishes: []
    subscribes:
      - Sold: {on_full: drop_oldest}
      # - Sold2 # no such thing
"""
    )


def test_the_text_of_a_schema() -> None:
    assert (
        files_of(DRAFT)["schemas/shop.yaml"].decode()
        == """\
# Drafted.
#
domain: Shop
types:
  Kind: # numbers are new
    doc: Which.
    enum: u8
    values:
      "ON": 1
      "OFF": 2
  Line:
    struct:
      - sku: string
messages:
  # a dataclass, till.py:1
  Sold:
    type: 1
    topic: shop.sold
    doc: "A sale."
    fields:
      - at: timestamp
      - kind: Kind? # guess: optional
      - lines: {type: "list<Line>", doc: "What: and how many."}
      - "no": {type: u8, validate: {range: [1, 9]}}
"""
    )


def test_the_loader_takes_it(tmp_path: Path) -> None:
    system, findings = built(tmp_path, files_of(DRAFT))
    assert errors(findings) == ()
    assert system is not None
    assert [m.name for m in system.messages.values()] == ["Sold"]
    assert system.services["till"].path == "src/till"
    assert list(tmp_path.iterdir()) == []
