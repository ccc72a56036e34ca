"""What changed services and code of others showed that the analysis passed over, or never ended."""

from __future__ import annotations

import sys

import pytest

from tests.unit.lint.facts.programs import facts, in_handler, published
from torq_gen.lint.facts import collecting, uncalled
from torq_gen.lint.facts.model import (
    DynamicCode,
    Escape,
    Import,
    MoneyArithmetic,
    Operation,
    Publish,
    Unreadable,
)

ORDER, ALERT = "Order(id=1, amount=2)", 'Alert(text="a")'
SENDER = """
class Sender:
    def __init__(self, service) -> None:
        self.{} = service.publish
"""


def service(body: str, bases: str = "TraderBase", before: str = "") -> str:
    """A service whose handler has one statement."""
    return f"""
{before}

class Trader({bases}):
    async def on_quote(self, message: Quote) -> None:
        {body}
"""


@pytest.mark.parametrize(
    "publish",
    [
        'self.__getattribute__("publish")({})',
        'object.__getattribute__(self, "publish")({})',
        "type(self).publish(self, {})",
    ],
)
def test_publish_is_found_however_it_is_read_off_the_service(publish: str) -> None:
    assert in_handler(f"await {publish.format(ALERT)}") == ["Alert"]


def test_a_setting_may_be_a_number() -> None:
    body = f"""
limit = self.settings.get("limit")
if not isinstance(limit, int):
    raise ValueError(limit)
await self.publish({ALERT})
"""
    assert in_handler(body) == ["Alert"]


def test_a_cast_says_nothing_of_what_is_known() -> None:
    assert in_handler(f"await self.publish(cast(Order, {ALERT}))", "from typing import cast\n") == [
        "Alert"
    ]


def test_a_base_class_that_is_constructed_publishes_as_its_service() -> None:
    before = "from shop_contracts.services import FeedBase"
    found = facts(service(f"await FeedBase(self.settings).publish({ORDER})", before=before))
    assert [f.service for f in found.facts if isinstance(f, Publish)] == ["feed"]


@pytest.mark.parametrize(("name", "count"), [("send", 1), ("_send", 0)])
def test_what_anybody_can_read_off_an_object_goes_with_it(name: str, count: int) -> None:
    before = f"import somewhere\n{SENDER.format(name)}"
    found = facts(service("somewhere.run(Sender(self))", before=before))
    assert len([f for f in found.facts if isinstance(f, Escape)]) == count


def test_a_service_goes_to_a_base_class_that_nobody_knows() -> None:
    found = facts(service("pass", "Outlet, TraderBase", "from somewhere import Outlet"))
    (escape,) = [f for f in found.facts if isinstance(f, Escape)]
    assert (escape.capability, escape.into) == ("the service", "its base class `somewhere.Outlet`")


@pytest.mark.parametrize("base", ["ABC", "Generic[T]"])
def test_base_classes_of_python_are_known(base: str) -> None:
    before = 'from abc import ABC\nfrom typing import Generic, TypeVar\n\nT = TypeVar("T")'
    found = facts(service("pass", f"TraderBase, {base}", before))
    assert not [f for f in found.facts if isinstance(f, Escape)]


def test_what_the_runtime_reads_off_a_service_is_not_to_be_replaced() -> None:
    found = facts("class Trader(TraderBase):\n    SPEC = None\n")
    (dynamic,) = [f for f in found.facts if isinstance(f, DynamicCode)]
    assert dynamic.via == "Trader.SPEC in place of the runtime's own"


@pytest.mark.parametrize("read", ['["services.feed"]', '.get("services.feed")'])
def test_a_module_from_sys_modules_is_an_import(read: str) -> None:
    found = facts(f"import sys\n\nFEED = sys.modules{read}\n")
    assert "services.feed" in [f.module for f in found.facts if isinstance(f, Import)]


@pytest.mark.parametrize(
    ("called", "seen"),
    [
        ('__import__("os.path").system("ls")', True),
        ('__import__("os.path", fromlist=["join"]).system("ls")', False),
    ],
)
def test_import_by_name_gives_the_outermost_package(called: str, seen: bool) -> None:
    found = facts(f"{called}\n").facts
    assert any(type(f).__name__ == "ProcessStart" for f in found) is seen


@pytest.mark.parametrize("shown", ["str(message.size)", 'f"{message.size}"'])
def test_money_stays_money_in_a_text(shown: str) -> None:
    found = facts(service(f"float({shown})"))
    (lost,) = [f for f in found.facts if isinstance(f, MoneyArithmetic)]
    assert (lost.operation, lost.money) == (Operation.FLOAT_CONVERSION, "Quote.size")


def test_a_method_of_a_text_may_be_called_with_anything() -> None:
    text = """
def named(*parts: str, **more: str) -> str:
    return "a-b".replace(*parts, **more)
"""
    assert not [f for f in facts(text).facts if isinstance(f, Unreadable)]


def test_a_method_that_is_wrapped_over_and_over_comes_to_an_end() -> None:
    text = """
def wrapped(run):
    def inner(*args):
        return run(*args)

    return inner


class Model:
    def predict(self, value):
        return value


def load(model: Model) -> None:
    model.predict = wrapped(model.predict)


def reload(models: list[Model]) -> None:
    for model in models:
        load(model)
        model.predict(1)
"""
    assert not [f for f in facts(text).facts if isinstance(f, Unreadable)]


def test_messages_of_functions_that_nobody_mentions_are_found_in_any_order() -> None:
    functions = "".join(
        f"    async def send_{i}(self):\n        await self.second()\n" for i in "ab"
    )
    text = f"""
class Trader(TraderBase):
{functions}
    async def second(self) -> None:
        await self.publish({ALERT})
"""
    assert published(text) == ["Alert"]


def test_a_relative_module_of_a_package_that_nobody_knows_is_a_computed_one() -> None:
    text = """\
import importlib
import os


def load(package):
    return importlib.import_module(".tools", package)


load(os.environ["PACKAGE"])
"""
    found = facts(text, {"tools.py": "A = 1\n"})
    assert [f.via for f in found.facts if isinstance(f, DynamicCode)] == ["a computed import"]
    assert "/tools.py" not in found.files


@pytest.mark.parametrize(
    "seen", ["partial(locals)()", "operator.call(vars)", "next(map(operator.call, [locals]))"]
)
def test_variables_that_python_reads_for_somebody_else_are_said(seen: str) -> None:
    before = "import operator\nfrom functools import partial\n"
    found = facts(service(f'await {seen}["self"].publish({ALERT})', before=before))
    said = [f.via for f in found.facts if isinstance(f, DynamicCode)]
    assert said == ["the variables of code that is running"]


@pytest.mark.parametrize(
    ("assigned", "name"),
    [
        ("box.__class__ = Other", "__class__"),
        ("setattr(box, '__class__', Other)", "__class__"),
        ("Box.__bases__ = (Other,)", "__bases__"),
    ],
)
def test_what_becomes_something_else_is_said(assigned: str, name: str) -> None:
    before = "class Box:\n    pass\n\n\nclass Other:\n    pass\n"
    found = facts(service(f"box = Box(); {assigned}", before=before))
    said = [f.via for f in found.facts if isinstance(f, DynamicCode)]
    assert said == [f"`{name}`: what something is changes when the code runs"]


def test_no_module_that_is_a_program_is_imported_to_see_what_its_classes_have() -> None:
    before = {
        "lib/__init__.py": "",
        "lib/run.py": "from unittest.__main__ import main\n\n\nclass Run(main):\n"
        "    def go(self):\n        pass\n",
    }
    sys.modules.pop("unittest.__main__", None)
    body = service(f"Run(); await self.publish({ALERT})", before="from lib.run import Run\n")
    assert published(body, before) == ["Alert"]
    assert "unittest.__main__" not in sys.modules


def test_all_that_is_forgotten_in_the_last_round_is_handed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Forgetting:
        """A machine that forgets something else each time that it hands something over."""

        def __init__(self) -> None:
            self.heap = self
            self.stale: set[object] = set()
            self.lost: dict[object, None] = {"first": None}
            self.handed: set[object] = set()

        def begin_round(self) -> None:
            pass

        def hand_over(self, value: object, span: object, into: str) -> None:
            self.handed.add(value)
            self.lost["second"] = None

    monkeypatch.setattr(collecting, "_run", lambda machine, paths: None)
    monkeypatch.setattr(uncalled, "enter", lambda machine: None)
    machine = Forgetting()
    assert collecting._rounds(machine, ["a.py"]) == ""  # type: ignore[arg-type]
    assert machine.handed == {"first", "second"}
