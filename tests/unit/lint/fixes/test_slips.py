"""A handler whose name has a slip is renamed when that is sure, and else nothing is done."""

from __future__ import annotations

import pytest

from torq_gen.lint.fixes import Handler, NotFixableError, without_slip

HEAD = """\
from __future__ import annotations

from shop_contracts.messages import Order, Quote, Quotes
from shop_contracts.services import TraderBase


"""
MESSAGES = ("Order", "Quote", "Star")
SLIP = """\
class Trader(TraderBase):
    # answers
    async def on_quotee(self, message: Quote, /) -> None:
        await self.publish(Order(id=1))
"""


def renamed(text: str, message: str = "Quote", messages: tuple[str, ...] = MESSAGES) -> str | None:
    return without_slip(
        HEAD + text, Handler(message, "Trader", "shop_contracts"), messages, lambda word: ""
    )


@pytest.mark.parametrize(
    "method",
    [
        "async def on_quotee(self, message: Quote, /) -> None:",
        "async  def  on_quotee ( self, message ) :",
        'async def on_quotee(self, message: "Quote", *more, retry=False) -> None:',
        "def on_quotee(self, message: Quote) -> Awaitable[None]:",
        "async def onquote(self, message: Quote) -> None:",
        "async def _on_quote(self, message: Quote) -> None:",
    ],
)
def test_a_method_that_takes_the_message_gets_the_name_and_nothing_else_changes(
    method: str,
) -> None:
    text = SLIP.replace("async def on_quotee(self, message: Quote, /) -> None:", method)
    name = next(n for n in ("on_quotee", "_on_quote", "onquote") if n in method)
    assert renamed(text) == HEAD + text.replace(name, "on_quote")


def test_a_method_under_a_condition_is_renamed_too() -> None:
    body = SLIP.replace("\n    ", "\n        ").replace("# answers", "x = 1").splitlines()
    text = "\n".join((body[0], "    if DEBUG:", *body[1:], ""))
    assert renamed(text) == HEAD + text.replace("on_quotee", "on_quote")


@pytest.mark.parametrize(
    ("message", "methods"),
    [
        ("Quote", ("on_order", "quiet", "_answer")),
        ("Star", ("on_start", "on_stop")),  # which the runtime calls
        ("Quotes", ("on_quote",)),  # the handler of another message
    ],
)
def test_what_has_another_sense_is_no_slip(message: str, methods: tuple[str, ...]) -> None:
    body = "".join(f"    async def {method}(self) -> None: ...\n" for method in methods)
    assert renamed(f"class Trader(TraderBase):\n{body}", message) is None


UNFIT = (
    "on_quotee may be meant, and is no handler of Quote as it stands: make it one, "
    "or write on_quote beside it"
)
USED = "on_quotee may be meant, and {} names it, too: rename both, or write on_quote beside it"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            f"{SLIP}    async def on_qoute(self, message: Quote): ...\n",
            "on_quotee and on_qoute may be meant: rename one, or write on_quote beside them",
        ),
        (SLIP.replace(": Quote,", ": Order,"), UNFIT),
        (SLIP.replace(", message: Quote, /", ""), UNFIT),
        (SLIP.replace("/)", "/, venue)"), UNFIT),
        (SLIP.replace("/)", "/, *, venue)"), UNFIT),
        (SLIP.replace("    async", "    @timed\n    async"), UNFIT),
        (f"{SLIP}        await self.on_quotee(message)\n", USED.format("line 11")),
        (f"TABLE = {{1: 'on_quotee'}}\n{SLIP}", USED.format("line 7")),
        (SLIP + SLIP, "several classes are named Trader"),
    ],
)
def test_where_it_is_not_sure_nothing_is_done_and_it_is_said_why(text: str, reason: str) -> None:
    with pytest.raises(NotFixableError) as caught:
        renamed(text)
    assert str(caught.value) == reason


def test_without_an_annotation_the_name_decides_if_it_is_like_one_alone() -> None:
    text = SLIP.replace(": Quote, /", "")
    assert renamed(text) == HEAD + text.replace("on_quotee", "on_quote")
    with pytest.raises(NotFixableError, match="is no handler of Quote as it stands"):
        renamed(text, messages=(*MESSAGES, "Quotes"))
    stated = renamed(SLIP, messages=(*MESSAGES, "Quotes"))
    assert stated == HEAD + SLIP.replace("on_quotee", "on_quote")


def test_a_name_that_another_file_has_stays() -> None:
    asked: list[str] = []

    def elsewhere(word: str) -> str:
        asked.append(word)
        return "tests/test_trader.py:4"

    handler = Handler("Quote", "Trader", "shop_contracts")
    with pytest.raises(NotFixableError) as caught:
        without_slip(HEAD + SLIP, handler, MESSAGES, elsewhere)
    assert asked == ["on_quotee"]
    assert str(caught.value) == USED.format("tests/test_trader.py:4")
