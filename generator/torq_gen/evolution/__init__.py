"""Two versions of a spec to the incompatible changes between them.

``compare`` finds them, one rule a file; ``judging`` says which are errors under the compatibility
that a domain promises, ``approvals`` which of them are meant. Pure: no disk, no git, no YAML.
"""

from __future__ import annotations

from torq_gen.evolution.breaks import Break, Change
from torq_gen.evolution.comparison import Comparison
from torq_gen.evolution.rules import checks
from torq_gen.model import System


def compare(old: System, new: System) -> tuple[Break, ...]:
    """Every incompatible change from ``old`` to ``new``, in order of the rules' codes."""
    both = Comparison(old, new)
    found = ((check, change) for check in checks() for change in check.run(both))
    return tuple(
        Break(
            check.rule,
            check.harm,
            change,
            *_hit(both, change),
            frozenset(d for name in change.messages for d in _domains(both, name)),
        )
        for check, change in found
    )


def _hit(both: Comparison, change: Change) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The active services that publish and that subscribe what the change is about."""
    publishers = (s for name in change.messages for s in both.publishers(name))
    subscribers = (s for name in change.messages for s in both.subscribers(name))
    return tuple(dict.fromkeys(publishers)), tuple(dict.fromkeys(subscribers))


def _domains(both: Comparison, name: str) -> tuple[str, ...]:
    """The domains of a message, given by its new name or by that of one which is gone."""
    before = both.old_name.get(name, name)
    found = (both.old.messages.get(before), both.new.messages.get(name))
    return tuple(m.domain for m in found if m is not None)
