"""The rules of torq-breaking.yaml itself (TQ790, TQ791)."""

from __future__ import annotations

from torq_gen.evolution.rules._samples import APPROVALS, OLD, PROJECT, SCHEMA
from torq_gen.rule import Rule, Sample

_NARROWED = {
    f"{OLD}{SCHEMA}": PROJECT[SCHEMA],
    SCHEMA: PROJECT[SCHEMA].replace("u16", "u8", 1),
}
_ENTRY = """\
approved:
  - {}
    subject: Quote.venue
    reason: no frame of version 1 was ever kept
    until: v2.0
"""

STALE_APPROVAL = Rule(
    "TQ790",
    "stale-approval",
    "An approved break is not there any more, or its time is over.",
    why="""\
An approval is for one break that somebody reviewed. Left in place it would let the next break of
the same thing pass unseen.""",
    fix="Remove the entry. A break that is still meant is approved anew, with a reason.",
    bad=(Sample(_ENTRY.format("«rule: TQ709»"), APPROVALS, "the break was taken back"),),
    good=(Sample(_ENTRY.format("rule: TQ709"), APPROVALS, "the break is there", _NARROWED),),
)
WRONG_APPROVAL = Rule(
    "TQ791",
    "wrong-approval",
    "An entry of torq-breaking.yaml cannot be used.",
    why="""\
An entry that names no rule, gives no reason or never ends approves something that nobody can
review. It approves nothing.""",
    fix="""\
State `rule` (its code or its name), `subject` (the first word of the finding), `reason`, and
`until` (the version from which the approval holds no longer).""",
    bad=(
        Sample(_ENTRY.format("rule: «TQ999»"), APPROVALS, "no such rule", _NARROWED),
        Sample(
            "approved:\n  - {«rule»: TQ709, subject: Quote.venue, until: v2.0}\n",
            APPROVALS,
            "no reason",
            _NARROWED,
        ),
    ),
    good=(Sample(_ENTRY.format("rule: field-retyped"), APPROVALS, "by name", _NARROWED),),
)
RULES = (STALE_APPROVAL, WRONG_APPROVAL)
