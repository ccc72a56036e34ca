"""Arguments of one command, with a near name for a flag that does not exist."""

from __future__ import annotations

import argparse
from typing import NoReturn

from torq_gen.cli._shared.failures import UsageError, did_you_mean


class Parser(argparse.ArgumentParser):
    """An argument parser that raises ``UsageError`` in place of leaving the process."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print."""
        raise UsageError(message, f"{self.prog} --help shows the arguments")

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """As argparse does, with a near choice."""
        if action.choices is None or value in action.choices:
            return
        known = [str(choice) for choice in action.choices]
        name = "/".join(action.option_strings) or action.metavar or action.dest
        near = did_you_mean(str(value), known)
        raise UsageError(
            f"{name}: expected one of {', '.join(known)}, found {str(value)!r}",
            near or f"{self.prog} --help shows the arguments",
        )

    def parse(self, arguments: list[str]) -> argparse.Namespace:
        """The parsed arguments.

        Raises:
            UsageError: a flag is unknown, or a value is missing or refused.
        """
        found, unknown = self.parse_known_args(arguments)
        if unknown:
            near = did_you_mean(unknown[0].split("=")[0], self._option_string_actions)
            help_text = f"{self.prog} --help shows the arguments"
            raise UsageError(f"unknown argument {unknown[0]!r}", near or help_text)
        return found


def command_parser(program: str, description: str, examples: str) -> Parser:
    """A parser with what every command takes."""
    indented = "\n".join(f"  {line}" for line in examples.strip().splitlines())
    parser = Parser(
        prog=program,
        description=description,
        epilog=f"examples:\n{indented}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "-C",
        "--root",
        metavar="DIR",
        help="the project's folder (default: the nearest one upward that has a system.yaml)",
    )
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colours: auto (default) heeds NO_COLOR, FORCE_COLOR and pipes",
    )
    return parser


def add_topology(parser: argparse.ArgumentParser) -> None:
    """Add the argument that names a topology file."""
    from torq_gen.cli._shared.project import TOPOLOGY

    parser.add_argument(
        "--topology",
        metavar="FILE",
        help=f"which services run, and their settings (default: {TOPOLOGY} in the project; "
        "where there is none, every active service and no settings)",
    )
