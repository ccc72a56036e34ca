"""TQ761: a store is gone or of another kind."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import SYSTEM, stored, versions
from torq_gen.rule import Rule

_OLD = stored("feed", "desk")
_NEW = _OLD.replace("redis: {kind: redis}", "«redis»: {kind: memcached}")
RULE = Rule(
    "TQ761",
    "store-replaced",
    "A store that services use is gone, or is of another kind.",
    why="""\
What was written stays behind in the old one. Services of the two versions keep their state in
two places and do not see each other's.""",
    fix="""\
Declare the new store beside the old one, write to both, move what is there, then read from the
new one, and take the old one out last.""",
    bad=(versions("another kind", SYSTEM, _OLD, _NEW),),
    good=(versions("the same", SYSTEM, _OLD, _OLD),),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each store that is not what it was, and whoever used it."""
    for name, was in both.old.stores.items():
        now = both.new.stores.get(name)
        users = [
            s.name for s in both.old.active_services() if any(a.store == name for a in s.stores)
        ]
        if not users or (now is not None and now.kind == was.kind):
            continue
        yield Change(
            name,
            f"was a store of kind {was.kind}, " + (f"is {now.kind}" if now else "is gone"),
            both.place(now.span if now is not None else None, old=was.span),
            was.span,
            "declare the new store under a name of its own and move over in steps",
            Broken.BOTH,
            services=tuple(users),
            promise=True,
        )
