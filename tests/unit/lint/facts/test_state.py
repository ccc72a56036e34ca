"""What is kept in attributes, collections and scopes comes back out, whoever put it there."""

from __future__ import annotations

import pytest

from tests.unit.lint.facts.programs import facts, in_handler, published, troubles

ORDER, ALERT = "Order(id=1, amount=2)", 'Alert(text="a")'


def test_an_attribute_holds_all_that_was_ever_put_there() -> None:
    text = f"""
class Trader(TraderBase):
    async def on_start(self) -> None:
        self.found = {ORDER}

    async def on_quote(self, message: Quote) -> None:
        await self.publish(self.found)
        self.found = {ALERT}
"""
    assert published(text) == ["Alert", "Order"]


@pytest.mark.parametrize("length", [3, 12, 30])
def test_a_value_goes_through_as_many_attributes_as_there_are(length: int) -> None:
    steps = "".join(
        f"    def step{i}(self):\n        self.a{i} = self.a{i + 1}\n\n" for i in range(length)
    )
    text = f"""
class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self.publish(self.a0)

{steps}    def last(self):
        self.a{length} = {ALERT}
"""
    assert published(text) == ["Alert"]


def test_two_objects_of_a_class_are_told_apart() -> None:
    before = "class Box:\n    def __init__(self, held):\n        self.held = held\n"
    body = f"one = Box({ORDER})\ntwo = Box({ALERT})\nawait self.publish(one.held)"
    assert in_handler(body, before) == ["Order"]


def test_two_lists_are_told_apart() -> None:
    body = f"one = [{ORDER}]\ntwo = [{ALERT}]\nawait self.publish(one[0])"
    assert in_handler(body) == ["Order"]


def test_keys_of_a_table_are_told_apart() -> None:
    body = f'table = {{"a": {ORDER}, "b": {ALERT}, 3: {ALERT}}}\nawait self.publish(table["a"])'
    assert in_handler(body) == ["Order"]


def test_an_unknown_key_may_be_any() -> None:
    body = f'table = {{"a": {ORDER}, "b": {ALERT}}}\nawait self.publish(table[str(message.venue)])'
    assert in_handler(body) == ["Alert", "Order"]


def test_a_counter_ends() -> None:
    body = "self.count += 1\nself.other = self.other + 1\nself.third = self.other * self.count"
    text = f"""
class Trader(TraderBase):
    count = 0
    other = 0
    third = 0

    async def on_quote(self, message: Quote) -> None:
        {body.replace(chr(10), chr(10) + "        ")}
        await self.publish({ORDER})
"""
    found = facts(text)
    assert troubles(found) == []


@pytest.mark.parametrize(
    "grows",
    ["(self.held, 1)", "[self.held]", '{"a": self.held}', "self.held + 'x'", "Box(self.held)"],
)
def test_a_structure_that_grows_without_end_is_analysed_to_an_end(grows: str) -> None:
    text = f"""
class Box:
    def __init__(self, held):
        self.held = held


class Trader(TraderBase):
    held = None

    async def on_quote(self, message: Quote) -> None:
        self.held = {grows}
        await self.publish({ORDER})
"""
    assert published(text) == ["Order"]


def test_what_grows_without_end_does_not_hide_publish() -> None:
    text = f"""
class Trader(TraderBase):
    held = None

    async def on_quote(self, message: Quote) -> None:
        self.held = (self.held or self.publish, 1)
        await self.held[0]({ALERT})
"""
    assert "Alert" in published(text)


def test_many_messages_in_one_list_are_all_known() -> None:
    many = ", ".join([ORDER] * 40)
    body = f"for found in [{many}]:\n    await self.publish(found)"
    assert in_handler(body) == ["Order"]


def test_many_kinds_of_data_do_not_hide_a_message() -> None:
    many = ", ".join(f'"{i}"' for i in range(60))
    body = f"for found in [{many}, {ALERT}]:\n    await self.publish(found)"
    assert "Alert" in in_handler(body)


def test_closures_of_two_calls_are_told_apart() -> None:
    before = "def keep(value):\n    def inner():\n        return value\n    return inner\n"
    body = f"one = keep({ORDER})\ntwo = keep({ALERT})\nawait self.publish(one())"
    assert in_handler(body, before) == ["Order"]
