"""A variable is what it was last made: per branch, per iteration, per way out."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.unit.lint.facts.programs import facts, handler, in_handler
from torq_gen.lint.facts.model import Escape

ORDER, ALERT = "Order(id=1, amount=2)", 'Alert(text="a")'


def test_the_last_assignment_counts() -> None:
    assert in_handler(f"found = {ALERT}\nfound = {ORDER}\nawait self.publish(found)") == ["Order"]


def test_branches_are_joined_behind_them() -> None:
    body = f"found = {ORDER}\nif message.depth:\n    found = {ALERT}\nawait self.publish(found)"
    assert in_handler(body) == ["Alert", "Order"]


def test_a_branch_that_leaves_does_not_come_back() -> None:
    body = f"found = {ORDER}\nif message.depth:\n    found = {ALERT}\n    return\n"
    assert in_handler(f"{body}await self.publish(found)") == ["Order"]


@pytest.mark.parametrize("leave", ["return", "raise ValueError", "assert False"])
def test_what_stands_behind_the_way_out_is_not_reached(leave: str) -> None:
    assert in_handler(f"{leave}\nawait self.publish({ALERT})") == []


@pytest.mark.parametrize("test", ["False", "0", "None", "''"])
def test_a_constant_that_is_false_guards_dead_code(test: str) -> None:
    assert in_handler(f"if {test}:\n    await self.publish({ALERT})") == []


def test_a_loop_sees_what_a_later_iteration_makes() -> None:
    body = f"found = {ORDER}\nfor _ in range(3):\n    await self.publish(found)\n"
    assert in_handler(f"{body}    found = {ALERT}") == ["Alert", "Order"]


@pytest.mark.parametrize("length", [2, 5, 9, 20])
def test_a_chain_of_variables_is_followed_however_long_it_is(length: int) -> None:
    names = [f"v{i}" for i in range(length)]
    steps = "".join(f"    {a} = {b}\n" for a, b in pairwise(names))
    body = f"{' = '.join(names)} = {ORDER}\nwhile True:\n    await self.publish(v0)\n{steps}"
    assert "Alert" in in_handler(f"{body}    {names[-1]} = {ALERT}")


def test_what_grows_in_a_loop_is_unknown_in_the_end_and_is_said_so() -> None:
    body = "found = self\nwhile True:\n    found = (found,)\nawait self.publish(found[0])"
    body = body.replace("await", "    await")
    assert "?" in in_handler(body)


def test_publish_in_what_grows_in_a_loop_is_not_lost() -> None:
    body = f"found = self.publish\nwhile True:\n    await found[0]({ALERT})\n    found = (found,)"
    assert any(isinstance(f, Escape) for f in facts(handler(body)).facts)


def test_a_handler_sees_each_state_of_the_try() -> None:
    body = f"""\
found = {ORDER}
try:
    found = {ALERT}
    found = {ORDER}
except ValueError:
    await self.publish(found)"""
    assert in_handler(body) == ["Alert", "Order"]


def test_behind_a_try_without_exception_only_its_end_is_seen() -> None:
    body = f"try:\n    found = {ALERT}\n    found = {ORDER}\nexcept ValueError:\n    return\n"
    assert in_handler(f"{body}await self.publish(found)") == ["Order"]


@pytest.mark.parametrize("leave", ["return", "raise ValueError", "break", "continue"])
def test_finally_sees_what_a_way_out_left(leave: str) -> None:
    body = f"""\
for _ in range(3):
    found = {ORDER}
    try:
        if message.depth:
            found = {ALERT}
            {leave}
    finally:
        await self.publish(found)"""
    assert in_handler(body) == ["Alert", "Order"]


def test_behind_finally_only_what_goes_on_is_seen() -> None:
    body = f"""\
found = {ORDER}
try:
    if message.depth:
        found = {ALERT}
        return
finally:
    self.done = True
await self.publish(found)"""
    assert in_handler(body) == ["Order"]


def test_a_lock_swallows_nothing() -> None:
    body = f"async with asyncio.Lock():\n    found = {ALERT}\n    found = {ORDER}\n"
    assert in_handler(f"{body}await self.publish(found)", "import asyncio\n") == ["Order"]


@pytest.mark.parametrize("result", ["True", "error is not None"])
def test_a_manager_that_gives_a_truth_may_swallow(result: str) -> None:
    before = f"""
class Quiet:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        return {result}
"""
    body = f"with Quiet():\n    found = {ALERT}\n    found = {ORDER}\nawait self.publish(found)"
    assert in_handler(f"found = {ORDER}\n{body}", before) == ["Alert", "Order"]


def test_a_manager_that_gives_nothing_swallows_nothing() -> None:
    before = """
class Loud:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        print(error)
"""
    body = f"with Loud():\n    found = {ALERT}\n    found = {ORDER}\nawait self.publish(found)"
    assert in_handler(body, before) == ["Order"]


def test_the_names_of_a_comprehension_end_with_it() -> None:
    body = f"found = {ORDER}\n_ = [found for found in [{ALERT}]]\nawait self.publish(found)"
    assert in_handler(body) == ["Order"]


def test_what_a_walrus_assigns_stays() -> None:
    body = f"_ = [(found := one) for one in [{ALERT}]]\nawait self.publish(found)"
    assert in_handler(body) == ["Alert"]
