"""``torq-gen run``: the services of a topology in this process, or all of its processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from pathlib import Path

    from mycelium.manifest import Manifest
    from mycelium.runner import Process
    from mycelium.topology import Topology

DESCRIPTION = """\
Run services until SIGTERM, SIGINT or SIGHUP (a second one gives up what still waits). Their
working directory is the project's folder. Of a topology with several processes --process names the
one to run, and --all runs each that belongs to this machine under one parent: subscribers start
first and stop last, a process that ends with 75 or is killed is started again (five times a
minute), and any other end stops all. Exit code 74: stopped, but something was not delivered; 75: a
service was given up or not ready in time, start again.
"""
EXAMPLES = """
torq-gen run                                        the services of config/dev.toml
torq-gen run flash_arbitrage                        one of them, with the settings that it has there
torq-gen run --topology config/live.toml
torq-gen run --topology config/bundled.toml --process adapters
torq-gen run --topology config/bundled.toml --all
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    from argparse import SUPPRESS

    from torq_gen.cli._shared.parser import add_topology

    parser.add_argument("services", metavar="SERVICE", nargs="*", help="only these services")
    add_topology(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--process", metavar="NAME", help="which process of the topology this is")
    which.add_argument(
        "--all", action="store_true", help="run every process of this machine under this one"
    )
    parser.add_argument(
        "--status",
        metavar="FILE",
        help="keep a JSON file of how they are, with process id and time; "
        "with --all each process has one beside it: FILE.json, FILE.NAME.json",
    )
    parser.add_argument(
        "--until-finished",
        action="store_true",
        help="end when no service has anything to do; with --all when the processes that get "
        "nothing from others have",
    )
    parser.add_argument("--lifeline", metavar="FD", type=int, help=SUPPRESS)


def run(arguments: Namespace) -> int:
    """Run the services."""
    import os
    from pathlib import Path

    from torq_gen.cli._shared import running
    from torq_gen.cli._shared.project import find_root, load_project

    project = load_project(find_root(arguments.root), color=arguments.color)
    manifest = running.manifest_of(project)
    child = arguments.lifeline is not None  # its parent has said which topology this is
    topology = running.topology_of(
        manifest, project.root, arguments.topology, arguments.services, say=not child
    )
    status = Path(arguments.status).absolute() if arguments.status else None
    if arguments.all and len(topology.processes) > 1:
        running.log_as_told(topology, manifest, "")
        return _run_all(arguments, project.root.resolve(), manifest, topology, status)
    name = running.process_of(topology, arguments.process, arguments.services)
    if child:
        from mycelium.runner import longest_stop
        from torq_gen.cli._shared.lifeline import hold

        hold(arguments.lifeline, longest_stop(topology))
    from torq_gen.cli._shared.identity import become

    os.chdir(project.root)
    become(topology.process(name).uid, name)
    running.log_as_told(topology, manifest, name)
    work = _until_finished if arguments.until_finished else _until_stopped
    return int(running.serve(running.maker(manifest, topology, name), work, status).code)


def _run_all(
    arguments: Namespace, root: Path, manifest: Manifest, topology: Topology, status: Path | None
) -> int:
    from pathlib import Path

    from mycelium.topology.roster import Roster
    from torq_gen.cli._shared.project import TOPOLOGY
    from torq_gen.cli._shared.together import Call, run_all

    file = Path(arguments.topology).absolute() if arguments.topology else root / TOPOLOGY
    call = Call(root, file, arguments.services, status, arguments.until_finished)
    return run_all(call, topology, Roster.of(manifest))


async def _until_finished(process: Process) -> None:
    await process.finished()


async def _until_stopped(process: Process) -> None:
    await process.wait()
