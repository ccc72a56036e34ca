"""``torq-gen rules``: every rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = "List every rule: code, severity, name and what it protects.\n"
EXAMPLES = """
torq-gen rules
torq-gen rules --format json
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(arguments: Namespace) -> int:
    """List the rules."""
    from torq_gen.cli._shared.rules import all_rules

    found = all_rules().values()
    if arguments.format == "json":
        import json

        keys = ("code", "name", "summary")
        rows = [{k: getattr(r, k) for k in keys} | {"severity": r.severity.value} for r in found]
        print(json.dumps({"rules": rows}))
        return 0
    width = max(len(rule.name) for rule in found)
    for rule in found:
        print(f"{rule.code}  {rule.severity.value:7}  {rule.name:{width}}  {rule.summary}")
    return 0
