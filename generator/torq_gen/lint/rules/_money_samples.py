"""How the samples of the rules about precision are written."""

from __future__ import annotations

from collections.abc import Mapping

from torq_gen.rule import Sample

_HEAD = """\
from shop_contracts.messages import Order, Quote
from shop_contracts.services import TraderBase


class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
"""
_LAST = "        await self.publish(Order(id=1, amount=message.size))\n"


def in_handler(texts: Mapping[str, str]) -> tuple[Sample, ...]:
    """Each text in a handler, behind the lines that stand before ``---`` in it."""
    return tuple(Sample(_file(text), title=title) for title, text in texts.items())


def _file(text: str) -> str:
    before, mark, inside = text.rpartition("---\n")
    return f"{before}{_HEAD}{inside}{_LAST}" if mark else f"{_HEAD}{text}{_LAST}"
