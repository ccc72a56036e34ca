"""TQ409: a service runs code that nobody can read beforehand."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.model import DynamicCode, Import
from torq_gen.lint.rules._owners import is_followed
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

_FOREIGN_CODE = frozenset({"_ctypes", "cffi", "_cffi_backend", "ctypes"})
"""Libraries that call machine code; there is no other reason to import one."""

_BEHIND = {
    "_dbm": "dbm",
    "_frozen_importlib": "importlib",
    "_frozen_importlib_external": "importlib",
    "_gdbm": "dbm",
    "_imp": "importlib",
    "_interpreters": "concurrent.interpreters",
    "_io": "io",
    "_multiprocessing": "multiprocessing",
    "_posixshmem": "multiprocessing",
    "_posixsubprocess": "subprocess",
    "_pyio": "io",
    "_socket": "socket",
    "_sqlite3": "sqlite3",
    "_ssl": "ssl",
    "_winapi": "subprocess",
    "_xxsubinterpreters": "concurrent.interpreters",
    "nt": "os",
    "posix": "os",
}
"""Modules in which Python's own ones are written: what is done through them is not looked at."""

_ONE_NAME = "rename one of them, so that every way to start Python imports the same"
_UNPATCHED = "hand over what is to be used, as an argument or by deriving a class"

RULE = Rule(
    "TQ409",
    "dynamic-code",
    "A service runs code that is not in its source, or changes code that is not its own.",
    why="""\
What the linter says holds for the code that it reads. `eval`, `exec`, `ctypes`, an import by a
computed name, an unpickled object (which calls whatever its bytes name) or a patch of a library
can do anything that system.yaml forbids, and nobody would see it.""",
    fix="""\
Write the cases out: a dictionary of functions for `eval`, constant names for `import_module`, JSON
for `pickle`, an argument for a patch. What has to stay is suppressed with its reason.""",
    bad=(
        Sample(
            """\
def rule(text: str) -> object:
    \"\"\"A formula from somewhere.\"\"\"
    return «eval(text, {})»
""",
            title="eval",
        ),
        Sample(
            """\
import builtins

run = builtins.exec
run_all = [«run(line)» for line in ("a = 1", "b = 2")]
""",
            title="exec under another name",
        ),
        Sample(
            """\
import importlib


def plugin(name: str) -> object:
    \"\"\"Nobody knows which.\"\"\"
    return «importlib.import_module(f"plugins.{name}")»
""",
            title="an import by a computed name",
        ),
        Sample(
            """\
import «pricing»
""",
            title="a module that Python takes from here or there, as it is started",
            files={
                "services/trader/__init__.py": None,
                "services/trader/pricing.py": "",
                "pricing.py": "",
            },
        ),
        Sample(
            """\
import «ctypes»


def call() -> int:
    \"\"\"Machine code.\"\"\"
    return ctypes.CDLL(None).getpid()
""",
            title="ctypes",
        ),
        Sample(
            """\
from pickle import loads as read


def book(data: bytes) -> object:
    \"\"\"The bytes say what is called.\"\"\"
    return «read(data)»
""",
            title="pickle under another name",
        ),
        Sample(
            """\
import sys

«sys.path.insert(0, "plugins")»
""",
            title="another place for modules",
        ),
        Sample(
            """\
import json

import httpx


def get(url: str) -> str:
    \"\"\"Stands in for the library's.\"\"\"
    return json.dumps(url)


«httpx.get» = get
""",
            title="a patch of a library",
        ),
        Sample(
            """\
import pkgutil
import timeit

FEED = «pkgutil.resolve_name("services.feed.service:Feed")»
TOOLS = «__loader__.load_module("tools")»
SPENT = «timeit.timeit("publish()")»
""",
            title="modules and text by other ways",
        ),
        Sample(
            """\
import «posix»


def listed() -> int:
    \"\"\"As os.system would.\"\"\"
    return posix.system("ls")
""",
            title="what stands behind a module of Python's own",
        ),
        Sample(
            """\
def formulas(lines: list[str]) -> list[object]:
    \"\"\"Handed on.\"\"\"
    return list(«map(eval, lines)»)
""",
            title="eval as an argument",
        ),
    ),
    good=(
        Sample(
            """\
import ast


def value(text: str) -> object:
    \"\"\"Only literals.\"\"\"
    return ast.literal_eval(text)
""",
            title="literals",
        ),
        Sample(
            """\
import importlib

JSON = importlib.import_module("json")
""",
            title="an import by a constant name",
        ),
        Sample(
            """\
import re

PATTERN = re.compile("[a-z]+")
""",
            title="another compile",
        ),
        Sample(
            """\
class Model:
    \"\"\"Only has such methods.\"\"\"

    def eval(self) -> Model:
        \"\"\"Evaluates nothing.\"\"\"
        return self

    def exec(self, line: str) -> str:
        \"\"\"Executes nothing.\"\"\"
        return line


LINE = Model().eval().exec("a = 1")
""",
            title="methods that only have such names",
        ),
        Sample(
            """\
import json
import pickle


def save(book: dict[str, int]) -> bytes:
    \"\"\"Writing runs nothing.\"\"\"
    return pickle.dumps(book) + json.dumps(book).encode()
""",
            title="pickle that only writes",
        ),
        Sample(
            """\
class Book:
    \"\"\"Its own attributes are its own.\"\"\"

    def fill(self, values: dict[str, int]) -> None:
        \"\"\"Sets them.\"\"\"
        for name, value in values.items():
            setattr(self, name, value)
""",
            title="attributes of its own",
        ),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each place where unknown code runs."""
    for found in view.of(DynamicCode):
        if found.via.startswith("a patch"):
            does = f"changes what is not its own: {found.via}"
            yield _finding(view, found.span, does, _UNPATCHED)
        else:
            does = f"runs what nobody can read beforehand: {found.via}"
            is_rival = "by where Python is started" in found.via
            yield _finding(view, found.span, does, _ONE_NAME if is_rival else "")
    for imported in view.of(Import):
        top = imported.module.partition(".")[0]
        if imported.typing_only or is_followed(view, imported):
            continue
        if top in _FOREIGN_CODE:
            does = f"imports {imported.module}, which runs machine code"
            yield _finding(view, imported.span, does)
        elif top in _BEHIND:
            does = f"imports {imported.module}, which Python keeps behind {_BEHIND[top]}"
            yield _finding(view, imported.span, does, f"import {_BEHIND[top]} in its place")


def _finding(view: ServiceView, span: Span, does: str, help_: str = "") -> Diagnostic:
    return RULE.at(
        span,
        f"{view.service.name} {does}",
        help=help_ or "write the cases out, so that the code says what can happen",
        service=view.service.name,
    )
