"""Every rule that exists, by code, and the choice among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from torq_gen.diagnostics import Severity
from torq_gen.rule import FAMILIES, Rule


@cache
def all_rules() -> Mapping[str, Rule]:
    """The rules in order of their code.

    Raises:
        ValueError: two rules share a code or a name.
        RuleError: a rule over facts does not import or is none.
    """
    from torq_gen.cli._shared import drift_rules as drift
    from torq_gen.cli._shared import topology_rules as topologies
    from torq_gen.evolution import approval_rules as approvals
    from torq_gen.evolution import rules as evolution
    from torq_gen.lint import folders
    from torq_gen.lint.rules import checks
    from torq_gen.report import rules as suppression
    from torq_gen.spec import rules as spec

    over_facts = (check.rule for check in checks())
    found = (*spec.ALL, *topologies.RULES, *over_facts, folders.RULE, *drift.RULES)
    found += (*(check.rule for check in evolution.checks()), *approvals.RULES)
    found += suppression.RULES
    by_code = {rule.code: rule for rule in found}
    if len(by_code) != len(found) or len({rule.name for rule in found}) != len(found):
        raise ValueError("two rules share a code or a name")
    return dict(sorted(by_code.items()))


def matches(rule: Rule, patterns: Iterable[str]) -> bool:
    """Whether a pattern is the rule's code or how it begins, its name, or its family."""
    return any(_matches(rule, pattern.strip()) for pattern in patterns)


def chosen(select: Sequence[str], ignore: Sequence[str]) -> Mapping[str, Rule]:
    """The rules that a pattern of ``select`` matches (all without one) and none of ``ignore``.

    Errors of the spec are always among them: without a spec nothing can be checked. So are those
    that say that code was not checked, unless they are left out themselves: whoever selects others
    wants to know what these say of all the code.

    Raises:
        UsageError: a pattern matches no rule.
    """
    from torq_gen.report.rules import NOT_CHECKED

    rules = all_rules()
    check_patterns((*select, *ignore))
    return {
        code: rule
        for code, rule in rules.items()
        if (rule.family == "spec" and rule.severity is Severity.ERROR)
        or (
            (not select or code in NOT_CHECKED or matches(rule, select))
            and not matches(rule, ignore)
        )
    }


def check_patterns(patterns: Iterable[str], place: str = "") -> None:
    """Refuse a pattern that matches no rule; ``place`` begins the message.

    Raises:
        UsageError: there is one.
    """
    from torq_gen.cli._shared.failures import UsageError, did_you_mean

    rules = all_rules()
    for pattern in patterns:
        if not any(matches(rule, [pattern]) for rule in rules.values()):
            names = [rule.name for rule in rules.values()]
            near = did_you_mean(pattern, [*rules, *names, *FAMILIES.values()])
            raise UsageError(f"{place}no rule {pattern!r}", near or "torq-gen rules lists them")


def find(wanted: str) -> Rule:
    """The rule of a code or a name.

    Raises:
        UsageError: there is none.
    """
    from torq_gen.cli._shared.failures import UsageError, did_you_mean

    known = {name: rule for rule in all_rules().values() for name in (rule.code, rule.name)}
    found = known.get(wanted.upper()) or known.get(wanted.lower())
    if found is None and any(matches(rule, [wanted]) for rule in known.values()):
        raise UsageError(f"{wanted!r} names several rules", f"torq-gen rules {wanted} lists them")
    if found is None:
        near = did_you_mean(wanted, known)
        raise UsageError(f"no rule {wanted!r}", near or "torq-gen rules lists them")
    return found


def _matches(rule: Rule, pattern: str) -> bool:
    folded = pattern.lower()
    by_code = len(folded) >= len("TQ1") and rule.code.lower().startswith(folded)
    return by_code or folded in (rule.name, rule.family)
