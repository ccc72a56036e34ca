"""``torq-gen rule``: what one rule means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.cli._shared.terminal import wants_color

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Explain one rule, by its code or its name: why it is there, what breaks it, what does not, and how
to mend it.
"""
EXAMPLES = """
torq-gen rule TQ602
torq-gen rule edited-generated-file
torq-gen rule TQ602 --format markdown
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("rule", metavar="CODE", help="a code such as TQ602, or a rule's name")
    parser.add_argument(
        "--format", choices=("text", "markdown", "json"), default="text", help="default: text"
    )


def run(arguments: Namespace) -> int:
    """Explain the rule."""
    from torq_gen.cli._shared.rules import find
    from torq_gen.report import pages

    rule = find(arguments.rule)
    if arguments.format == "json":
        import json

        print(json.dumps(pages.as_json(rule), indent=2))
    elif arguments.format == "markdown":
        print(pages.as_markdown(rule), end="")
    else:
        print(pages.as_text(rule, color=wants_color(arguments.color)), end="")
    return 0
