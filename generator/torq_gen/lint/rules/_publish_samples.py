"""The samples of undeclared-publish: one undeclared message in the disguises that code wears.

Each stands twice: with a message that the service does not declare, and with the one that it does.
"""

from __future__ import annotations

from torq_gen.rule import Sample

_MESSAGE = ('Alert(text="a")', "Order(id=1, amount=2)")
SERVICE = "services/trader/service.py"
IMPORTS = """\
from shop_contracts.messages import Alert, Order, Quote
from shop_contracts.services import TraderBase

"""
HANDLER = """
class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
"""

_IN_HANDLER = {
    "plainly": """\
        await self.publish(«Alert(text="a")»)
""",
    "the method under another name": """\
        send = self.publish
        await send(«Alert(text="a")»)
""",
    "a variable": """\
        found = «Alert(text="a")»
        await self.publish(found)
""",
    "a tuple that is unpacked": """\
        number, found = 1, «Alert(text="a")»
        await self.publish(found)
""",
    "a comprehension": """\
        for found in [«Alert(text="a")» for _ in range(message.depth)]:
            await self.publish(found)
""",
    "a conditional expression": """\
        await self.publish(Order(id=1, amount=2) if message.depth else «Alert(text="a")»)
""",
    "match": """\
        match message.venue:
            case 1:
                found = Order(id=1, amount=2)
            case _:
                found = «Alert(text="a")»
        await self.publish(found)
""",
    "getattr with a constant": """\
        await getattr(self, "publish")(«Alert(text="a")»)
""",
    "a lambda": """\
        send = lambda found: self.publish(found)
        await send(«Alert(text="a")»)
""",
    "a closure": """\
        async def send(found) -> None:
            await self.publish(found)

        await send(«Alert(text="a")»)
""",
    "a list that is filled and emptied": """\
        waiting = []
        waiting.append(«Alert(text="a")»)
        while waiting:
            await self.publish(waiting.pop())
""",
    "a table of functions": """\
        verbs = {"send": self.publish}
        await verbs["send"](«Alert(text="a")»)
""",
    "a value that a later iteration sees": """\
        found = Order(id=1, amount=2)
        for _ in range(message.depth):
            await self.publish(found)
            found = «Alert(text="a")»
""",
    "a value that only finally sees": """\
        found = Order(id=1, amount=2)
        try:
            if message.depth:
                found = «Alert(text="a")»
                return
        finally:
            await self.publish(found)
""",
    "a wrapper that forwards": """\
        await self._send(«Alert(text="a")»)

    async def _send(self, *args, **kwargs) -> None:
        await self.publish(*args, **kwargs)
""",
    "a spawned task": """\
        self.spawn(self._tell())

    async def _tell(self) -> None:
        await self.publish(«Alert(text="a")»)
""",
}

_BEHIND_IMPORTS = {
    "create_task": ("import asyncio\n", """\
        asyncio.create_task(self.publish(«Alert(text="a")»))
"""),
    "gather of a map": ("import asyncio\n", """\
        await asyncio.gather(*map(self.publish, [«Alert(text="a")»]))
"""),
    "functools.partial": ("from functools import partial\n", """\
        send = partial(self.publish, «Alert(text="a")»)
        await send()
"""),
    "a constructor under another name": ("from shop_contracts.messages import Alert as Note\n", """\
        await self.publish(«Note(text="a")»)
"""),
    "a module imported by its name": ("from importlib import import_module\n", """\
        messages = import_module("shop_contracts.messages")
        await self.publish(«messages.Alert(text="a")»)
"""),
    "a helper of the module": ("""\


async def tell(owner, found):
    await owner.publish(found)

""", """\
        await tell(self, «Alert(text="a")»)
"""),
    "a decorator that publishes what comes back": ("""\


def published(function):
    async def inner(self, *args):
        await self.publish(await function(self, *args))

    return inner

""", """\
        await self._tell("a")

    @published
    async def _tell(self, text):
        return «Alert(text=text)»
"""),
}  # fmt: skip

_WHOLE = {
    "an attribute that another handler's call left": """\

class Trader(TraderBase):
    def __init__(self, settings: object) -> None:
        super().__init__(settings)
        self._last: object = None

    async def on_quote(self, message: Quote) -> None:
        if self._last is not None:
            await self.publish(self._last)
        self._last = «Alert(text="a")»
""",
    "a parameter that its annotation tells": """\

class Trader(TraderBase):
    async def tell(self, found: "Alert | None") -> None:
        if found is not None:
            await self.publish(«found»)
""",
    "an object that isinstance tells": """\

class Trader(TraderBase):
    async def tell(self, found: object) -> None:
        if isinstance(found, Alert):
            await self.publish(«found»)
""",
    "a mixin and super": """\

class Telling:
    async def tell(self, found):
        await self.publish(found)


class Trader(Telling, TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await super().tell(«Alert(text="a")»)
""",
    "a queue between two tasks": """\
import asyncio


class Trader(TraderBase):
    async def on_start(self) -> None:
        self._queue: asyncio.Queue = asyncio.Queue()
        self.spawn(self._drain())

    async def on_quote(self, message: Quote) -> None:
        await self._queue.put(«Alert(text="a")»)

    async def _drain(self) -> None:
        while True:
            await self.publish(await self._queue.get())
""",
}

_ELSEWHERE = {
    "a base class of another module": (
        "services/trader/common.py",
        """\
from shop_contracts.messages import Alert, Order
from shop_contracts.services import TraderBase


class Telling(TraderBase):
    async def tell(self) -> None:
        await self.publish(«Alert(text="a")»)
""",
        """\
from shop_contracts.messages import Quote

from services.trader.common import Telling


class Trader(Telling):
    async def on_quote(self, message: Quote) -> None:
        await self.tell()
""",
    ),
    "a re-export with import *": (
        "services/trader/kinds.py",
        "from shop_contracts.messages import Alert, Order\n\nNote = Alert\n",
        """\
from shop_contracts.messages import Quote
from shop_contracts.services import TraderBase

from services.trader.kinds import *


class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self.publish(«Note(text="a")»)
""",
    ),
    "a name that only the type checker imports": (
        "services/trader/kinds.py",
        "from shop_contracts.messages import Alert as Note\n",
        """\
from __future__ import annotations

from typing import TYPE_CHECKING

from shop_contracts.services import TraderBase

if TYPE_CHECKING:
    from services.trader.kinds import Note


class Trader(TraderBase):
    async def tell(self, found: Note) -> None:
        await self.publish(«found»)
""",
    ),
}


def _declared(text: str) -> str:
    """The same with the message that the service declares."""
    plain = text.replace("«", "").replace("»", "").replace(*_MESSAGE)
    plain = plain.replace('(text="a")', "(id=1, amount=2)").replace("(text=", "(id=")
    return plain.replace("Alert, Order", "Order").replace("Alert", "Order")


def _texts() -> dict[str, tuple[str, dict[str, str]]]:
    found: dict[str, tuple[str, dict[str, str]]] = {
        title: (IMPORTS + HANDLER + body, {}) for title, body in _IN_HANDLER.items()
    }
    for title, (before, body) in _BEHIND_IMPORTS.items():
        found[title] = (IMPORTS[:-1] + before + "\n" + HANDLER + body, {})
    found |= {title: (IMPORTS + text, {}) for title, text in _WHOLE.items()}
    found |= {title: (text, {path: other}) for title, (path, other, text) in _ELSEWHERE.items()}
    return found


BAD = tuple(Sample(text, SERVICE, title, files) for title, (text, files) in _texts().items())
GOOD = tuple(
    Sample(
        _declared(text),
        SERVICE,
        f"declared: {title}",
        {path: _declared(other) for path, other in files.items()},
    )
    for title, (text, files) in _texts().items()
)
