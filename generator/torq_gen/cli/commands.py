"""Which commands there are; each stands in the module of its name, imported when it runs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

COMMANDS = {
    "generate": "write generated files and missing service folders",
    "check": "find errors in the spec, and generated files that drifted from it",
    "tlv": "show the registry of type ids, and which are free",
    "inspect": "show frames as an annotated tree of their bytes",
    "release": "mark today's message versions as released",
    "run": "run services",
    "replay": "feed a recording to services",
    "deadletters": "look at messages that services did not handle, and deal with them",
    "trace": "check a recording against what services promise",
    "rule": "explain one rule",
    "rules": "list every rule",
}


class Command(Protocol):
    """What a command's module offers."""

    DESCRIPTION: str
    EXAMPLES: str

    def configure(self, parser: ArgumentParser) -> None:
        """Add the command's arguments."""

    def run(self, arguments: Namespace) -> int:
        """Do it; the exit code."""


def load(name: str) -> Command:
    """The module of a command that ``COMMANDS`` lists."""
    return cast(Command, import_module(f"torq_gen.cli.{name}"))
