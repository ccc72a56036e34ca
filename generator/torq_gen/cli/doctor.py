"""``torq-gen doctor``: what this installation has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.cli._shared.terminal import paint, wants_color

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from torq_gen.cli._shared.examining import Finding

DESCRIPTION = """\
Say what this installation has: the Python, which codec is in use and why, how it takes checksums,
and which optional libraries are there, each with what it is for and how to get it. In a project it
names the messages that the native codec leaves to the pure one, too. MYCELIUM_CODEC=pure makes the
pure codec serve, MYCELIUM_CODEC=native makes the absence of the native one an error.

Exit code 1: something that was asked for is not there.
"""
EXAMPLES = """
torq-gen doctor
torq-gen doctor --format json
MYCELIUM_CODEC=pure torq-gen doctor
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(arguments: Namespace) -> int:
    """Say what there is; 1 when something asked for is not."""
    from torq_gen.cli._shared.examining import examine

    findings = tuple(examine(arguments.root))
    if arguments.format == "json":
        import json

        print(json.dumps({"findings": [f.as_json() for f in findings]}))
    else:
        for line in _lines(findings, wants_color(arguments.color)):
            print(line)
    return 0 if all(f.well for f in findings) else 1


def _lines(findings: tuple[Finding, ...], color: bool) -> Iterator[str]:
    width = max(len(f.subject) for f in findings)
    for finding in findings:
        style = "green" if finding.there else "yellow" if finding.well else "red"
        yield f"{finding.subject:{width}}  {paint(finding.found, style, color)}"
        if finding.help:
            yield f"{'':{width}}  {paint(finding.help, 'dim', color)}"
