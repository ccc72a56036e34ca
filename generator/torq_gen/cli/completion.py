"""``torq-gen completion``: what a shell needs to complete commands, options and their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Print the completion script of a shell. It completes commands, options, the values of those that
have a fixed choice, and files; it starts no torq-gen while one types.
"""
EXAMPLES = """
torq-gen completion fish > ~/.config/fish/completions/torq-gen.fish
eval "$(torq-gen completion bash)"      in ~/.bashrc
eval "$(torq-gen completion zsh)"       in ~/.zshrc, after compinit
"""
SHELLS = ("bash", "zsh", "fish")


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help="bash, zsh or fish")


def run(arguments: Namespace) -> int:
    """Print the script."""
    from torq_gen.cli._shared import completing
    from torq_gen.cli.commands import COMMANDS, load

    found = [
        completing.describe(name, what, load(name).configure) for name, what in COMMANDS.items()
    ]
    print(getattr(completing, arguments.shell)(found), end="")
    return 0
