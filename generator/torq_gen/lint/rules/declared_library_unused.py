"""TQ411: no code of a service imports a library that system.yaml lets it import."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.distributions import is_named
from torq_gen.lint.facts.model import DynamicCode, Import
from torq_gen.lint.rules._unused import WHY, is_complete
from torq_gen.lint.rules._unused_samples import bad, good
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule

_DECLARED = "libraries: [httpx]\n"

RULE = Rule(
    "TQ411",
    "declared-library-unused",
    "No code of a service imports a library that system.yaml lets it import.",
    why=WHY,
    fix="""\
Take it out of `services.<name>.libraries`, which lists what the service's own code imports. What
only a library needs, such as a database's driver, need not stand there.""",
    bad=(
        bad("nothing is imported", _DECLARED),
        bad("one of two", "libraries: [httpx, msgspec]\n", "import msgspec\n\n---\n"),
        bad(
            "only for the type checker",
            _DECLARED,
            """\
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

---
""",
        ),
        bad("its name in a text", _DECLARED, 'self.log.info("import httpx")\n'),
        bad("another one is", "libraries: [requests]\n", "import httpx\n\n---\n"),
        bad(
            "a module of the project that has its name in front",
            "libraries: [services]\n",
            "import services.trader.rates\n\n---\n",
            rates="USD = 1\n",
        ),
    ),
    good=(
        good("it is imported", _DECLARED, "import httpx\n\n---\n"),
        good("a part of it", "libraries: [websockets]\n",
             "from websockets.asyncio.client import connect\n\n---\n"),
        good("by the name of its package", "libraries: [PyYAML, python-dateutil]\n",
             "import yaml\nfrom dateutil.parser import parse\n\n---\n"),
        good("in a function", _DECLARED, "import httpx\nhttpx.Client()\n"),
        good("by another module of the service", _DECLARED,
             "from services.trader import rates\n\n---\n",
             {"services/trader/rates.py": "import httpx\n\nCLIENT = httpx.Client()\n"}),
        good("by a computed name", _DECLARED,
             "import importlib\n\n---\nimportlib.import_module(self.settings['client'])\n"),
        good("a planned service", _DECLARED, "", active=False),
    ),
)  # fmt: skip


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each library of which no module is imported when the service runs."""
    if not is_complete(view) or any(True for _ in view.of(DynamicCode)):
        return
    imported = {f.module for f in view.of(Import) if not f.typing_only and f.found is None}
    for library in view.service.libraries:
        if not any(is_named(module, [library]) for module in imported):
            yield _finding(view, library)


def _finding(view: ServiceView, library: str) -> Diagnostic:
    own = view.service.name
    return RULE.at(
        view.service.span or Span.of_file("system.yaml"),
        f"no code of {own} imports {library}, which system.yaml lets it import",
        help=f"take {library} out of services.{own}.libraries",
        service=own,
        subject=library,
    )
