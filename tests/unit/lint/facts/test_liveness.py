"""Which variables make another round of a loop worth its while."""

from __future__ import annotations

import ast

import pytest

from tests.unit.lint.facts.programs import in_handler
from torq_gen.lint.facts.liveness import of_loop


@pytest.mark.parametrize(
    ("loop", "names"),
    [
        ("for one in many: use(one)", {"use"}),
        ("for one in many: found = one; use(found)", {"use"}),
        ("for one in many: use(found); found = one", {"use", "found"}),
        ("for one in many: total += one", {"total"}),
        ("for a, (b, *c) in many: use(a, b, c)", {"use"}),
        ("for a.b in many: pass", {"a"}),
        ("while test: test = more()", {"test", "more"}),
        ("while True:\n if c: x = 1\n use(x)", {"c", "use", "x"}),
        ("while True:\n if c: x = 1\n else: x = 2\n use(x)", {"c", "use"}),
        ("while True:\n for y in ys: x = y\n use(x, y)", {"ys", "use", "x", "y"}),
        ("while True:\n while c: x = 1\n use(x)", {"c", "use", "x"}),
        ("while True:\n with a as b: x = b\n use(b, x)", {"a", "use", "b", "x"}),
        ("while True:\n with a as b, c(b) as d: use(b, d)", {"a", "c", "use"}),
        ("while True:\n try: x = 1\n finally: pass\n use(x)", {"use", "x"}),
        ("while True:\n try: pass\n except E as e: pass\n use(e)", {"E", "e", "use"}),
        ("while True:\n match a:\n  case {**rest}: use(rest)", {"a", "use", "rest"}),
        ("while True:\n def f(): return x\n x = 1", {"f", "x"}),
        ("while True:\n f = lambda: x\n x = 1", {"x"}),
        ("while True:\n del x", {"x"}),
        ("while True:\n x: int = 1\n use(x)", {"use"}),
        ("while True:\n x: int\n use(x)", {"use", "x", "int"}),
        ("while True:\n if (x := y): use(x)", {"x", "y", "use"}),
        ("while True:\n import x as y", {"x", "y"}),
    ],
)
def test_what_a_round_may_read_before_it_gives_it(loop: str, names: set[str]) -> None:
    (node,) = ast.parse(loop).body
    assert isinstance(node, ast.While | ast.For)
    assert of_loop(node).read == names


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("x = 1", set()),
        ("x = 1\n break", {"x"}),
        ("if c: break\n x = 1", set()),
        ("x = y = 1\n if c: break\n z = 1\n break", {"x", "y"}),
        ("if c: x = 1\n break", set()),
        ("x = 1\n try: break\n finally: y = 1", {"x"}),
        ("x = 1\n for y in ys: break", set()),
        ("x = 1\n for y in ys: pass\n else: break", {"x"}),
        ("x = 1\n with a as y:\n  z = 1\n  break", {"x", "y", "z"}),
    ],
)
def test_what_a_round_has_surely_given_where_the_loop_is_left(body: str, names: set[str]) -> None:
    (node,) = ast.parse(f"while True:\n {body}").body
    assert isinstance(node, ast.While)
    assert of_loop(node).left_with == names


ORDER = "Order(id=1, amount=2)"


@pytest.mark.parametrize(
    "body",
    [
        # given in one round, and used behind the loop that a later round leaves
        f"while True:\n    if message.depth: break\n    x = {ORDER}\nawait self.publish(x)",
        f"for one in [1]:\n    if one: break\n    x = {ORDER}\nawait self.publish(x)",
        f"for one in [1]:\n    if one: continue\n    x = {ORDER}\nawait self.publish(x)",
        f"for x in [{ORDER}]: pass\nawait self.publish(x)",
        # given in one round, and used in the next one by what names nothing
        "x = None\nwhile True:\n    for one in locals().values(): await self.publish(one)\n"
        f"    x = {ORDER}",
        "from builtins import vars as seen\nwhile True:\n    here = seen()\n"
        f"    await self.publish(here['x'])\n    x = {ORDER}",
        f"while True:\n    def send(): return self.publish(x)\n    await send()\n    x = {ORDER}",
        f"while True:\n    parts = (self.publish(x) for _ in [1])\n    x = {ORDER}\n"
        "    for one in parts: await one",
    ],
)
def test_what_one_round_gives_is_seen_by_the_next_and_behind_the_loop(body: str) -> None:
    assert "Order" in in_handler(body)
