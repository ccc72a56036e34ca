"""Which commands there are; each stands in the module of its name, imported when it runs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

COMMANDS = {
    "init": "write a new project",
    "generate": "write generated files and missing service folders",
    "check": "find what services do against the spec, errors in it, and drift",
    "infer": "draft a spec from code that exists",
    "fmt": "write system.yaml and the schemas in their canonical form",
    "breaking": "find what changed incompatibly since older versions",
    "add": "add a message, a service or a field to the spec",
    "rename": "rename a message, a service or a field, in the spec and in code",
    "tlv": "show the registry of type ids, and which are free",
    "graph": "draw services and the messages between them",
    "inspect": "show frames as an annotated tree of their bytes",
    "release": "mark today's message versions as released",
    "run": "run services",
    "replay": "feed a recording to services",
    "export": "write the messages of a recording as tables or text",
    "deadletters": "look at messages that services did not handle, and deal with them",
    "trace": "check a recording against what services promise",
    "doctor": "say what this installation has",
    "rule": "explain one rule",
    "rules": "list every rule",
    "completion": "print the completion script of a shell",
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
