"""Every rule that exists, by code."""

from __future__ import annotations

from collections.abc import Mapping

from torq_gen.rule import Rule


def all_rules() -> Mapping[str, Rule]:
    """The rules in order of their code.

    Raises:
        ValueError: two rules share a code or a name.
    """
    from torq_gen.cli._shared import drift
    from torq_gen.spec import rules as spec

    of_spec = tuple(value for value in vars(spec).values() if isinstance(value, Rule))
    found = (*of_spec, *drift.RULES)
    by_code = {rule.code: rule for rule in found}
    if len(by_code) != len(found) or len({rule.name for rule in found}) != len(found):
        raise ValueError("two rules share a code or a name")
    return dict(sorted(by_code.items()))
