"""The samples of unprovable-publish."""

from __future__ import annotations

from torq_gen.lint.rules._publish_samples import HANDLER, IMPORTS, SERVICE
from torq_gen.rule import Sample

_IN_HANDLER = {
    "an attribute whose name is computed": """\
        await self.publish(«getattr(self, f"found_{message.venue}")»)
""",
    "a method whose name is computed": """\
        await «getattr(self, f"tell_{message.venue}")»(Alert(text="a"))
""",
    "an attribute that nothing assigns": """\
        await self.publish(«self.found»)
""",
    "a list that nothing is put into": """\
        for found in []:
            await self.publish(«found»)
""",
    "a module's names by a computed key": """\
        await self.publish(«globals()[str(message.venue)]»)
""",
    "the functions of a class, read off its dictionary": """\
        await TraderBase.__dict__["publish"](«self», Alert(text="a"))
""",
    "eval": """\
        await self.publish(«eval("Alert(text='a')")»)
""",
}
_BEHIND_IMPORTS = {
    "what JSON holds": ("import json", """\
        await self.publish(«json.loads("{}")»)
"""),
    "a frame's message": ("from shop_contracts.messages import decode_frame", """\
        await self.publish(«decode_frame(b"").message»)
"""),
    "what a library gives": ("import requests", """\
        await self.publish(«requests.get("https://rates.example/v1").json()»)
"""),
    "a library's collection": ("import cachetools", """\
        held = cachetools.LRUCache(3)
        held["a"] = Alert(text="a")
        await self.publish(«held["a"]»)
"""),
    "the service handed to a library": ("import blinker", """\
        blinker.signal("a").send(«self»)
"""),
    "publish handed to a library": ("import tenacity", """\
        await tenacity.Retrying()(«self.publish», Alert(text="a"))
"""),
    "publish handed to a library inside a table": ("import tenacity", """\
        tenacity.call(«{"send": self.publish}»)
"""),
    "publish stored in a library's object": ("import tenacity", """\
        «tenacity.Box().send» = self.publish
"""),
    "a function that publishes what a library calls it with": ("import tenacity", """\
        tenacity.call(lambda found: self.publish(«found»))
"""),
    "a list that a library may have filled": ("import tenacity", """\
        found = [Order(id=1, amount=2)]
        tenacity.fill(found)
        await self.publish(«found[0]»)
"""),
    "a module whose name is computed": ("import importlib", """\
        messages = importlib.import_module(f"messages_{message.venue}")
        await self.publish(«messages.MESSAGE»)
"""),
}  # fmt: skip
_UNCALLED = {
    "a parameter without an annotation": ("", "found", "found"),
    "a parameter that may be anything": ("from typing import Any", "found: Any", "found"),
    "a parameter that may be any message": (
        "from mycelium.protocol import Message",
        "found: Message",
        "found",
    ),
    "arguments of unknown callers": ("", "*found", "found[0]"),
    "a function that does not say what it gives": (
        "from collections.abc import Callable\nfrom typing import Any",
        "make: Callable[[], Any]",
        "make()",
    ),
}


def _bad() -> dict[str, str]:
    found = {title: IMPORTS + HANDLER + body for title, body in _IN_HANDLER.items()}
    for title, (more, body) in _BEHIND_IMPORTS.items():
        found[title] = f"{IMPORTS[:-1]}{more}\n\n{HANDLER}{body}"
    for title, (more, parameter, shown) in _UNCALLED.items():
        found[title] = f"""\
{IMPORTS[:-1]}{more}

class Trader(TraderBase):
    async def tell(self, {parameter}) -> None:
        await self.publish(«{shown}»)
"""
    return found


_GOOD = {
    "an annotation says what it is": """\
class Trader(TraderBase):
    async def tell(self, found: Order) -> None:
        await self.publish(found)
""",
    "isinstance says what it is": """\
class Trader(TraderBase):
    async def tell(self, found: object) -> None:
        if isinstance(found, Order):
            await self.publish(found)
""",
    "match says what it is": """\
class Trader(TraderBase):
    async def tell(self, found) -> None:
        match found:
            case Order():
                await self.publish(found)
""",
    "a cast says what it is": """\
import json
from typing import cast


class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self.publish(cast(Order, json.loads("{}")))
""",
    "its callers are all known": """\
class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self._send(Order(id=1, amount=2))

    async def _send(self, found) -> None:
        await self.publish(found)
""",
    "publish handed to code of the project": """\
async def twice(send, found) -> None:
    await send(found)
    await send(found)


class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await twice(self.publish, Order(id=1, amount=2))
""",
    "a function that a library calls back": """\
import tenacity


class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        tenacity.call(self._tell)

    async def _tell(self, count: int) -> None:
        await self.publish(Order(id=count, amount=2))
""",
    "a frame of which the class is asked": """\
from shop_contracts.messages import decode_frame


class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        found = decode_frame(b"").message
        if isinstance(found, Order):
            await self.publish(found)
""",
    "a message handed to a library": """\
import tenacity


class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        tenacity.call(message)
        await self.publish(Order(id=1, amount=2))
""",
    "another object's publish": """\
import tenacity


class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        tenacity.client().publish(message)
        await self.publish(Order(id=1, amount=2))
""",
}

BAD = tuple(Sample(text, SERVICE, title) for title, text in _bad().items())
GOOD = tuple(Sample(f"{IMPORTS}\n{text}", SERVICE, title) for title, text in _GOOD.items())
