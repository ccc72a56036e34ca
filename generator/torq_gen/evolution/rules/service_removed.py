"""TQ740: a service is gone."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import PROJECT, SYSTEM, versions
from torq_gen.rule import Rule

RULE = Rule(
    "TQ740",
    "service-removed",
    "A service is gone, or has another name.",
    why="""\
Its base class and its entry in the manifest are gone; topologies that run it do not start.""",
    fix="""\
Keep the name, or change its code and every topology in the same change. A service that shall
not run any more can stay as `status: planned`.""",
    bad=(
        versions("renamed", SYSTEM, PROJECT[SYSTEM], PROJECT[SYSTEM].replace("desk:", "«screen»:")),
    ),
    good=(
        versions(
            "one more",
            SYSTEM,
            PROJECT[SYSTEM],
            PROJECT[SYSTEM] + "  audit: {id: 3, publishes: [], subscribes: [Quote]}\n",
        ),
    ),
)
HARM = Harm.SOURCE


def check(both: Comparison) -> Iterator[Change]:
    """Each service that is not there under its name."""
    heirs = {was.name: now for was, now in both.services}
    for name, was in both.old.services.items():
        if name in both.new.services or not was.active:
            continue
        heir = heirs.get(name)
        yield Change(
            name,
            f"is called {heir.name} now" if heir is not None else f"(id {was.id}) is gone",
            both.place(heir.span if heir is not None else None, old=was.span),
            was.span,
            "change its code and every topology that names it with the same change",
            services=(name if heir is None else heir.name,),
        )
