"""TQ402: a service imports the generator."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Import
from torq_gen.lint.rules._owners import is_followed, through
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

_GENERATOR = "torq_gen"

RULE = Rule(
    "TQ402",
    "import-of-the-generator",
    "A service imports torq_gen.",
    why="""\
The generator is a tool of those who build the system, and is not installed where it runs. What a
service needs of the spec at run time stands in the generated package.""",
    fix="""\
Take it from the generated package (`manifest` says who publishes and subscribes what) or from
`mycelium`.""",
    bad=(
        Sample("import «torq_gen»\n\nGENERATOR = torq_gen\n", title="whole"),
        Sample("from torq_gen.spec import «load»\n\nLOAD = load\n", title="a part"),
        Sample("import «torq_gen.model as model»\n\nSYSTEM = model.System\n", title="renamed"),
        Sample(
            """\
def system() -> object:
    \"\"\"Only when it is called.\"\"\"
    from torq_gen.model import «System»

    return System
""",
            title="inside a function",
        ),
        Sample(
            """\
from importlib import import_module

LOAD = import_module(«"torq_gen.spec"»).load
""",
            title="by importlib",
        ),
        Sample(
            """\
try:
    from torq_gen.model import «System»
except ImportError:
    System = None
""",
            title="if it happens to be there",
        ),
        Sample(
            "«from torq_gen.model import *»\n",
            path="shop/systems.py",
            title="through a module that passes it on",
            files={
                "shop/__init__.py": "",
                "services/trader/service.py": "from shop.systems import System\n\nS = System\n",
            },
        ),
    ),
    good=(
        Sample(
            "from shop_contracts import messages\n\nMESSAGES = messages\n", title="what it makes"
        ),
        Sample("from mycelium.protocol import FRAME\n\nF = FRAME\n", title="the runtime"),
        Sample(
            "import torq_generic\n\nT = torq_generic\n", title="a name that only begins like it"
        ),
        Sample("torq_gen = 3\nTWICE = torq_gen * 2\n", title="a variable of that name"),
        Sample('NOTE = "made by torq_gen"\n', title="its name in a text"),
        Sample(
            """\
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torq_gen.model import System


def name(system: System) -> str:
    \"\"\"Nothing is imported when this runs.\"\"\"
    return system.name
""",
            title="for the type checker alone",
        ),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each import of the generator that is executed."""
    for found in view.of(Import):
        if found.module.partition(".")[0] != _GENERATOR or found.typing_only:
            continue
        if not is_followed(view, found):
            name = view.service.name
            yield RULE.at(
                found.span,
                f"{name} imports {found.module}{through(view, found.span.file)}, "
                "a part of the generator",
                help=f"use {view.system.package} or mycelium: torq_gen is not there at run time",
                service=name,
                subject=found.module,
            )
