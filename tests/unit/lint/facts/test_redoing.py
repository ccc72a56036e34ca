"""What was found with less than is known in the end, is found again: round by round, to the last.

Shared code is used where what is lost must not be found in another way: functions of the service's
own files are run anyway.
"""

from __future__ import annotations

import pytest

from tests.unit.lint.facts.programs import facts, published
from torq_gen.lint.facts import collecting
from torq_gen.lint.facts.activations import Activation, Activations, nothing
from torq_gen.lint.facts.detail import COARSE, FINE, Detail
from torq_gen.lint.facts.model import Publish, ServiceFacts

ORDER, ALERT = "Order(id=1, amount=2)", 'Alert(text="a")'


@pytest.fixture(params=[FINE, COARSE], ids=["fine", "coarse"], autouse=True)
def detail(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Detail:
    found: Detail = request.param
    monkeypatch.setattr(collecting, "DETAILS", (found,))
    return found


def trader(methods: str, before: str = "") -> str:
    return f"{before}\nclass Trader(TraderBase):{methods}"


SIDE_CALLS = """
    async def on_quote(self, message: Quote) -> None:
        await self.start(message.depth)

    async def start(self, left):
        if left == 0:
            return {alert}
        found = await self.step(left)
        await self.tell(left)
        return found

    async def step(self, left):
        if left == 3:
            return {order}
        return await self.start(left - 1)

    async def tell(self, left):
        await self.publish(await self.step(left))
"""


def test_what_asks_beside_a_recursion_gets_its_result() -> None:
    assert published(trader(SIDE_CALLS.format(alert=ALERT, order=ORDER))) == ["Alert", "Order"]


def test_what_asks_inside_of_a_recursion_gets_its_result() -> None:
    text = f"""
    async def on_quote(self, message: Quote) -> None:
        await self.outer(message.depth)

    async def outer(self, left):
        await self.inner(left)
        return {ALERT}

    async def inner(self, left):
        found = {ORDER}
        if left > 3:
            found = await self.outer(left - 1)
        await self.publish(found)
"""
    assert published(trader(text)) == ["Alert", "Order"]


@pytest.mark.parametrize("length", [2, 4, 5, 9, 20])
def test_a_recursion_goes_through_all_states(length: int) -> None:
    states = "".join(
        f"\n\nclass State{i}:\n    def after(self, owner):\n        return State{i + 1}()\n"
        for i in range(length)
    )
    shared = f"""from shop_contracts.messages import Alert
{states}

class State{length}:
    def after(self, owner):
        owner.publish({ALERT})
        return self
"""
    text = """
    async def on_quote(self, message: Quote) -> None:
        self.state(message.depth)

    def state(self, left):
        if left <= 0:
            return State0()
        return self.state(left - 1).after(self)
"""
    files = {"lib/__init__.py": "", "lib/states.py": shared}
    assert "Alert" in published(trader(text, "from lib.states import State0"), files)


def test_a_comparison_that_asks_for_itself_gets_its_result() -> None:
    text = """
    async def on_quote(self, message: Quote) -> None:
        self.one, self.two = Price(self), Price(self)
        self.ask(1)

    def ask(self, times):
        return self.one < self.two

    def tell(self, found):
        if isinstance(found, Alert):
            self.publish(found)
"""
    before = f"""
class Price:
    def __init__(self, owner):
        self.owner = owner

    def __lt__(self, other):
        self.owner.tell(self.owner.ask(2))
        return {ALERT}
"""
    assert 10 in publish_lines(facts(trader(text, before)))  # where the message is made


def publish_lines(found: ServiceFacts) -> set[int]:
    return {f.span.line for f in found.facts if isinstance(f, Publish)}


def chain(name: str, length: int, last: str) -> str:
    """Statements by which a value gets into an attribute only so many rounds later."""
    names = [f"self.{name}", *(f"self.{name}_{i}" for i in range(length))]
    return "".join(f"        {a} = {b}\n" for a, b in zip(names, [*names[1:], last], strict=True))


LATE = """
async def idle(owner):
    pass


async def go(owner):
    await owner.publish(picked(owner, None))


def picked(owner, key):
    return held(owner, key)


def held(owner, key):
    return owner.held
"""


def test_what_was_called_long_ago_is_done_again_with_all_that_it_calls() -> None:
    text = f"""
    async def on_start(self) -> None:
        self.key = None
        self.held = {ORDER}
        self.go = late.idle

    async def on_quote(self, message: Quote) -> None:
        late.picked(self, self.key)
        await self.go(self)
        self.changed()

    def changed(self):
        self.key = 1
{chain("held", 4, ALERT)}{chain("go", 9, "late.go")}
"""
    files = {"lib/__init__.py": "", "lib/late.py": LATE}
    assert published(trader(text, "from lib import late"), files) == ["Alert", "Order"]


def test_a_module_of_which_types_alone_are_taken_is_done_again() -> None:
    shared = {
        "lib/__init__.py": "",
        "lib/makers.py": "maker = None\n",
        "lib/shapes.py": "from lib import makers\n\n\nclass Box:\n    make = makers.maker\n",
    }
    before = f"""
from typing import TYPE_CHECKING

from lib import makers

if TYPE_CHECKING:
    from lib.shapes import Box


def alert():
    return {ALERT}
"""
    text = """
    async def on_start(self) -> None:
        makers.maker = staticmethod(alert)

    async def on_quote(self, message: Quote) -> None:
        pass

    async def told(self, box: Box) -> None:
        await self.publish(box.make())
"""
    assert published(trader(text, before), shared) == ["Alert"]


def test_who_called_what_is_done_in_place_is_forgotten_with_it() -> None:
    found = Activations()
    caller, inside = Activation("caller", nothing), Activation("inside", nothing)
    found.known[caller.key] = caller
    inside.in_place = True
    inside.callers[caller] = None
    assert found.redo({inside}, set(), lambda *_: None, 1) == ([caller], set())
    assert found.known == {}
