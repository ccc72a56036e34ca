"""The samples of foreign-message and of publish-as-another."""

from __future__ import annotations

from torq_gen.lint.rules._publish_samples import HANDLER, IMPORTS
from torq_gen.rule import Sample

_IN_HANDLER = {
    "a text": """\
        await self.publish(«"order"»)
""",
    "a dictionary": """\
        await self.publish(«{"id": 1, "amount": 2}»)
""",
    "the class instead of a message of it": """\
        await self.publish(«Order»)
""",
    "several at once": """\
        await self.publish(«[Order(id=1, amount=2)]»)
""",
    "a message that was encoded": """\
        await self.publish(«Order(id=1, amount=2).to_json()»)
""",
    "a function that was not called": """\
        await self.publish(«self._made»)

    def _made(self) -> Order:
        return Order(id=1, amount=2)
""",
    "a method that gives nothing": """\
        await self.publish(«self._made()»)

    def _made(self):
        self.made = Order(id=1, amount=2)
""",
}
_OWN_CLASS = """\
{imports}from dataclasses import dataclass


@dataclass
class Note:
    text: str


class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        note = Note("a")
        await self.publish({published})
"""
_DERIVED = """\
{imports}
class Trader(TraderBase):
    async def tell(self, found: Order | str) -> None:
        {test}await self.publish({published})
"""
_SUBSCRIBED = """\
from mycelium.bus import Bus
from shop_contracts.messages import Quote


class Note:
    pass


async def noted(message: object) -> None:
    print(message)


def listen(bus: Bus) -> None:
    bus.subscribe({subscribed}, noted)
"""

FOREIGN = (
    *(Sample(IMPORTS + HANDLER + text, title=title) for title, text in _IN_HANDLER.items()),
    Sample(
        _OWN_CLASS.format(imports=IMPORTS[:-1], published="«note»"),
        title="an object of the service's own class",
    ),
    Sample(
        _DERIVED.format(imports=IMPORTS, test="", published="«found»"),
        title="what its annotation lets be something else",
    ),
    Sample(_SUBSCRIBED.format(subscribed="«Note»"), title="a class of one's own subscribed"),
)
OURS = (
    Sample(
        f"{IMPORTS}{HANDLER}        await self.publish(Order(id=1, amount=2))\n",
        title="a message",
    ),
    Sample(
        f"{IMPORTS}{HANDLER}        await self.publish(Order.from_json(b'{{}}'))\n",
        title="a message that was decoded",
    ),
    Sample(
        f"{IMPORTS}{HANDLER}        for found in [Order(id=1, amount=2)]:\n"
        "            await self.publish(found)\n",
        title="one after another",
    ),
    Sample(
        _OWN_CLASS.format(imports=IMPORTS[:-1], published="Order(id=1, amount=len(note.text))"),
        title="a message made of the service's own object",
    ),
    Sample(
        _DERIVED.format(
            imports=IMPORTS, test="if isinstance(found, Order):\n            ", published="found"
        ),
        title="asked before",
    ),
    Sample(_SUBSCRIBED.format(subscribed="Quote"), title="a message subscribed"),
)

_HEAD = """\
from shop_contracts.messages import Alert, Order, Quote
from shop_contracts.services import AuditorBase, FeedBase, TraderBase


class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self.publish(Order(id=1, amount=2))


"""

AS_ANOTHER = tuple(
    Sample(_HEAD + text, title=title)
    for title, text in {
        "a class of another service": """\
class Feed(FeedBase):
    async def tell(self, found: Quote) -> None:
        await self.publish(«found»)
""",
        "a message that only the other may publish": """\
class Auditor(AuditorBase):
    async def on_order(self, message: Order) -> None:
        await self.publish(«Alert(text="a")»)
""",
        "a message that both may publish": """\
class Auditor(AuditorBase):
    async def on_order(self, message: Order) -> None:
        await self.publish(«Order(id=1, amount=2)»)
""",
        "through a helper": """\
async def tell(owner, found) -> None:
    await owner.publish(found)


class Feed(FeedBase):
    async def on_start(self) -> None:
        await tell(self, «Order(id=1, amount=2)»)
""",
        "the other base's function": """\
class Feed(FeedBase):
    async def on_start(self) -> None:
        await FeedBase.publish(self, «Order(id=1, amount=2)»)
""",
        "something that nobody can tell": """\
class Feed(FeedBase):
    async def tell(self, found) -> None:
        await self.publish(«found»)
""",
        "a base class under another name": """\
Base = FeedBase


class Quoter(Base):
    async def on_start(self) -> None:
        send = self.publish
        await send(«Order(id=1, amount=2)»)
""",
    }.items()
)
AS_ITSELF = tuple(
    Sample(_HEAD + text, title=title)
    for title, text in {
        "its own class alone": "",
        "a second class of its own": """\
class Quiet(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self.publish(Order(id=3, amount=4))
""",
        "another service's base as an annotation": """\
def name(feed: FeedBase) -> str:
    return type(feed).__name__
""",
        "a mixin": """\
class Telling:
    async def tell(self) -> None:
        await self.publish(Order(id=3, amount=4))


class Loud(Telling, TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self.tell()
""",
        "an object that has a publish of its own": """\
class Paper:
    def publish(self, message: Alert) -> None:
        print(message)


Paper().publish(Alert(text="a"))
""",
        "another service's base that only listens to itself": """\
class Feed(FeedBase):
    async def on_start(self) -> None:
        self.count = 0
""",
    }.items()
)
