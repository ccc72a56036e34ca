"""TQ738: the generated package has another name."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Span
from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import PROJECT, SYSTEM, versions
from torq_gen.rule import Rule

RULE = Rule(
    "TQ738",
    "package-renamed",
    "The generated package has another name.",
    why="""\
Every import of generated code, in services, tests and tools, names it.""",
    fix="""\
Keep `system: {package: …}`, or change all imports in the same change.""",
    bad=(
        versions(
            "another package",
            SYSTEM,
            PROJECT[SYSTEM],
            PROJECT[SYSTEM].replace("shop_contracts", "store_contracts"),
            whole=True,
        ),
    ),
    good=(
        versions(
            "another system name",
            SYSTEM,
            PROJECT[SYSTEM],
            PROJECT[SYSTEM].replace("name: shop", "name: store"),
        ),
    ),
)
HARM = Harm.SOURCE


def check(both: Comparison) -> Iterator[Change]:
    """The package, when it moved."""
    old, new = both.old, both.new
    if old.package != new.package:
        yield Change(
            new.package,
            f"is what the package {old.package} is called now",
            Span.of_file("system.yaml"),
            Span.of_file("system.yaml"),
            f"write package: {old.package}, or change every import with the same change",
            services=tuple(s.name for s in new.active_services()),
        )
