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


if sys.platform == "win32":
    def send(topic, event): ...
else:
    def transmit(topic, event): ...
"""
HELP = "name the module and the class that hold its `def`, not those that import or inherit it"


def said(project: Project, name: str) -> tuple[int, str]:
    project.complete()
    project.write("shop/__init__.py", "from shop.bus import EventBus\n")
    project.write("shop/bus.py", BUS)
    project.write("shop/broken.py", "def (\n")
    entry = f'"{name}" = {{topic = 0}}'
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
        "shop.broken:send",
    ],
)
def test_a_function_that_is_there_is_taken(project: Project, name: str) -> None:
    assert said(project, name) == (0, "")


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
