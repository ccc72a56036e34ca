"""The smallest system around a folder of code: one planned service that may do nothing at all."""

from __future__ import annotations

from pathlib import Path

_SYSTEM = """\
system: {{name: foreign, package: foreign_contracts, schemas: [schemas/*.yaml]}}
domains:
  Time: {{id: 1, types: [1, 9]}}
services:
  {name}:
    id: 1
    status: planned
    path: {folder}
    description: Code of others.
    publishes: []
    subscribes: [Tick]
  clock:
    id: 2
    status: planned
    path: no_such_folder
    description: So that the spec is a whole.
    publishes: [Tick]
    subscribes: []
"""
_SCHEMA = """\
domain: Time
messages:
  Tick:
    type: 1
    fields:
      - price: {type: u64, money: true}
"""


def write(root: Path, name: str, folder: str) -> None:
    """Write the spec of a system whose only code is ``folder``."""
    (root / "schemas").mkdir()
    (root / "schemas" / "time.yaml").write_text(_SCHEMA, "utf-8")
    (root / "system.yaml").write_text(_SYSTEM.format(name=name, folder=folder), "utf-8")
