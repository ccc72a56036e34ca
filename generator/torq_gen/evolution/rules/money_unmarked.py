"""TQ766: money is no longer marked as money."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Change, Harm
from torq_gen.evolution.comparison import Comparison, shared
from torq_gen.evolution.rules._samples import fields
from torq_gen.model import StructType
from torq_gen.rule import Rule

RULE = Rule(
    "TQ766",
    "money-unmarked",
    "A field or a domain is no longer marked as money.",
    why="""\
The linter no longer keeps floats and true division away from it, in any service that uses it.""",
    fix="""\
Keep `money: true`. A field that never was money is approved in `torq-breaking.yaml`.""",
    bad=(fields("unmarked", "price: {type: u64, money: true}", "«price»: u64"),),
    good=(fields("marked", "price: u64", "price: {type: u64, money: true}"),),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each mark that is gone, of fields and of domains."""
    for pair in both.messages:
        covered = both.new.domains[pair.new.domain].money
        for was, now in pair.fields:
            if was.money and not now.money and not covered:
                yield Change(
                    f"{pair.new.name}.{now.name}",
                    "was marked as money and is not any more",
                    both.place(now.span, pair.new.span, old=was.span),
                    was.span,
                    "write money: true",
                    messages=(pair.new.name,),
                    promise=True,
                )
    for one, other, messages in both.types:
        if not isinstance(one, StructType) or not isinstance(other, StructType):
            continue
        for member, part in shared(one.fields, other.fields):
            if member.money and not part.money:
                yield Change(
                    f"{other.name}.{part.name}",
                    "was marked as money and is not any more",
                    both.place(part.span, other.span, old=member.span),
                    member.span,
                    "write money: true",
                    messages=messages,
                    promise=True,
                )
    for name, domain in both.old.domains.items():
        heir = both.new.domains.get(name)
        if heir is not None and domain.money and not heir.money:
            yield Change(
                name,
                "was a domain of money and is not any more",
                both.place(heir.span, old=domain.span),
                domain.span,
                "write money: true",
                messages=tuple(m.name for m in both.new.messages_of(name)),
                promise=True,
            )
