"""Where a service's imports are sought: in its own folder first, as Python is started there."""

from __future__ import annotations

import pytest

from torq_gen.lint.checking import facts_of
from torq_gen.lint.facts.files import FilesInMemory
from torq_gen.lint.facts.model import Import, Known, Publish
from torq_gen.lint.facts.program import ModuleCode
from torq_gen.lint.samples import project
from torq_gen.rule import Sample

_MAIN = """\
from app.making import make
from shop_contracts.services import {base}


class Main({base}):
    async def on_start(self) -> None:
        await self.publish(make())
"""
_MAKING = """\
from shop_contracts.messages import {message}

from . import words


def make():
    return {message}(**words.WORDS)
"""


def _service(folder: str, base: str, message: str) -> dict[str, str | None]:
    """A service that is started in its folder and has a package `app` there."""
    return {
        f"{folder}/__init__.py": None,
        f"{folder}/main.py": _MAIN.format(base=base),
        f"{folder}/app/__init__.py": "",
        f"{folder}/app/making.py": _MAKING.format(message=message),
        f"{folder}/app/words.py": "WORDS = {}\n",
    }


TRADER = _service("services/trader", "TraderBase", "Order")
AUDITOR = _service("services/auditor", "AuditorBase", "Alert")
SHARED: dict[str, str | None] = {"app/__init__.py": "", "app/making.py": "make = None\n"}


def _facts(files: dict[str, str | None]) -> dict[str, tuple[set[str], set[str | None]]]:
    """What each of the two services publishes, and the files that it imports."""
    system, settings, contents = project(Sample("", "services/trader/service.py", files=files))
    parsed: dict[str, ModuleCode] = {}
    found = {}
    for name in ("trader", "auditor"):
        facts = facts_of(system.services[name], system, FilesInMemory(contents), settings, parsed)
        sent = {f.what.message for f in facts.facts
                if isinstance(f, Publish) and isinstance(f.what, Known)}  # fmt: skip
        read: set[str | None] = {f.found for f in facts.facts if isinstance(f, Import) and f.found}
        found[name] = sent, read
    return found


BOTH = '[tool.torq-gen]\nsource-roots = ["services/trader", "services/auditor"]\n'
ONE = '[tool.torq-gen]\nsource-roots = ["services/auditor"]\n'


@pytest.mark.parametrize(
    "beside",
    [
        {},
        SHARED,
        {"pyproject.toml": BOTH},
        {"pyproject.toml": ONE},
    ],
    ids=["alone", "beside a package of the root", "with both as roots", "with one as a root"],
)
def test_each_service_has_modules_of_its_own_under_one_name(
    beside: dict[str, str | None],
) -> None:
    assert _facts({**TRADER, **AUDITOR, **beside}) == {
        service: (
            {message},
            {f"services/{service}/app/making.py", f"services/{service}/app/words.py"},
        )
        for service, message in (("trader", "Order"), ("auditor", "Alert"))
    }


def test_the_folder_of_a_package_comes_behind_the_roots() -> None:
    package: dict[str, str | None] = {"services/trader/__init__.py": ""}
    (_, read), _ = _facts({**TRADER, **AUDITOR, **SHARED, **package}).values()
    assert "app/making.py" in read
