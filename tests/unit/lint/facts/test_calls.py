"""Functions are run with what they are called with; what nobody knows, their annotations say."""

from __future__ import annotations

import pytest

from tests.unit.lint.facts.programs import facts, handler, in_handler, published
from torq_gen.lint.facts.model import Escape, Publish, Unproven

ORDER, ALERT = "Order(id=1, amount=2)", 'Alert(text="a")'


def reasons(text: str) -> list[str]:
    """Why nobody can tell what is published."""
    found = [f.what for f in facts(text).facts if isinstance(f, Publish)]
    return [what.reason for what in found if isinstance(what, Unproven)]


def test_two_callers_are_told_apart() -> None:
    before = "def same(value):\n    return value\n"
    assert in_handler(f"same({ALERT})\nawait self.publish(same({ORDER}))", before) == ["Order"]


def test_many_callers_are_joined_and_none_is_lost() -> None:
    before = "def same(value, count):\n    return value\n"
    calls = "".join(f"same({ORDER}, {i})\n" for i in range(40))
    found = in_handler(f"{calls}await self.publish(same({ALERT}, 99))", before)
    assert set(found) - {"Order"} == {"Alert"}


def test_an_annotation_speaks_for_unknown_callers_alone() -> None:
    text = f"""
class Trader(TraderBase):
    async def on_quote(self, message: Quote) -> None:
        await self._tell({ALERT})

    async def _tell(self, found: Order) -> None:
        await self.publish(found)
"""
    assert published(text) == ["Alert"]


def test_a_default_stands_where_nothing_is_given() -> None:
    before = f"def made(value={ALERT}):\n    return value\n"
    assert in_handler("await self.publish(made())", before) == ["Alert"]
    assert in_handler(f"await self.publish(made({ORDER}))", before) == ["Order"]


@pytest.mark.parametrize(
    ("parameters", "arguments"),
    [
        ("a, b", f"1, {ALERT}"),
        ("a, /, b", f"1, b={ALERT}"),
        ("a, *, b", f"1, b={ALERT}"),
        ("b, a=1", f"*({ALERT},)"),
        ("a, b", f'**{{"a": 1, "b": {ALERT}}}'),
    ],
)
def test_arguments_meet_their_parameters(parameters: str, arguments: str) -> None:
    before = f"def second({parameters}):\n    return b\n"
    assert in_handler(f"await self.publish(second({arguments}))", before) == ["Alert"]


def test_what_comes_out_of_a_list_may_meet_any_parameter() -> None:
    before = "def second(a, b=None):\n    return b\n"
    body = f"await self.publish(second(*[1, {ALERT}]))"
    assert in_handler(body, before) == ["Alert", "a number"]


def test_recursion_gives_what_its_end_gives() -> None:
    before = f"def made(n):\n    return made(n - 1) if n else {ALERT}\n"
    assert in_handler("await self.publish(made(3))", before) == ["Alert"]


def test_a_recursion_without_an_end_gives_nothing_and_is_said() -> None:
    before = "def made(n):\n    return made(n)\n"
    assert reasons(handler("await self.publish(made(3))", before)) == [
        "nothing in the code gives it a value"
    ]


def test_a_recursion_that_grows_ends() -> None:
    before = "def made(n):\n    return made((n, 1)) if n else n\n"
    assert in_handler("await self.publish(made(3))", before) == ["?", "a number", "a tuple"]


def test_publish_in_a_recursion_that_grows_is_not_lost() -> None:
    before = "def made(n):\n    return made((n, 1)) if n else n\n"
    found = facts(handler("made(self.publish)", before)).facts
    assert any(isinstance(f, Escape) for f in found)


def test_what_nobody_calls_is_run_as_called_by_anybody() -> None:
    assert (
        published(f"async def tell(owner: TraderBase):\n    await owner.publish({ALERT})\n") == []
    )
    text = "class Trader(TraderBase):\n    async def tell(self, found):\n"
    assert reasons(f"{text}        await self.publish(found)\n") == [
        "`found` has no annotation and its callers are not all known"
    ]


def test_a_message_names_the_expression_that_nobody_can_tell() -> None:
    text = handler("await self.publish(  self.found ['a'\n] )")
    found = [f.what for f in facts(text).facts if isinstance(f, Publish)]
    assert [w.expression for w in found if isinstance(w, Unproven)] == ["self.found ['a' ]"]


def test_a_long_expression_is_cut() -> None:
    text = handler(f"await self.publish(self.{'long' * 30})")
    found = [f.what for f in facts(text).facts if isinstance(f, Publish)]
    (shown,) = [w.expression for w in found if isinstance(w, Unproven)]
    assert len(shown) == 60
    assert shown.endswith("long…") or shown.endswith("…")


def test_a_handler_is_called_with_its_message_alone() -> None:
    text = f"""
class Trader(TraderBase):
    async def on_quote(self, message: Quote, found={ALERT}) -> None:
        await self.publish(found)
"""
    assert published(text) == ["Alert"]
