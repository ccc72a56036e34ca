"""The command line. What a command needs is imported when it runs, to start quickly."""

from __future__ import annotations

import sys

from torq_gen import __version__


def main(arguments: list[str] | None = None) -> int:
    """Run ``torq-gen``; the exit code (0 clean, 1 findings, 2 unusable spec, call or disk)."""
    given = sys.argv[1:] if arguments is None else arguments
    if given == ["--version"] or given == ["-V"]:
        print(f"torq-gen {__version__}")
        return 0
    from torq_gen.cli.app import run

    return run(given)


def validate_system_yaml(arguments: list[str] | None = None) -> int:
    """Run ``torq-gen check`` under the name that CI files already use."""
    from torq_gen.cli.app import run_command

    given = sys.argv[1:] if arguments is None else arguments
    return run_command("check", given, program="validate_system_yaml")
