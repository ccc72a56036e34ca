"""Finds the command, runs it, and turns what went wrong into one line and an exit code."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys

from torq_gen.cli._shared.exits import INTERRUPTED, PIPE_CLOSED
from torq_gen.cli._shared.failures import CommandError, UsageError, did_you_mean, say
from torq_gen.cli.commands import COMMANDS, load

UNUSABLE = 2

atexit.register(gc.freeze)  # what is left when the process ends need not be looked through

_HEAD = """\
usage: torq-gen [-C DIR] COMMAND ...

Generates typed messages, codecs, tests and services from one spec, and checks code against it.

commands:
"""
_TAIL = """
options:
  -C, --root DIR  the project's folder (default: the nearest one upward that has a system.yaml)
  -V, --version   show the version
  -h, --help      show this help; `torq-gen COMMAND --help` shows a command's

exit codes: 0 clean, 1 findings, 2 the spec, the call or the disk cannot be used
"""


def run(arguments: list[str]) -> int:
    """Run ``torq-gen`` with its arguments; the exit code."""
    try:
        options, rest = _global_options(arguments)
        if not rest or rest[0] in ("-h", "--help", "help"):
            return _show_help(rest[1:])
        if rest[0] in ("-V", "--version"):
            from torq_gen import __version__

            print(f"torq-gen {__version__}")
            return 0
        if rest[0] not in COMMANDS:
            kind = "option" if rest[0].startswith("-") else "command"
            near = did_you_mean(rest[0], COMMANDS)
            raise UsageError(f"unknown {kind} {rest[0]!r}", near or "torq-gen --help lists them")
    except CommandError as error:
        return _say("torq-gen", error)
    return run_command(rest[0], options + rest[1:])


def run_command(name: str, arguments: list[str], program: str = "") -> int:
    """Run one command; the exit code."""
    from torq_gen.cli._shared.parser import command_parser
    from torq_gen.disk import OutputError

    program = program or f"torq-gen {name}"
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        command = load(name)
        parser = command_parser(program, command.DESCRIPTION, command.EXAMPLES)
        command.configure(parser)
        code = command.run(parser.parse(arguments))
        sys.stdout.flush()
        return code
    except CommandError as error:
        return _say(program, error)
    except OutputError as error:
        return _say(program, CommandError(str(error)))
    except BrokenPipeError:
        # The reader has gone; what is left in the buffer must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        return _say(program, CommandError(_describe(error)))
    except ImportError as error:
        if error.name != "mycelium._native":  # which was asked for a codec that there is not
            raise
        return _say(program, CommandError(str(error), "torq-gen doctor says what there is"))
    except KeyboardInterrupt:
        return INTERRUPTED


def _global_options(arguments: list[str]) -> tuple[list[str], list[str]]:
    """What stands before the command, which every command also takes after it, and the rest."""
    rest = list(arguments)
    options: list[str] = []
    while rest and (rest[0] in ("-C", "--root") or rest[0].startswith("--root=")):
        wanted = 1 if "=" in rest[0] else 2
        if len(rest) < wanted:
            raise UsageError(f"{rest[0]} expects a folder, found nothing")
        options += rest[:wanted]
        rest = rest[wanted:]
    return options, rest


def _show_help(names: list[str]) -> int:
    if names and names[0] in COMMANDS:
        return run_command(names[0], ["--help"])
    width = max(map(len, COMMANDS))
    lines = "".join(f"  {name:{width}}  {what}\n" for name, what in COMMANDS.items())
    print(_HEAD + lines + _TAIL, end="")
    return 0


def _say(program: str, error: CommandError) -> int:
    say(program, error)
    return UNUSABLE


def _describe(error: OSError) -> str:
    reason = (error.strerror or str(error) or type(error).__name__).lower()
    places = [str(name) for name in (error.filename, error.filename2) if name is not None]
    return f"{' -> '.join(places)}: {reason}" if places else reason
