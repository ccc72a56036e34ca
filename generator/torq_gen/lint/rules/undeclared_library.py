"""TQ408: a service imports a third-party library that it does not declare."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.distributions import distribution, is_named, is_standard
from torq_gen.lint.facts.model import Import
from torq_gen.lint.rules._owners import is_followed, through
from torq_gen.lint.systems import once_a_system
from torq_gen.lint.view import ServiceView
from torq_gen.model import System
from torq_gen.rule import Rule, Sample

_SYSTEM = """\
system: {name: shop, package: shop_contracts, schemas: [schemas/*.yaml]}
domains:
  Market: {id: 1, types: [1, 19]}
  Trading: {id: 2, types: [20, 39], money: true}
services:
  trader:
    id: 1
    publishes: [Order]
    subscribes: [Quote]
    libraries: [PyYAML, "python_dateutil>=2.8", "uvicorn[standard]", google-cloud-storage, PIL]
  feed: {id: 2, publishes: [Quote], subscribes: []}
  auditor: {id: 3, publishes: [Alert], subscribes: [Order]}
  desk: {id: 4, publishes: [], subscribes: [Alert, Quote]}
"""

RULE = Rule(
    "TQ408",
    "undeclared-library",
    "A service imports a third-party library that it does not declare.",
    why="""\
A library runs with all that the service may do, and the linter trusts it. Which ones a service
uses is a decision about what it can reach and what has to be kept up to date; it belongs into
system.yaml, where the review sees it.""",
    fix="""\
Add it to the service's `libraries` (`--accept-into-spec`), under the name of its package or of its
module: `PyYAML` and `yaml` are one. The standard library, the generated package, `mycelium` and the
project's own modules need no entry, and neither does an import below `if TYPE_CHECKING`.""",
    bad=(
        Sample("import «numpy»\n\nONE = numpy.int64(1)\n", title="a library"),
        Sample(
            "from yaml import «safe_load»\n\nLOAD = safe_load\n",
            title="one named otherwise than its package",
        ),
        Sample("import «numpy.linalg as algebra»\n\nNORM = algebra.norm\n", title="renamed"),
        Sample(
            """\
def mean(values: list[float]) -> float:
    \"\"\"Only when it is called.\"\"\"
    import «numpy»

    return float(numpy.mean(values))
""",
            title="inside a function",
        ),
        Sample(
            """\
try:
    import «orjson»
except ImportError:
    orjson = None
""",
            title="if it happens to be there",
        ),
        Sample(
            """\
import importlib

NUMPY = importlib.import_module(«"numpy"»)
""",
            title="by importlib",
        ),
        Sample(
            "«from numpy import *»\n",
            path="shop/numbers.py",
            title="through a module of the project",
            files={
                "shop/__init__.py": "",
                "services/trader/service.py": "from shop.numbers import mean\n\nMEAN = mean\n",
            },
        ),
        Sample(
            "import «google.cloud.bigquery as tables»\n\nTABLES = tables\n",
            title="beside a declared one with the same beginning",
            files={"system.yaml": _SYSTEM},
        ),
    ),
    good=(
        Sample("import httpx\n\nLIMITS = httpx.Limits()\n", title="a declared library"),
        Sample(
            """\
import dateutil.parser
import uvicorn
import yaml
from google.cloud import storage
from PIL import Image

NAMES = (dateutil.parser, uvicorn, yaml, storage, Image)
""",
            title="named by package or module, with extras or a version",
            files={"system.yaml": _SYSTEM},
        ),
        Sample(
            """\
from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping

LOADS = json.loads, tomllib.loads, Mapping
""",
            title="the standard library",
        ),
        Sample(
            """\
from mycelium.protocol.timestamp import Timestamp

from shop_contracts.messages import Quote

NAMES = Timestamp, Quote
""",
            title="the generated package and the runtime",
        ),
        Sample(
            "from shop.books import Book\n\nBOOK = Book()\n",
            title="a module of the project",
            files={"shop/__init__.py": "", "shop/books.py": "class Book: ...\n"},
        ),
        Sample(
            """\
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy


def mean(values: numpy.ndarray) -> float:
    \"\"\"Nothing is imported when this runs.\"\"\"
    return float(values.mean())
""",
            title="for the type checker alone",
        ),
        Sample('NAME = "numpy"\nprint(f"import {NAME}")\n', title="its name in a text"),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each executed import of what is not the project's, not Python's and not declared."""
    for found in view.of(Import):
        if found.typing_only or found.found is not None or is_home(view, found.module):
            continue
        if is_standard(found.module) or is_named(found.module, view.service.libraries):
            continue
        if not is_followed(view, found):
            yield _finding(view, found)


def is_home(view: ServiceView, module: str) -> bool:
    """Whether a module is the project's, the generated package's or the runtime's."""
    top = module.partition(".")[0]
    return top in _home(view.system)


@once_a_system
def _home(system: System) -> frozenset[str]:
    folders = (service.path.partition("/")[0] for service in system.services.values())
    return frozenset((system.package, "mycelium", "torq_gen", *folders))


def _finding(view: ServiceView, found: Import) -> Diagnostic:
    name, top = view.service.name, found.module.partition(".")[0]
    package = distribution(found.module)
    known = "" if package == top else f" (of {package})"
    return RULE.at(
        found.span,
        f"{name} imports {found.module}{known}{through(view, found.span.file)}, "
        f"which services.{name}.libraries does not name",
        help=f"add {package} to services.{name}.libraries in system.yaml (--accept-into-spec)",
        related=view.declared_at(view.service.span, f"{name} is declared here"),
        service=name,
        subject=top,
    )
