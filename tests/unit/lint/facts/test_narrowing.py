"""What a test proves holds in the branch that it guards, and nowhere else."""

from __future__ import annotations

import pytest

from tests.unit.lint.facts.programs import in_handler, published

ORDER, ALERT = "Order(id=1, amount=2)", 'Alert(text="a")'


def told(body: str, parameter: str = "found") -> list[str]:
    """What a method publishes that anybody may call."""
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    return published(f"class Trader(TraderBase):\n    async def tell(self, {parameter}):\n{lines}")


@pytest.mark.parametrize(
    "test",
    [
        "isinstance(found, Alert)",
        "isinstance(found, (Alert,))",
        "found and isinstance(found, Alert)",
        "not not isinstance(found, Alert)",
        "type(found) is Alert",
        "type(found) == Alert",
    ],
)
def test_a_class_that_was_asked_for_is_known(test: str) -> None:
    assert told(f"if {test}:\n    await self.publish(found)") == ["Alert"]


def test_behind_the_branch_it_is_unknown_again() -> None:
    assert told("if isinstance(found, Alert):\n    pass\nawait self.publish(found)") == [
        "?",
        "Alert",
    ]


def test_of_two_messages_the_other_one_is_left() -> None:
    body = "if isinstance(found, Alert):\n    return\nawait self.publish(found)"
    assert told(body, "found: Order | Alert") == ["Order"]


def test_a_branch_for_what_it_cannot_be_is_not_reached() -> None:
    body = "if isinstance(found, Alert):\n    await self.publish(found)"
    assert told(body, "found: Order") == []


def test_each_caller_has_its_own_branch() -> None:
    text = f"""
class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self._tell({ORDER})

    async def _tell(self, found) -> None:
        if isinstance(found, Alert):
            await self.publish({ALERT})
        await self.publish(found)
"""
    assert published(text) == ["Order"]


def test_none_is_left_out_behind_a_test_for_it() -> None:
    body = f"found = {ALERT} if message.depth else None\nif found is None:\n    return\n"
    assert in_handler(f"{body}await self.publish(found)") == ["Alert"]


@pytest.mark.parametrize(
    "source", ["requests.get('')", "self.settings['a']", "self.cache.get('a')"]
)
def test_what_may_be_none_besides_is_still_none_in_that_branch(source: str) -> None:
    body = f"found = {source}\nif found is None:\n    await self.publish({ALERT})"
    assert in_handler(body, "import requests\n") == ["Alert"]


def test_a_variable_that_a_nested_function_assigns_is_not_narrowed_away() -> None:
    body = f"""\
found = None
def find():
    nonlocal found
    found = {ALERT}
find()
if found is not None:
    await self.publish(found)"""
    assert in_handler(body) == ["Alert"]


def test_and_gives_its_left_side_only_when_that_is_false() -> None:
    assert in_handler(f"await self.publish({ALERT} and {ORDER})") == ["Order"]


def test_or_gives_its_left_side_only_when_that_is_true() -> None:
    assert in_handler(f"await self.publish(None or {ORDER})") == ["Order"]


def test_a_match_goes_through_its_cases_in_order() -> None:
    body = f"""\
match found:
    case Alert():
        await self.publish({ORDER})
    case _:
        await self.publish(found)"""
    assert told(body, "found: Alert | Order") == ["Order"]
