"""``torq-gen run``: the services of a topology in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from mycelium.runner import Process

DESCRIPTION = """\
Run services until SIGTERM, SIGINT or SIGHUP (a second one gives up what still waits). Their
working directory is the project's folder. Exit code 74: stopped, but something was not delivered;
75: a service was given up, start again.
"""
EXAMPLES = """
torq-gen run                                        the services of config/dev.toml
torq-gen run flash_arbitrage                        one of them, with the settings that it has there
torq-gen run --topology config/live.toml
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    from torq_gen.cli._shared.parser import add_topology

    parser.add_argument("services", metavar="SERVICE", nargs="*", help="only these services")
    add_topology(parser)
    parser.add_argument(
        "--status",
        metavar="FILE",
        help="keep a JSON file of how they are, with process id and time",
    )
    parser.add_argument(
        "--until-finished", action="store_true", help="end when no service has anything to do"
    )


def run(arguments: Namespace) -> int:
    """Run the services."""
    import os
    from pathlib import Path

    from mycelium.runner import Process
    from torq_gen.cli._shared import running
    from torq_gen.cli._shared.project import find_root, load_project

    project = load_project(find_root(arguments.root), color=arguments.color)
    manifest = running.manifest_of(project)
    topology = running.topology_of(manifest, project.root, arguments.topology, arguments.services)
    status = Path(arguments.status).absolute() if arguments.status else None
    os.chdir(project.root)
    work = _until_finished if arguments.until_finished else _until_stopped
    return int(running.serve(lambda: Process(manifest, topology), work, status).code)


async def _until_finished(process: Process) -> None:
    await process.finished()


async def _until_stopped(process: Process) -> None:
    await process.wait()
