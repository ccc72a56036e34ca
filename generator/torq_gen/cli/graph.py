"""``torq-gen graph``: services and messages as a picture, or as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from torq_gen.graph.elements import Graph
    from torq_gen.model import System

DESCRIPTION = """\
Draw the services of the spec and the messages between them: all, one domain, what is around one
service, or what a change of a message, a type or a service hits. A dashed arrow is a subscription
that may miss messages, a dashed box a planned service. SVG is drawn by Graphviz (`dot`); Mermaid
is shown as it stands by GitHub, GitLab and many editors.
"""
EXAMPLES = """
torq-gen graph                                    the whole as Mermaid
torq-gen graph --domain Signal --output signal.svg
torq-gen graph --around flash_arbitrage --depth 2
torq-gen graph --hit PoolStateUpdate --format dot  what its change hits, directly and downstream
torq-gen graph --stores --externals --format json
"""
_FORMATS = ("mermaid", "dot", "svg", "json")
_ENDINGS = {
    **{".mmd": "mermaid", ".md": "markdown"},  # the second with the fence that draws it
    **{".dot": "dot", ".gv": "dot", ".svg": "svg", ".json": "json"},
}


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "--format",
        choices=_FORMATS,
        help="default: what the ending of --output says, else mermaid",
    )
    parser.add_argument("--output", metavar="FILE", help="write it there (default: show it)")
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--domain", metavar="NAME", help="only this domain's messages")
    part.add_argument("--around", metavar="SERVICE", help="only what is around this service")
    part.add_argument("--hit", metavar="NAME", help="what a change of it hits")
    parser.add_argument(
        "--depth", metavar="N", type=int, help="how many steps --around goes (default: 1)"
    )
    parser.add_argument("--stores", action="store_true", help="with the stores")
    parser.add_argument("--externals", action="store_true", help="with the externals")


def run(arguments: Namespace) -> int:
    """Draw it."""
    from torq_gen.cli._shared.project import find_root, load_project

    format = _format(arguments)
    _check_depth(arguments)
    system = load_project(find_root(arguments.root), color=arguments.color).system
    text = _drawn(_part(system, arguments), format)
    if arguments.output is None:
        print(text, end="")
        return 0
    _write(arguments.output, text)
    print(f"written to {arguments.output}")
    return 0


def _check_depth(arguments: Namespace) -> None:
    from torq_gen.cli._shared.failures import UsageError

    if arguments.depth is None:
        return
    if arguments.around is None:
        raise UsageError("--depth goes with --around alone")
    if arguments.depth < 1:
        raise UsageError(f"--depth: expected 1 or more, found {arguments.depth}")


def _part(system: System, arguments: Namespace) -> Graph:
    from torq_gen.graph import parts
    from torq_gen.graph.elements import Kind, whole

    kinds = [Kind.STORE] * arguments.stores + [Kind.EXTERNAL] * arguments.externals
    graph = whole(system, kinds)
    if arguments.domain is not None:
        _check("domain", arguments.domain, system.domains)
        return parts.of_domain(graph, arguments.domain)
    if arguments.around is not None:
        _check("service", arguments.around, system.services)
        return parts.around(graph, arguments.around, arguments.depth or 1)
    if arguments.hit is not None:
        known = (*system.messages, *system.services, *system.types)
        _check("message, service or type", arguments.hit, known)
        return parts.hit_by(graph, system, arguments.hit)
    return graph


def _check(kind: str, name: str, known: Any) -> None:
    from torq_gen.cli._shared.failures import UsageError, did_you_mean

    if name not in known:
        near = did_you_mean(name, known) or f"there are: {', '.join(known) or 'none'}"
        raise UsageError(f"no {kind} is named {name!r}", near)


def _format(arguments: Namespace) -> str:
    """What --format says, else the ending of --output, else Mermaid.

    Raises:
        UsageError: the ending says nothing.
    """
    from pathlib import PurePath

    from torq_gen.cli._shared.failures import UsageError

    if arguments.format is not None:
        return str(arguments.format)
    if arguments.output is None:
        return "mermaid"
    ending = PurePath(arguments.output).suffix.lower()
    if ending not in _ENDINGS:
        raise UsageError(
            f"--output {arguments.output}: expected one of {', '.join(_ENDINGS)}, found "
            f"{ending or 'no ending'}",
            "or say which --format it is",
        )
    return _ENDINGS[ending]


def _drawn(graph: Graph, format: str) -> str:
    from torq_gen.graph import formats

    match format:
        case "json":
            return formats.as_json(graph)
        case "dot":
            return formats.dot(graph)
        case "svg":
            return _svg(formats.dot(graph))
        case "markdown":
            return f"```mermaid\n{formats.mermaid(graph)}```\n"
    return formats.mermaid(graph)


def _svg(source: str) -> str:
    """The picture as Graphviz lays it out.

    Raises:
        CommandError: Graphviz is not installed, or failed.
    """
    import shutil
    import subprocess

    from torq_gen.cli._shared.failures import CommandError

    program = shutil.which("dot")
    if program is None:
        raise CommandError(
            "SVG is drawn by Graphviz, whose `dot` is not on PATH",
            "apt-get install graphviz, brew install graphviz, or --format mermaid",
        )
    done = subprocess.run(
        [program, "-Tsvg"], input=source, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode != 0:
        raise CommandError(f"{program} failed: {done.stderr.strip()}")
    return str(done.stdout)


def _write(file: str, text: str) -> None:
    """Write the file whole or not at all."""
    from pathlib import Path

    from torq_gen import disk
    from torq_gen.cli._shared.failures import UsageError

    place = Path(file)
    if place.is_dir():
        raise UsageError(f"--output {file}: expected a file, found a folder")
    disk.replace_all(place.parent, {place.name: text.encode()})
