"""The samples of unprovable-subscribe and of unfilled-handler."""

from __future__ import annotations

from torq_gen.rule import Sample

_BUS = """\
from typing import Any

from mycelium.bus import Bus
from shop_contracts.messages import Alert, Order, Quote


async def noted(message: Any) -> None:
    print(message)


"""
_SERVICE = """\
from shop_contracts.messages import Order, Quote
from shop_contracts.services import TraderBase


"""

_UNPROVABLE = {
    "a class of unknown callers": """\
def listen(bus: Bus, kind) -> None:
    bus.subscribe(«kind», noted)
""",
    "any class": """\
def listen(bus: Bus, kind: type) -> None:
    bus.subscribe(«kind», noted)
""",
    "a class by a computed name": """\
from shop_contracts import messages


def listen(bus: Bus, name: str) -> None:
    bus.subscribe(«getattr(messages, name)», noted)
""",
    "a class out of a library's registry": """\
from mycelium.manifest import MESSAGES


def listen(bus: Bus) -> None:
    bus.subscribe(«MESSAGES[1]», noted)
""",
    "the class of an object that nobody knows": """\
def listen(bus: Bus, example: Any) -> None:
    bus.subscribe(«type(example)», noted)
""",
    "classes that a caller lists": """\
def listen(bus: Bus, *kinds) -> None:
    for kind in kinds:
        bus.subscribe(message=«kind», handler=noted)
""",
}
_PROVABLE = {
    "the class itself": """\
def listen(bus: Bus) -> None:
    bus.subscribe(Quote, noted)
""",
    "the class under another name": """\
KIND = Quote


def listen(bus: Bus) -> None:
    subscribe = bus.subscribe
    subscribe(KIND, noted)
""",
    "an annotation that names the class": """\
def listen(bus: Bus, kind: type[Quote]) -> None:
    bus.subscribe(kind, noted)
""",
    "an attribute by a constant name": """\
from shop_contracts import messages


def listen(bus: Bus) -> None:
    bus.subscribe(getattr(messages, "Quote"), noted)
""",
    "the class of an object that is known": """\
def listen(bus: Bus, example: Quote) -> None:
    bus.subscribe(type(example), noted)
""",
    "classes in a table": """\
HANDLERS = {Quote: noted}


def listen(bus: Bus) -> None:
    for kind, handler in HANDLERS.items():
        bus.subscribe(kind, handler)
""",
    "a method of that name elsewhere": """\
class Paper:
    def subscribe(self, what: Any) -> None:
        print(what)


def listen(paper: Paper, what: Any) -> None:
    paper.subscribe(what)
""",
}

_EMPTY = {
    "as the skeleton has it": """\
class Trader(TraderBase):
    async def «on_quote»(self, message: Quote) -> None:
        \"\"\"Called for each Quote.\"\"\"
        raise NotImplementedError
""",
    "with a text": """\
class Trader(TraderBase):
    async def «on_quote»(self, message: Quote) -> None:
        raise NotImplementedError("on_quote")
""",
    "pass": """\
class Trader(TraderBase):
    async def «on_quote»(self, message: Quote) -> None:
        pass
""",
    "three dots": """\
class Trader(TraderBase):
    async def «on_quote»(self, message: Quote) -> None: ...
""",
    "only words": """\
class Trader(TraderBase):
    async def «on_quote»(self, message: Quote) -> None:
        \"\"\"Later.\"\"\"
""",
    "in a base class": """\
class Common(TraderBase):
    async def «on_quote»(self, message: Quote) -> None:
        raise NotImplementedError


class Trader(Common):
    async def on_start(self) -> None:
        await self.publish(Order(id=1, amount=2))
""",
}
_FILLED = {
    "it answers": """\
class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self.publish(Order(id=1, amount=2))
""",
    "it notes": """\
class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        self.last = message
""",
    "filled in a derived class": """\
class Common(TraderBase):
    async def on_start(self) -> None:
        await self.publish(Order(id=1, amount=2))

    async def answer(self, message: Quote) -> None:
        raise NotImplementedError


class Trader(Common):
    async def on_quote(self, message: Quote) -> None:
        await self.answer(message)

    async def answer(self, message: Quote) -> None:
        await self.publish(Order(id=1, amount=2))
""",
    "it refuses what it cannot do": """\
class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        if message.depth:
            raise NotImplementedError("depth")
        await self.publish(Order(id=1, amount=2))
""",
    "it raises something else": """\
class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        raise ValueError(message)
""",
    "a method that is no handler": """\
class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self.publish(Order(id=1, amount=2))

    async def on_paper(self, message: Quote) -> None:
        raise NotImplementedError
""",
}

UNPROVABLE = tuple(Sample(_BUS + text, title=title) for title, text in _UNPROVABLE.items())
PROVABLE = tuple(Sample(_BUS + text, title=title) for title, text in _PROVABLE.items())
EMPTY = tuple(Sample(_SERVICE + text, title=title) for title, text in _EMPTY.items())
FILLED = tuple(Sample(_SERVICE + text, title=title) for title, text in _FILLED.items())
