"""The samples of the rules about unused declarations."""

from __future__ import annotations

from collections.abc import Mapping

from torq_gen.rule import Sample

SERVICE = "services/trader/service.py"
_SPEC = """\
system: {name: shop, package: shop_contracts, schemas: [schemas/*.yaml]}
domains:
  Market: {id: 1, types: [1, 19]}
  Trading: {id: 2, types: [20, 39], money: true}
stores:
  redis: {kind: redis}
  postgres: {kind: postgres}
  reports: {kind: files}
  archive: {kind: mongodb}
externals:
  rates: {urls: ["https://rates.example/v1"], protocol: http}
  news: {urls: ["https://news.example/"], protocol: http}
  broker: {urls: ["nats://broker.example:4222"], protocol: nats}
services:
  trader:
    id: 1
    publishes: [Order]
    subscribes: [Quote]
DECLARED
  feed: {id: 2, publishes: [Quote], subscribes: []}
  desk: {id: 4, publishes: [Alert], subscribes: [Order, Quote]}
  risk: {id: 5, publishes: [], subscribes: [Alert]}
"""
_CODE = """\
from shop_contracts.messages import Order, Quote
from shop_contracts.services import TraderBase
IMPORTS

class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self.publish(Order(id=1, amount=2))
BODY"""


def _spec(declared: str, *, active: bool = True) -> str:
    text = "\n".join(f"    {line}" for line in declared.strip().splitlines())
    status = "" if active else "    status: planned\n"
    return _SPEC.replace("DECLARED\n", f"{status}{text}\n")


def _code(text: str) -> str:
    imports, _, body = text.rpartition("---\n")
    shown = "".join(f"        {line}\n" for line in body.splitlines())
    return _CODE.replace("IMPORTS\n", imports).replace("BODY", shown)


def bad(title: str, declared: str, code: str = "", **files: str) -> Sample:
    """What is declared of the trader, with marks where the finding stands: else at its name.

    ``code`` is what its handler does besides, behind its imports and a line ``---``; ``files`` are
    modules beside it.
    """
    spec = _spec(declared)
    if "«" not in spec:
        spec = spec.replace("  trader:", "  «trader»:")
    others = {f"services/trader/{name}.py": text for name, text in files.items()}
    return Sample(spec, "system.yaml", title, {SERVICE: _code(code), **others})


def good(
    title: str,
    declared: str,
    code: str,
    files: Mapping[str, str | None] | None = None,
    *,
    active: bool = True,
) -> Sample:
    """The same without a finding."""
    spec = {"system.yaml": _spec(declared, active=active)}
    return Sample(_code(code), SERVICE, title, {**spec, **(files or {})})
