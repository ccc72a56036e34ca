"""A function that the settings name for the project's own bus has to be there."""

from __future__ import annotations

import pytest

from tests.unit.cli.conftest import Project

BUS = """
import sys

from shop.base import Base


class EventBus(Base):
    async def publish(self, topic, event): ...

    emit = publish

    @staticmethod
    def shout(topic, /, *events, **options): ...

    @traced
    def whisper(self): ...


if sys.platform == "win32":
    def send(topic, event): ...
else:
    def transmit(topic, event): ...

try:
    import fast
except ImportError:
    def slow(topic, event): ...
finally:
    first, second = made()

with shut(warnings):
    def quiet(topic, event): ...
"""
HELP = "name the module and the class that hold its `def`, not those that import or inherit it"


def said(project: Project, name: str, places: str = "topic = 0") -> tuple[int, str]:
    project.complete()
    project.write("shop/__init__.py", "from shop.bus import EventBus\n")
    project.write("shop/bus.py", BUS)
    project.write("shop/broken.py", "def (\n")
    entry = f'"{name}" = {{{places}}}'
    project.write("pyproject.toml", f"[tool.torq-gen.bus.publish]\n\n{entry}\n")
    ran = project.run("check")
    return ran.code, ran.err


@pytest.mark.parametrize(
    "name",
    [
        "shop.bus:EventBus.publish",
        "shop.bus:EventBus.emit",
        "shop.bus:send",
        "shop.bus:transmit",
        "shop.bus:slow",
        "shop.bus:quiet",
        "shop.bus:second",
        "shop.broken:send",
    ],
)
def test_a_function_that_is_there_is_taken(project: Project, name: str) -> None:
    assert said(project, name) == (0, "")


@pytest.mark.parametrize(
    ("method", "places"),
    [
        ("publish", "topic = 0, message = 1"),
        ("publish", 'topic = "topic", message = [1, "event"]'),
        ("shout", "topic = 0, message = 5"),
        ("shout", 'topic = 0, message = "anything"'),
        ("whisper", 'topic = 7, message = "anything"'),
    ],
)
def test_arguments_that_are_there_or_may_be_are_taken(
    project: Project, method: str, places: str
) -> None:
    assert said(project, f"shop.bus:EventBus.{method}", places) == (0, "")


@pytest.mark.parametrize(
    ("name", "places", "found", "help"),
    [
        ("EventBus.publish", 'topic = "topc"', "no argument topc for 'topic'",
         "did you mean 'topic'?"),
        ("EventBus.publish", "topic = 0, message = 2", "no argument at position 2 for 'message'",
         "arguments: 0 topic, 1 event"),
        ("EventBus.publish", 'topic = [1, "topic"]', "event at position 1, not topic for 'topic'",
         "arguments: 0 topic, 1 event"),
        ("EventBus.publish", 'topic = "self"', "no argument self for 'topic'",
         "arguments: 0 topic, 1 event"),
        ("transmit", 'topic = 0, message = "evnt"', "no argument evnt for 'message'",
         "did you mean 'event'?"),
    ],
    ids=["name", "position", "both", "self", "function"],
)  # fmt: skip
def test_an_argument_that_is_not_there_is_refused(
    project: Project, name: str, places: str, found: str, help: str
) -> None:
    assert said(project, f"shop.bus:{name}", places) == (
        2,
        f'torq-gen check: error: pyproject.toml:3: expected an argument of "shop.bus:{name}", '
        f"found {found}\n  help: {help}\n",
    )


@pytest.mark.parametrize(
    ("name", "found", "help"),
    [
        ("shop.bus:EventBus.publsh", "no publsh in shop/bus.py", "did you mean 'publish'?"),
        ("shop.bus:EvntBus.publish", "no EvntBus in shop/bus.py", "did you mean 'EventBus'?"),
        ("shop.buss:EventBus.publish", "no module shop.buss", HELP),
        ("shop.bus:EventBus.close", "no close in shop/bus.py", HELP),
        ("shop:EventBus.publish", "no EventBus in shop/__init__.py", HELP),
    ],
    ids=["method", "class", "module", "inherited", "imported"],
)
def test_a_function_that_is_not_there_is_refused(
    project: Project, name: str, found: str, help: str
) -> None:
    assert said(project, name) == (
        2,
        "torq-gen check: error: pyproject.toml:3: expected a function that the project defines, "
        f'found {found} for "{name}"\n  help: {help}\n',
    )
