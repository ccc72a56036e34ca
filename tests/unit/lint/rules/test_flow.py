"""What the rules about flow say, and when they hold their tongue."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from torq_gen.diagnostics import Diagnostic, Related, Span
from torq_gen.lint.checking import check_project
from torq_gen.lint.samples import SYSTEM
from torq_gen.rule import Sample

SERVICE = "services/trader/service.py"
IMPORTS = """\
from shop_contracts.messages import Alert, Order, Quote
from shop_contracts.services import TraderBase

"""
PLANNED = {"system.yaml": SYSTEM.replace("  trader:\n", "  trader:\n    status: planned\n", 1)}


def findings(
    text: str, *codes: str, files: Mapping[str, str | None] | None = None
) -> list[Diagnostic]:
    """The findings of some rules in a service's file."""
    found = check_project(Sample(IMPORTS + text, SERVICE, files=files or {}))
    return [d for d in found if d.code.startswith(codes)]


def test_an_undeclared_message_says_who_may_publish_it_and_what_is_declared() -> None:
    text = """\
class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        found = Alert(text="a")
        await self.publish(found)
        await self.publish(found)
"""
    (found,) = findings(text, "TQ201")
    assert found.message == "trader publishes Alert, which system.yaml does not declare"
    assert found.help == (
        "let auditor publish it, or declare it: services.trader.publishes (--accept-into-spec)"
    )
    assert found.span == Span(SERVICE, 6, 17, 6, 32)
    assert found.related == (
        Related(Span("system.yaml", 15, 17, 15, 22), "Order"),
        Related(Span(SERVICE, 7, 15, 7, 34), "it is published here"),
        Related(Span(SERVICE, 8, 15, 8, 34), "it is published here"),
    )
    assert (found.service, found.subject, found.symbol) == ("trader", "Alert", "Trader.on_quote")


def test_a_message_that_nobody_may_publish_is_to_be_declared() -> None:
    spec = SYSTEM.replace("publishes: [Alert]", "publishes: []").replace(
        "[Alert, Quote]", "[Quote]"
    )
    text = "class Trader(TraderBase):\n    async def tell(self, found: Alert) -> None:\n"
    (found,) = findings(
        f"{text}        await self.publish(found)\n", "TQ201", files={"system.yaml": spec}
    )
    assert found.help == "declare it: services.trader.publishes (--accept-into-spec)"


def test_what_nobody_can_tell_is_named_with_its_reason() -> None:
    text = "class Trader(TraderBase):\n    async def tell(self, found) -> None:\n"
    (found,) = findings(f"{text}        await self.publish(found[0])\n", "TQ204")
    assert found.message == (
        "nobody can tell which message trader publishes with `found[0]`: "
        "`found` has no annotation and its callers are not all known"
    )
    assert found.subject == "found[0]"


def test_a_name_that_the_generated_messages_do_not_have_is_told_with_what_was_meant() -> None:
    text = """\
from shop_contracts.messages import Ordr


class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        found = Ordr(id=1, amount=2)
        await self.publish(found)
"""
    (found,) = findings(text, "TQ2")
    assert (found.code, found.span) == ("TQ204", Span(SERVICE, 10, 28, 10, 33))
    assert found.message == (
        "nobody can tell which message trader publishes with `found`: "
        "`shop_contracts.messages` has no `Ordr` (did you mean `Order`?)"
    )


def test_a_call_that_nobody_awaits_publishes_nothing_and_is_pointed_at() -> None:
    text = """\
class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        self.publish(Order(id=1, amount=2))
"""
    (found,) = findings(text, "TQ2")
    assert (found.code, found.span) == ("TQ203", Span("system.yaml", 15, 17, 15, 22))
    assert found.message == "no code of trader publishes Order, which system.yaml declares"
    assert found.help == "await the call, or remove Order from services.trader.publishes"
    assert found.related == (
        Related(Span(SERVICE, 6, 9, 6, 44), "a call that nobody awaits sends nothing"),
    )


def test_a_class_that_the_runtime_does_not_find_is_told_where_it_looks() -> None:
    text = "class Trade(TraderBase):\n    async def on_start(self) -> None:\n        pass\n"
    (found,) = findings(text, "TQ612")
    assert found.span == Span(SERVICE, 4, 7, 4, 12)
    assert found.message == (
        "trader is started as Trader of services/trader/service.py, and Trade, which derives from "
        "TraderBase, is not found there under that name"
    )
    assert found.help == "rename it to Trader"
    (found,) = findings("", "TQ612", files={"services/trader/core.py": IMPORTS + text})
    assert found.span == Span("services/trader/core.py", 4, 7, 4, 12)
    assert found.help == "import it there as Trader, or move it there"


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("on_qoute", "rename on_qoute to on_quote (--fix does, where nothing else names it)"),
        ("on_order", "write on_quote (--fix inserts it)"),  # a handler, though not of this message
        ("quiet", "write on_quote (--fix inserts it)"),
    ],
)
def test_a_handler_whose_name_has_a_slip_is_to_be_renamed(name: str, mend: str) -> None:
    text = f"class Trader(TraderBase):\n    async def {name}(self, message: Quote) -> None:\n"
    (found,) = findings(f"{text}        print(message)\n", "TQ609")
    assert found.span == Span(SERVICE, 4, 7, 4, 13)
    assert found.message == "Trader has no handler for Quote, which trader subscribes"
    assert found.help == f"{mend}, or remove Quote from services.trader.subscribes"


def test_of_two_names_with_a_slip_both_are_told() -> None:
    methods = "".join(
        f"    async def {name}(self, message: Quote) -> None:\n        print(message)\n"
        for name in ("on_qoute", "on_quotee", "on_start")
    )
    (found,) = findings(f"class Trader(TraderBase):\n{methods}", "TQ609")
    assert found.help == (
        "rename on_quotee or on_qoute to on_quote, or write it, "
        "or remove Quote from services.trader.subscribes"
    )


def test_what_a_service_hears_it_cannot_publish() -> None:
    text = """\
class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self.publish(message)
"""
    (found,) = findings(text, "TQ201")
    assert found.message == "trader publishes Quote, which system.yaml does not declare"
    assert found.help == (
        "let feed publish it, or call the code directly: "
        "trader subscribes Quote, and no service hears itself"
    )


def test_what_a_service_publishes_it_cannot_hear() -> None:
    text = "class Trader(TraderBase):\n    async def on_order(self, message: Order) -> None:\n"
    (found,) = findings(f"{text}        print(message)\n", "TQ202")
    assert found.message == "trader handles Order, which system.yaml does not declare"
    assert found.help == (
        "call the code directly: trader publishes Order, and no service hears itself"
    )


def test_a_handler_that_nobody_can_await_is_told() -> None:
    text = "class Trader(TraderBase):\n    def on_quote(self, message: Quote) -> None:\n"
    (found,) = findings(f"{text}        print(message)\n", "TQ202")
    assert found.span == Span(SERVICE, 5, 9, 5, 17)
    assert found.message == (
        "on_quote of trader is no coroutine function, and the runtime awaits it"
    )
    assert found.help == "write `async def on_quote`"


def test_where_publish_goes_out_of_sight_both_are_named() -> None:
    text = "import tenacity\n\n\nclass Trader(TraderBase):\n    async def on_start(self) -> None:\n"
    (found,) = findings(f"{text}        tenacity.call(self.publish)\n", "TQ204")
    assert found.message == (
        "trader hands `publish` of the service to `tenacity.call`, whose code is not analysed, "
        "and nobody can tell what that publishes"
    )


def test_one_publish_that_nobody_can_tell_may_be_of_what_seems_missing() -> None:
    text = "class Trader(TraderBase):\n    async def tell(self, found) -> None:\n"
    assert findings(f"{text}        await self.publish(found)\n", "TQ203") == []
    (missing,) = findings(f"{text}        self.log.info(found)\n", "TQ203")
    assert missing.message == "no code of trader publishes Order, which system.yaml declares"
    assert missing.related == (Related(Span(SERVICE, 4, 7, 4, 13), "Trader, the class of trader"),)


def test_a_file_that_does_not_parse_may_hold_what_seems_missing() -> None:
    text = "class Trader(TraderBase):\n    count = 0\n"
    files = {"services/trader/half.py": "def half(:\n"}
    assert [d.code for d in findings(text, "TQ2", "TQ6", files=files)] == ["TQ610"]


@pytest.mark.parametrize("text", ["COUNT = 0\n", "class Trader(TraderBase):\n    count = 0\n"])
def test_a_planned_service_is_left_alone(text: str) -> None:
    assert findings(text, "TQ2", "TQ6", files=PLANNED) == []


def test_a_missing_handler_stands_at_the_class_that_runs() -> None:
    text = """\
class Common(TraderBase):
    async def tell(self) -> None:
        await self.publish(Order(id=1, amount=2))


class Trader(Common):
    pass
"""
    (found,) = findings(text, "TQ609")
    assert found.span == Span(SERVICE, 9, 7, 9, 13)
    assert found.message == "Trader has no handler for Quote, which trader subscribes"
    assert (found.service, found.subject) == ("trader", "Quote")


def test_a_handler_is_named_with_what_its_parameter_says() -> None:
    text = "class Trader(TraderBase):\n    async def on_quote(self, message: Order) -> None:\n"
    (found,) = findings(f"{text}        await self.publish(Order(id=1, amount=2))\n", "TQ202")
    assert found.message == (
        "on_quote of trader gets Quote, but its parameter is annotated with Order"
    )
    assert found.help == "annotate it with Quote; Order is handled by on_order"


def test_money_is_named_with_its_field_and_its_place_in_the_schema() -> None:
    text = "class Trader(TraderBase):\n    async def on_quote(self, message: Quote) -> None:\n"
    (found,) = findings(f"{text}        self.half = message.size / 2\n", "TQ5")
    assert found.code == "TQ501"
    assert found.message == "Quote.size is divided with /, which makes a float of it"
    assert found.span == Span(SERVICE, 6, 21, 6, 37)
    assert [(r.span.file, r.message) for r in found.related] == [
        ("schemas/market.yaml", "Quote.size is money")
    ]
