"""The small project in which the samples of the code rules stand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torq_gen.lint.settings import LintSettings
    from torq_gen.model import System
    from torq_gen.rule import Sample

SYSTEM = """\
system: {name: shop, package: shop_contracts, schemas: [schemas/*.yaml]}
domains:
  Market: {id: 1, types: [1, 19]}
  Trading: {id: 2, types: [20, 39], money: true}
stores:
  redis: {kind: redis}
  postgres: {kind: postgres}
  reports: {kind: files}
externals:
  rates: {urls: ["https://rates.example/v1"], protocol: http}
services:
  trader:
    id: 1
    description: Answers quotes with orders.
    publishes: [Order]
    subscribes: [Quote]
    stores:
      redis: {keys: ["pool:{address}", "limit"], authority: read_write}
      postgres: {tables: [orders], authority: read_write}
      reports: {keys: ["reports/*.csv"], authority: write_only}
    externals: [rates]
    libraries: [redis, asyncpg, psycopg, sqlalchemy, httpx, aiohttp, requests, websockets]
  feed:
    id: 2
    description: Quotes.
    publishes: [Quote]
    subscribes: []
  auditor:
    id: 3
    description: Looks at orders.
    publishes: [Alert]
    subscribes: [Order]
    stores:
      postgres: {tables: [audits], authority: read_write}
  desk:
    id: 4
    description: Shows alerts and quotes.
    publishes: []
    subscribes: [Alert, Quote]
"""

MARKET = """\
domain: Market
types:
  UsdPrice: fixed<8>
messages:
  Quote:
    type: 1
    fields:
      - venue: u16
      - price: UsdPrice
      - size: {type: u256, money: true}
      - depth: u32
      - time: timestamp
"""

TRADING = """\
domain: Trading
messages:
  Order:
    type: 20
    fields:
      - id: u64
      - amount: u256
  Alert:
    type: 21
    fields:
      - text: string
"""

SERVICE = '''\
"""Answers quotes with orders."""

from __future__ import annotations

from shop_contracts.messages import Order, Quote
from shop_contracts.services import TraderBase


class Trader(TraderBase):
    """Buys."""

    async def on_quote(self, message: Quote) -> None:
        """Answers each quote."""
        await self.publish(Order(id=1, amount=message.size))
'''

FILES: Mapping[str, str] = {
    "system.yaml": SYSTEM,
    "schemas/market.yaml": MARKET,
    "schemas/trading.yaml": TRADING,
    "services/__init__.py": "",
    "services/trader/__init__.py": "",
    "services/trader/service.py": SERVICE,
}
"""The files of every sample's project; a sample's own files replace or add to them."""


def project(sample: Sample) -> tuple[System, LintSettings, dict[str, bytes]]:
    """A sample's system, the settings of its pyproject.toml, and all its files."""
    from torq_gen.lint.settings import FILE, parse

    files = {**FILES, **sample.project}
    texts = {path: text for path, text in files.items() if text is not None}
    spec = tuple(sorted((p, t) for p, t in texts.items() if p.endswith(".yaml")))
    contents = {path: text.encode("utf-8", "surrogateescape") for path, text in texts.items()}
    return _system(spec), parse(texts.get(FILE, "")), contents


@cache
def _system(spec: tuple[tuple[str, str], ...]) -> System:
    """The system of a sample's spec files."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from torq_gen.spec import load

    with TemporaryDirectory() as folder:
        for path, text in spec:
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        loaded = load(Path(folder))
    if loaded.system is None:
        wrong = "; ".join(f"{d.span}: {d.message}" for d in loaded.diagnostics)
        raise ValueError(f"the sample's spec cannot be used: {wrong}")
    return loaded.system
