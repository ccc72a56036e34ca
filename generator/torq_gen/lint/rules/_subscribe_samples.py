"""The samples of undeclared-subscribe."""

from __future__ import annotations

from torq_gen.rule import Sample

_HEAD = """\
from shop_contracts.messages import Alert, Order, Quote
from shop_contracts.services import DeskBase, TraderBase


"""
_QUOTES = """\
    async def on_quote(self, message: Quote) -> None:
        await self.publish(Order(id=1, amount=message.size))
"""
_SILENT = """\
from shop_contracts.messages import Order
from shop_contracts.services import TraderBase


class Trader(TraderBase):
    async def on_start(self) -> None:
        await self.publish(Order(id=1, amount=2))
"""
_BUS = """\
from mycelium.bus import Bus
from shop_contracts.messages import Alert, Quote


"""


def _in_class(title: str, body: str, before: str = "") -> Sample:
    return Sample(f"{_HEAD}{before}class Trader(TraderBase):\n{_QUOTES}\n{body}", title=title)


def _at_bus(title: str, text: str) -> Sample:
    return Sample(_BUS + text, title=title)


BAD = (
    _in_class(
        "a handler",
        """\
    async def «on_alert»(self, message: Alert) -> None:
        self.log.warning(message.text)
""",
    ),
    Sample(
        f"""\
{_HEAD}class Common(TraderBase):
    async def «on_alert»(self, message: Alert) -> None:
        self.log.warning(message.text)


class Trader(Common):
{_QUOTES}""",
        title="a handler of a base class",
    ),
    Sample(
        f"""\
from services.trader.alerts import Alerted
{_HEAD}class Trader(Alerted, TraderBase):
{_QUOTES}""",
        title="a handler of a mixin in another module",
        files={
            "services/trader/alerts.py": """\
from shop_contracts.messages import Alert


class Alerted:
    async def «on_alert»(self, message: Alert) -> None:
        self.last = message
"""
        },
    ),
    _in_class(
        "a handler under another name",
        """\
    async def «_noted»(self, message: Alert) -> None:
        self.log.warning(message.text)

    on_alert = _noted
""",
    ),
    Sample(
        f"""\
{_HEAD}class Trader(TraderBase):
    async def «on_quote»(self, message: Alert) -> None:
        await self.publish(Order(id=1, amount=2))
""",
        title="an annotation with another message",
    ),
    Sample(
        f"""\
{_HEAD}class Trader(TraderBase):
    def «on_quote»(self, message: Quote) -> None:
        self.spawn(self.publish(Order(id=1, amount=message.size)))
""",
        title="a handler that nobody can await",
    ),
    Sample(
        f"""\
{_HEAD}class Trader(TraderBase):
{_QUOTES}

class Desk(DeskBase):
    async def «on_alert»(self, message: Alert) -> None:
        self.log.warning(message.text)
""",
        title="a handler in the class of another service",
    ),
    _at_bus(
        "a subscription at the bus",
        """\
async def noted(message: Alert) -> None:
    print(message.text)


def listen(bus: Bus) -> None:
    bus.subscribe(«Alert», noted)
""",
    ),
    _at_bus(
        "one of several subscriptions in a loop",
        """\
KINDS = (Quote, Alert)


def listen(bus: Bus, noted) -> None:
    for kind in KINDS:
        bus.subscribe(«kind», noted)
""",
    ),
)

GOOD = (
    _in_class("the declared message", ""),
    Sample(
        f"""\
{_HEAD}class Common(TraderBase):
{_QUOTES}

class Trader(Common):
    async def on_start(self) -> None:
        self.count = 0
""",
        title="a declared message handled by a base class",
    ),
    _in_class(
        "a method that is no handler",
        """\
    async def on_alarm(self, message: Alert) -> None:
        await self.publish(Order(id=1, amount=2))
""",
    ),
    _in_class(
        "a handler's name in a class that is no service",
        "",
        """\
class Printer:
    def on_alert(self, message: Alert) -> None:
        print(message.text)


""",
    ),
    Sample(
        f"""\
{_HEAD}class Trader(TraderBase):
    async def on_quote(self, message: "Quote") -> None:
        await self.publish(Order(id=1, amount=2))
""",
        title="an annotation that is a text",
    ),
    Sample(
        f"""\
{_HEAD}class Trader(TraderBase):
    def on_quote(self, message: Quote) -> object:
        return self._answer(message)

    async def _answer(self, message: Quote) -> None:
        await self.publish(Order(id=1, amount=message.size))
""",
        title="a handler that returns what can be awaited",
    ),
    Sample(
        f"""\
{_HEAD}class Trader(TraderBase):
    async def on_quote(self, message) -> None:
        await self.publish(Order(id=1, amount=2))
""",
        title="no annotation at all",
    ),
    _at_bus(
        "the declared message at the bus",
        """\
async def noted(message: Quote) -> None:
    print(message.depth)


def listen(bus: Bus) -> None:
    bus.subscribe(Quote, noted)
""",
    ),
    Sample(
        _SILENT,
        title="a method of the life cycle",
    ),
)
