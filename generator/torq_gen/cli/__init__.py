"""The command line. What a command needs is imported when it runs, to start quickly."""

from __future__ import annotations

import sys

from torq_gen import __version__


def main(arguments: list[str] | None = None) -> int:
    """Run ``torq-gen``; the exit code (0 clean, 1 findings, 2 unusable spec, call or disk)."""
    given = sys.argv[1:] if arguments is None else arguments
    if not _can_speak("torq-gen"):
        return 2
    if given == ["--version"] or given == ["-V"]:
        print(f"torq-gen {__version__}")
        return 0
    try:
        from torq_gen.cli.app import run

        return run(given)
    except KeyboardInterrupt:  # while modules are imported
        from torq_gen.cli._shared.exits import INTERRUPTED

        return INTERRUPTED


def validate_system_yaml(arguments: list[str] | None = None) -> int:
    """Run ``torq-gen check`` under the name that CI files already use."""
    given = sys.argv[1:] if arguments is None else arguments
    if not _can_speak("validate_system_yaml"):
        return 2
    try:
        from torq_gen.cli.app import run_command

        return run_command("check", given, program="validate_system_yaml")
    except KeyboardInterrupt:  # while modules are imported
        from torq_gen.cli._shared.exits import INTERRUPTED

        return INTERRUPTED


def _can_speak(program: str) -> bool:
    """Whether there is a standard output; a shell's ``>&-`` takes it away."""
    if sys.stderr is None:
        import os
        from pathlib import Path

        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - it serves to the end
    if sys.stdout is None:
        print(f"{program}: error: standard output is closed", file=sys.stderr)
        return False
    return True
