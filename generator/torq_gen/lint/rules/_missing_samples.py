"""The samples of declared-publish-missing."""

from __future__ import annotations

from torq_gen.lint.rules._publish_samples import IMPORTS, SERVICE
from torq_gen.rule import Sample

_SPEC = """\
system: {name: shop, package: shop_contracts, schemas: [schemas/*.yaml]}
domains:
  Market: {id: 1, types: [1, 19]}
  Trading: {id: 2, types: [20, 39], money: true}
services:
  trader: {id: 1, STATUSpublishes: [ORDER, ALERT], subscribes: [Quote]}
  feed: {id: 2, publishes: [Quote], subscribes: []}
  desk: {id: 4, publishes: [], subscribes: [Order, Alert]}
"""
_CLASS = f"{IMPORTS}\nclass Trader(TraderBase):\n"


def spec(order: str = "Order", alert: str = "Alert", status: str = "") -> str:
    """The system of these samples; the marks are set around what is missing."""
    return (
        _SPEC.replace("ORDER", order).replace("ALERT", alert).replace("STATUS", status)
    )  # fmt: skip


def _bad(title: str, code: str, *missing: str, **files: str) -> Sample:
    marked = spec(*(f"«{m}»" if m in missing else m for m in ("Order", "Alert")))
    others = {f"services/trader/{name}.py": text for name, text in files.items()}
    return Sample(marked, "system.yaml", title, {SERVICE: code, **others})


def _good(title: str, code: str, status: str = "") -> Sample:
    return Sample(code, SERVICE, title, {"system.yaml": spec(status=status)})


BAD = (
    _bad(
        "a call that nobody awaits",
        f"""\
{_CLASS}    async def on_quote(self, message: Quote) -> None:
        self.publish(Alert(text="a"))
        await self.publish(Order(id=1, amount=2))
""",
        "Alert",
    ),
    _bad(
        "one of two",
        f"""\
{_CLASS}    async def on_quote(self, message: Quote) -> None:
        await self.publish(Order(id=1, amount=2))
""",
        "Alert",
    ),
    _bad(
        "a handler that only looks",
        f"""\
{_CLASS}    async def on_quote(self, message: Quote) -> None:
        self.log.info("quote %s", message)
""",
        "Order",
        "Alert",
    ),
    _bad(
        "made, but never published",
        f"""\
{_CLASS}    async def on_quote(self, message: Quote) -> None:
        self.last = Alert(text="a")
        await self.publish(Order(id=1, amount=2))
""",
        "Alert",
    ),
    _bad(
        "published by a class that is no service",
        f"""\
{_CLASS}    async def on_quote(self, message: Quote) -> None:
        await self.publish(Order(id=1, amount=2))


class Paper:
    def publish(self, message: Alert) -> None:
        print(message)


Paper().publish(Alert(text="a"))
""",
        "Alert",
    ),
    _bad(
        "behind what never is",
        f"""\
{_CLASS}    async def on_quote(self, message: Quote) -> None:
        if False:
            await self.publish(Alert(text="a"))
        await self.publish(Order(id=1, amount=2))
""",
        "Alert",
    ),
    _bad(
        "behind a return",
        f"""\
{_CLASS}    async def on_quote(self, message: Quote) -> None:
        await self.publish(Order(id=1, amount=2))
        return
        await self.publish(Alert(text="a"))
""",
        "Alert",
    ),
    _bad(
        "a constant method that is taken back",
        f"""\
{_CLASS}    async def on_quote(self, message: Quote) -> None:
        found = Alert(text="a")
        found = Order(id=1, amount=2)
        await self.publish(found)
""",
        "Alert",
    ),
)

GOOD = (
    _good(
        "a call that goes on as a task",
        f"""\
{_CLASS}    async def on_quote(self, message: Quote) -> None:
        self.spawn(self.publish(Order(id=1, amount=2)))
        await self.publish(Alert(text="a"))
""",
    ),
    _good(
        "both",
        f"""\
{_CLASS}    async def on_quote(self, message: Quote) -> None:
        await self.publish(Order(id=1, amount=2))
        await self.publish(Alert(text="a"))
""",
    ),
    _good(
        "either of two",
        f"""\
{_CLASS}    async def on_quote(self, message: Quote) -> None:
        await self.publish(Order(id=1, amount=2) if message.depth else Alert(text="a"))
""",
    ),
    _good(
        "in a method that nobody calls here",
        f"""\
{_CLASS}    async def tell(self, found: Order | Alert) -> None:
        await self.publish(found)
""",
    ),
    _good(
        "in a task and a helper",
        f"""\
{_CLASS}    async def on_start(self) -> None:
        self.spawn(self._tell(Alert(text="a")))
        self.spawn(self._tell(Order(id=1, amount=2)))

    async def _tell(self, found) -> None:
        await self.publish(found)
""",
    ),
    _good(
        "a planned service has no code yet",
        f"""\
{_CLASS}    async def on_quote(self, message: Quote) -> None:
        self.log.info("quote %s", message)
""",
        "status: planned, ",
    ),
    _good(
        "a publish that may be of anything may be of it",
        f"""\
{_CLASS}    async def tell(self, found) -> None:
        await self.publish(found)
""",
    ),
    _good("a folder without a service is another rule's finding", "TIMES = 3\n"),
)
