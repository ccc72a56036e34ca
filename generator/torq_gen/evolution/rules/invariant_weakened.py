"""TQ754: a service takes back an invariant."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.evolution.breaks import Broken, Change, Harm
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules._samples import services
from torq_gen.model import Check, FieldRef, Invariant, NeverAfter, OneOfEach, Precedes, Within
from torq_gen.rule import Rule

_SERVICES = """\
  {}:
    id: 1
    publishes: [Quote, Trade]
    subscribes: []{}
  desk: {{id: 2, publishes: [], subscribes: [Quote, Trade]}}
"""
_WITHIN = """
    invariants:
      - id: answered
        text: Each quote is followed by a trade
        within: {{after: Quote.venue, then: [Trade.venue], time: {}}}"""
_PROMISED = _SERVICES.format("feed", _WITHIN.format("1s"))
RULE = Rule(
    "TQ754",
    "invariant-weakened",
    "A service no longer promises an invariant, or promises less by it.",
    why="""\
Subscribers were written with it in mind: what always came first, came in time or never came
again. The monitor that would show a breach is gone with it.""",
    fix="""\
Deploy subscribers first that do not rely on it, or keep the invariant.""",
    bad=(
        services("given up", _PROMISED, _SERVICES.format("«feed»", "")),
        services(
            "more time",
            _PROMISED,
            _SERVICES.format("feed", _WITHIN.format("5s").replace("answered", "«answered»")),
        ),
    ),
    good=(
        services("one more", _SERVICES.format("feed", ""), _PROMISED),
        services("less time", _PROMISED, _SERVICES.format("feed", _WITHIN.format("10ms"))),
    ),
)
HARM = Harm.ARCH


def check(both: Comparison) -> Iterator[Change]:
    """Each checked invariant that is gone or weaker."""
    for was, now in both.services:
        after = {i.id: i for i in now.invariants}
        for invariant in was.invariants:
            heir = after.get(invariant.id)
            if invariant.check is None or (heir is not None and _kept(invariant, heir)):
                continue
            subject = f"{now.name}/{invariant.id}"
            what = "is gone" if heir is None else "promises less than it did"
            yield Change(
                subject,
                f"{what}: {invariant.text or invariant.id}",
                both.place(heir.span if heir is not None else None, now.span, old=invariant.span),
                invariant.span,
                "keep the invariant, or let subscribers do without it first",
                Broken.OLD_READERS,
                tuple(both.new_name.get(m, m) for m in _messages(invariant.check)),
                promise=True,
            )


def _kept(old: Invariant, new: Invariant) -> bool:
    """Whether whatever keeps the new one keeps the old one."""
    match old.check, new.check:
        case Precedes(first=one, then=then), Precedes(first=other, then=more):
            return one == other and set(then) <= set(more)
        case NeverAfter(after=one, never=never), NeverAfter(after=other, never=more):
            return one == other and set(never) <= set(more)
        case Within() as one, Within() as other:
            sooner = other.nanoseconds <= one.nanoseconds
            return one.after == other.after and sooner and set(other.then) <= set(one.then)
        case OneOfEach() as one, OneOfEach() as other:
            limit, new_limit = one.nanoseconds, other.nanoseconds
            sooner = limit is None or (new_limit is not None and new_limit <= limit)
            return one.each == other.each and set(one.of) == set(other.of) and sooner
        case before, after:
            return before == after


def _messages(check: Check) -> tuple[str, ...]:
    one: FieldRef
    match check:
        case Precedes(first=one, then=rest) | Within(after=one, then=rest):
            pass
        case NeverAfter(after=one, never=rest) | OneOfEach(each=one, of=rest):
            pass
    return tuple(dict.fromkeys(ref.message for ref in (one, *rest)))
