"""``torq-gen rule``: what one rule means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.cli._shared.terminal import paint, wants_color

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = "Explain one rule, by its code or its name.\n"
EXAMPLES = """
torq-gen rule TQ602
torq-gen rule edited-generated-file
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("rule", metavar="CODE", help="a code such as TQ602, or a rule's name")


def run(arguments: Namespace) -> int:
    """Explain the rule."""
    from torq_gen.cli._shared.failures import UsageError, did_you_mean
    from torq_gen.cli._shared.rules import all_rules

    known = {name: rule for rule in all_rules().values() for name in (rule.code, rule.name)}
    wanted = arguments.rule.upper() if arguments.rule.upper() in known else arguments.rule
    if wanted not in known:
        near = did_you_mean(wanted, known)
        raise UsageError(f"no rule {wanted!r}", near or "torq-gen rules lists them")
    rule = known[wanted]
    head = paint(f"{rule.code} {rule.name}", "bold", wants_color(arguments.color))
    print(f"{head} ({rule.severity.value})\n\n{rule.summary}")
    return 0
