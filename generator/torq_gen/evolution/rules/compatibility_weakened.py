"""TQ765: a domain promises less compatibility."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.modes import Mode
from torq_gen.evolution.rules._samples import PROJECT, SYSTEM, versions
from torq_gen.rule import Rule

RULE = Rule(
    "TQ765",
    "compatibility-weakened",
    "A domain promises less compatibility than before.",
    why="""\
The mode is what services of the domain were built for. A change of it and a break in one commit
would hide the break.""",
    fix="""\
Keep the mode and approve the one break that is meant in `torq-breaking.yaml`.""",
    bad=(
        versions(
            "full to backward",
            SYSTEM,
            PROJECT[SYSTEM],
            PROJECT[SYSTEM].replace("full", "backward").replace("MarketData:", "«MarketData»:"),
        ),
    ),
    good=(
        versions(
            "full to transitive",
            SYSTEM,
            PROJECT[SYSTEM],
            PROJECT[SYSTEM].replace("full", "full_transitive"),
        ),
    ),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each domain whose mode lost a direction, or the older versions."""
    for name, was in both.old.domains.items():
        now = both.new.domains.get(name)
        if now is None:
            continue
        before, after = Mode.of(was), Mode.of(now)
        if before.needs & ~after.needs or (before.transitive and not after.transitive):
            yield Change(
                name,
                f"was {was.compatibility}, is {now.compatibility}",
                both.place(now.span, old=was.span),
                was.span,
                f"write compatibility: {was.compatibility}, and approve the break that is meant",
                messages=tuple(m.name for m in both.new.messages_of(name)),
                promise=True,
            )
