"""Where a service's imports are sought: in its own folder first, as Python is started there."""

from __future__ import annotations

import pytest

from tests.unit.lint.facts.programs import facts, handler
from torq_gen.lint.checking import facts_of
from torq_gen.lint.facts.code import ModuleCode
from torq_gen.lint.facts.files import FilesInMemory
from torq_gen.lint.facts.model import (
    DynamicCode,
    Import,
    KeyAccess,
    Known,
    ProcessStart,
    Publish,
)
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


_PACKAGE: dict[str, str | None] = {"services/trader/__init__.py": ""}
_SCRIPT: dict[str, str | None] = {"services/trader/__init__.py": None}
_KINDS = pytest.mark.parametrize("kind", [_PACKAGE, _SCRIPT], ids=["package", "script"])


def _dynamic(text: str, files: dict[str, str | None]) -> list[str]:
    return [f.via for f in facts(text, files).facts if isinstance(f, DynamicCode)]


def test_a_name_of_the_folder_and_of_the_root_depends_on_where_python_is_started() -> None:
    files: dict[str, str | None] = {"services/trader/helper.py": "", "helper.py": ""}
    text = handler("helper.run(self)", "import helper\n")
    assert _dynamic(text, {**_SCRIPT, **files}) == [
        "`helper`, which is services/trader/helper.py or helper.py by where Python is started "
        "(rename one)"
    ]
    assert _dynamic(text, {**_PACKAGE, **files}) == []  # nobody starts a package's file
    assert _dynamic(text, {**_SCRIPT, **files, "helper.py": None}) == []


@_KINDS
@pytest.mark.parametrize("started", ["import subprocess", "from subprocess import run"])
def test_no_file_of_the_folder_stands_for_a_module_of_python(
    kind: dict[str, str | None], started: str
) -> None:
    files: dict[str, str | None] = {"services/trader/subprocess.py": "def run(words): pass\n"}
    call = "subprocess.run" if started.startswith("import") else "run"
    found = facts(handler(f'{call}(["ls"])', f"{started}\n"), {**kind, **files}).facts
    assert len([f for f in found if isinstance(f, ProcessStart)]) == 1
    assert not [f for f in found if isinstance(f, Import) and f.found]


@_KINDS
@pytest.mark.parametrize(
    "decoy",
    ["services/trader/redis.py", "services/trader/redis/asyncio.py", "redis/migrate.py"],
)
def test_no_file_of_the_folder_nor_a_mere_folder_stands_for_a_library(
    kind: dict[str, str | None], decoy: str
) -> None:
    files: dict[str, str | None] = {decoy: "class Redis:\n    def get(self, key): pass\n"}
    text = handler('await Redis().get("a")', "from redis.asyncio import Redis\n")
    found = facts(text, {**kind, **files}).facts
    assert len([f for f in found if isinstance(f, KeyAccess)]) == 1


@_KINDS
def test_a_file_of_the_root_that_hides_a_module_of_python_is_told(
    kind: dict[str, str | None],
) -> None:
    files: dict[str, str | None] = {"subprocess.py": "def run(words): pass\n"}
    text = handler('subprocess.run(["ls"])', "import subprocess\n")
    assert _dynamic(text, {**kind, **files}) == [
        "`subprocess`, which is subprocess.py or the module of Python by where Python is started "
        "(rename one)"
    ]


def test_a_package_comes_before_a_mere_folder_of_an_earlier_root() -> None:
    files: dict[str, str | None] = {
        "shared/other.py": "",
        "src/shared/__init__.py": "",
        "src/shared/making.py": "from shop_contracts.messages import Order\n",
    }
    text = handler("await self.publish(shared.making.Order(id=1))", "import shared.making\n")
    found = facts(text, files).facts
    assert [f.found for f in found if isinstance(f, Import) and f.found] == ["src/shared/making.py"]
    assert [f.what for f in found if isinstance(f, Publish)] == [Known("Order")]
