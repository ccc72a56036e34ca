"""The smallest system around folders of code: planned services that may do nothing at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_SYSTEM = """\
system: {name: foreign, package: foreign_contracts, schemas: [schemas/*.yaml]}
domains:
  Time: {id: 1, types: [1, 9]}
services:
"""
_SERVICE = """\
  {name}:
    id: {number}
    status: planned
    path: {folder}
    description: {description}
    publishes: [{publishes}]
    subscribes: [{subscribes}]
"""
_SCHEMA = """\
domain: Time
messages:
  Tick:
    type: 1
    fields:
      - price: {type: u64, money: true}
"""


def write(root: Path, folders: Mapping[str, str]) -> None:
    """Write the spec of a system whose only code is in ``folders``, by the names of services."""
    (root / "schemas").mkdir()
    (root / "schemas" / "time.yaml").write_text(_SCHEMA, "utf-8")
    services = [
        _service(number, name, folder, "Code of others.", subscribes="Tick")
        for number, (name, folder) in enumerate(folders.items(), 1)
    ]
    why = "So that the spec is a whole."
    services.append(_service(len(services) + 1, "clock", "no_such_folder", why, publishes="Tick"))
    (root / "system.yaml").write_text(_SYSTEM + "".join(services), "utf-8")


def _service(
    number: int,
    name: str,
    folder: str,
    description: str,
    *,
    publishes: str = "",
    subscribes: str = "",
) -> str:
    return _SERVICE.format(
        number=number,
        name=name,
        folder=folder,
        description=description,
        publishes=publishes,
        subscribes=subscribes,
    )
