"""``torq-gen rules``: every rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = "List the rules: code, severity, name and what each protects.\n"
EXAMPLES = """
torq-gen rules                  all of them
torq-gen rules flow TQ60        those of a family, and those whose code begins so
torq-gen rules --format json
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "patterns",
        metavar="PATTERN",
        nargs="*",
        help="only rules of this family, name, code or beginning of a code",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(arguments: Namespace) -> int:
    """List the rules."""
    from torq_gen.cli._shared.rules import all_rules, check_patterns, matches

    patterns = arguments.patterns
    check_patterns(patterns)
    found = [rule for rule in all_rules().values() if not patterns or matches(rule, patterns)]
    if arguments.format == "json":
        import json

        keys = ("code", "name", "family", "summary")
        rows = [{k: getattr(r, k) for k in keys} | {"severity": r.severity.value} for r in found]
        print(json.dumps({"rules": rows}))
        return 0
    width = max(len(rule.name) for rule in found)
    for rule in found:
        print(f"{rule.code}  {rule.severity.value:7}  {rule.name:{width}}  {rule.summary}")
    return 0
