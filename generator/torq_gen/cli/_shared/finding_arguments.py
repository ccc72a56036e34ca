"""Arguments of the commands that have findings: which are shown, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.report import FORMATS

if TYPE_CHECKING:
    from argparse import ArgumentParser


def add(parser: ArgumentParser, words: str) -> None:
    """Add them; ``words`` says what chooses rules."""
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    parser.add_argument("--output", metavar="FILE", help="write the findings there, whole or not")
    for name, what in (("select", "only these"), ("ignore", "all but these")):
        parser.add_argument(
            f"--{name}",
            metavar="RULE,…",
            action="append",
            default=[],
            help=f"{what}: {words}",
        )
    parser.add_argument("--strict", action="store_true", help="exit 1 on warnings too")


def words_of(given: list[str]) -> list[str]:
    """The words of a flag that may be repeated, and hold several."""
    return [word.strip() for text in given for word in text.split(",") if word.strip()]
