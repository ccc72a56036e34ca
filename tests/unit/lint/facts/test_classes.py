"""Attributes are sought where Python seeks them."""

from __future__ import annotations

import pytest

from tests.unit.lint.facts.programs import facts, published
from torq_gen.lint.facts.model import Handler, Known, ServiceClass

ORDER, ALERT = "Order(id=1, amount=2)", 'Alert(text="a")'
MADE = "    def made(self):\n        return {}\n"
ASKED = """\
    async def on_quote(self, message: Quote) -> None:
        await self.publish(self.made())
"""


def test_the_first_base_wins() -> None:
    text = f"class A:\n{MADE.format(ORDER)}\nclass B:\n{MADE.format(ALERT)}\n"
    assert published(f"{text}\nclass Trader(A, B, TraderBase):\n{ASKED}") == ["Order"]


def test_in_a_diamond_the_root_comes_last() -> None:
    text = f"""
class Root:
{MADE.format(ALERT)}

class Left(Root):
    pass


class Right(Root):
{MADE.format(ORDER)}

class Trader(Left, Right, TraderBase):
{ASKED}"""
    assert published(text) == ["Order"]


def test_super_goes_on_in_the_order_of_the_object() -> None:
    text = f"""
class Root:
    def made(self):
        return None


class Left(Root):
    def made(self):
        return super().made()


class Right(Root):
{MADE.format(ALERT)}

class Trader(Left, Right, TraderBase):
{ASKED}"""
    assert published(text) == ["Alert"]


def test_an_attribute_hides_a_method() -> None:
    text = f"""
class Trader(TraderBase):
{MADE.format(ORDER)}
    async def on_start(self) -> None:
        self.made = lambda: {ALERT}

{ASKED}"""
    assert published(text) == ["Alert", "Order"]


def test_an_object_of_which_only_the_base_is_known_may_be_of_a_derived_class() -> None:
    text = f"""
class Source:
{MADE.format(ORDER)}

class Other(Source):
{MADE.format(ALERT)}

class Trader(TraderBase):
    async def tell(self, source: Source) -> None:
        await self.publish(source.made())
"""
    assert published(text) == ["Alert", "Order"]


def test_an_object_that_was_made_is_of_its_class() -> None:
    text = f"""
class Source:
{MADE.format(ORDER)}

class Other(Source):
{MADE.format(ALERT)}

class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self.publish(Source().made())
"""
    assert published(text) == ["Order"]


@pytest.mark.parametrize("base", ["Trader", "Common"])
def test_a_class_that_is_its_own_base_ends(base: str) -> None:
    text = f"class Common({base}):\n    pass\n\n\nclass Trader(Common, TraderBase):\n{ASKED}"
    assert published(text) == ["?"]


def test_handlers_are_noted_with_what_they_say() -> None:
    text = """
class Common(TraderBase):
    async def on_order(self, message) -> None:
        raise NotImplementedError


class Trader(Common):
    async def on_quote(self, message: Quote) -> None:
        self.last = message

    async def on_alert(self, message: "Order") -> None:
        self.last = message
"""
    found = {f.name: f for f in facts(text).facts if isinstance(f, Handler)}
    assert {name: f.annotation for name, f in found.items()} == {
        "on_alert": Known("Order"),
        "on_order": None,
        "on_quote": Known("Quote"),
    }
    assert {name: f.unfilled for name, f in found.items()} == {
        "on_alert": False,
        "on_order": True,
        "on_quote": False,
    }


def test_a_class_is_noted_for_the_service_whose_base_it_has() -> None:
    text = """
from shop_contracts.services import DeskBase

class Trader(TraderBase):
    pass


class Desk(DeskBase):
    pass


class Paper:
    pass
"""
    found = [(f.name, f.service) for f in facts(text).facts if isinstance(f, ServiceClass)]
    assert found == [("Trader", "trader"), ("Desk", "desk")]


def test_a_field_is_what_its_annotation_says_when_a_library_made_the_value() -> None:
    text = f"""
from dataclasses import dataclass

from unknown_library import Container


class Maker:
    def made(self):
        return {ORDER}


@dataclass
class Held:
    maker: Maker


HELD = Held(Container().resolve(Maker))


class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self.publish(HELD.maker.made())
"""
    assert published(text) == ["Order"]
