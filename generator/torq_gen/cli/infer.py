"""``torq-gen infer``: a first spec from code that exists."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping, Sequence

    from torq_gen.cli._shared.failures import UnusableSpecError
    from torq_gen.diagnostics import Diagnostic, Span
    from torq_gen.inference.inferring import Inferred
    from torq_gen.inference.sites import Flow, Sites, Use

DESCRIPTION = """\
Draft system.yaml, and schemas where there are none, from a project's code: services, what each
publishes and subscribes, the classes that it sends, stores and externals. A comment beside each
entry says where the code does it and how sure that is; what nobody can tell is listed below its
service. Nothing is overwritten: where there is a system.yaml, only --print works.
"""
EXAMPLES = """
torq-gen infer                                    draft the project here
torq-gen infer app/ --print                       write nothing, show system.yaml and the schemas
torq-gen infer --service billing=src/billing      only these folders are services
torq-gen infer --format json                      every edge with its places, for a program
"""
_UNRESOLVED_SHOWN = 20


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "dir", metavar="DIR", nargs="?", default=".", help="the project's folder (default: here)"
    )
    parser.add_argument("--name", help="the system's name (default: the folder's)")
    parser.add_argument(
        "--service",
        metavar="NAME=DIR",
        action="append",
        default=[],
        help="a service and its folder, relative to the project's; may be repeated",
    )
    parser.add_argument("--print", action="store_true", help="write nothing, show the files")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="json implies --print"
    )


def run(arguments: Namespace) -> int:
    """Infer, and write or show."""
    from torq_gen.cli._shared.creating import canonical, check_spec, create
    from torq_gen.cli._shared.failures import CommandError
    from torq_gen.cli._shared.progress import progress
    from torq_gen.cli._shared.settings import read_settings
    from torq_gen.drafting.names import service_name
    from torq_gen.drafting.writing import files_of
    from torq_gen.inference.inferring import NothingFoundError, infer
    from torq_gen.inference.known import UnusableSchemasError

    root = (Path(arguments.root or ".") / arguments.dir).resolve()
    _refuse(arguments, root)
    name = arguments.name or service_name(root.name or "system", set())
    try:
        found = infer(root, name, _services(arguments, root), read_settings(root), progress)
    except NothingFoundError:
        raise CommandError(
            f"{arguments.dir}: expected code that speaks to a broker, found none",
            "name the services: --service NAME=DIR; torq-gen init begins a new project",
        ) from None
    except UnusableSchemasError as error:
        raise _shown(error.findings, root, arguments.color) from None
    if arguments.format == "json":
        import json

        print(json.dumps(_record(found)))
        return 0
    files = files_of(found.draft)
    files = canonical(files, check_spec(root, _with_schemas(root, files), arguments.color))
    if arguments.print:
        for path, content in files.items():
            print(f"# {path}\n{content.decode()}", end="\n" if path != list(files)[-1] else "")
        return 0
    create(root, files)
    _tell(found, files)
    return 0


def _refuse(arguments: Namespace, root: Path) -> None:
    """Refuse a call that can do nothing, before code is read."""
    from torq_gen.cli._shared.failures import CommandError, UsageError
    from torq_gen.cli._shared.project import SPEC
    from torq_gen.scaffolding.project import problem_of

    if not root.is_dir():
        raise UsageError(f"{arguments.dir}: expected the project's folder, found none")
    if arguments.name and (wrong := problem_of("name", arguments.name)):
        raise UsageError(f"--name: {wrong}")
    if (root / SPEC).exists() and not arguments.print and arguments.format == "text":
        raise CommandError(
            f"{arguments.dir}: expected a project without a spec, found {SPEC}",
            "--print shows what would be drafted; torq-gen check compares the code with the spec",
        )


def _shown(findings: Sequence[Diagnostic], root: Path, color: str) -> UnusableSpecError:
    """Show what is wrong with the schemas; the error to end with."""
    import sys

    from torq_gen.cli._shared.failures import UnusableSpecError
    from torq_gen.cli._shared.terminal import wants_color
    from torq_gen.report import text
    from torq_gen.spec.loaded import Sources

    sources = Sources(root, tuple({d.span.file for d in findings}))
    shown = text.render(findings, sources, color=wants_color(color, sys.stderr))
    print(shown, file=sys.stderr, end="")
    return UnusableSpecError(
        "the schemas that are there cannot be used: mend them first",
        "schemas/*.yaml are torq-gen's; move files of another kind elsewhere",
    )


def _services(arguments: Namespace, root: Path) -> Mapping[str, str]:
    from torq_gen.cli._shared.failures import UsageError
    from torq_gen.scaffolding.project import problem_of

    found: dict[str, str] = {}
    for given in arguments.service:
        name, separator, folder = given.partition("=")
        if not separator:
            raise UsageError(f"--service: expected NAME=DIR, found {given!r}")
        if wrong := problem_of("publisher", name):
            raise UsageError(f"--service: {wrong}")
        place = (root / folder).resolve()
        if not place.is_dir() or place == root or not place.is_relative_to(root):
            raise UsageError(f"--service {name}: expected a folder of the project, found {folder}")
        found[name] = place.relative_to(root).as_posix()
    return found


def _with_schemas(root: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    there = [*sorted((root / "schemas").glob("*.yaml")), root / "torq.lock.yaml"]
    known = {p.relative_to(root).as_posix(): p.read_bytes() for p in there if p.is_file()}
    return {**known, **files}


def _tell(found: Inferred, files: Mapping[str, bytes]) -> None:
    from torq_gen.cli._shared.terminal import count

    sites = found.sites
    for path in files:
        print(f"  created  {path}")
    flows = {(s.service, f.publishes, f.message or str(f.topic)) for s in sites for f in s.flows}
    published = sum(publishes for _, publishes, _ in flows)
    subscribed = len(flows) - published
    print(
        f"{count(len(sites), 'service')}: {published} published, {subscribed} subscribed, "
        f"{count(len(found.draft.stores), 'store')}, "
        f"{count(len(found.draft.externals), 'external')}"
    )
    unresolved = [u for s in sites for u in s.unresolved]
    if unresolved:
        print(f"{count(len(unresolved), 'place')} unresolved (system.yaml lists them all):")
        for one in unresolved[:_UNRESOLVED_SHOWN]:
            print(f"  {one.span.file}:{one.span.line}: {one.what}")
        if len(unresolved) > _UNRESOLVED_SHOWN:
            print(f"  … and {len(unresolved) - _UNRESOLVED_SHOWN} more")
    if found.passed:
        print(f"no service: {', '.join(found.passed)} (--service NAME=DIR names one)")
    if found.roots:
        listed = ", ".join(f'"{root}"' for root in (".", *found.roots))
        print(
            f"modules were found below {', '.join(found.roots)}; for `check` to find them, say in"
        )
        print(f"  pyproject.toml: [tool.torq-gen] source-roots = [{listed}]")
    print("next:", "  torq-gen generate", "  torq-gen check --update-baseline", sep="\n")


def _record(found: Inferred) -> dict[str, object]:
    """What ``--format json`` prints; lines count from 1."""
    places = ((s, found.places[s.service]) for s in found.sites)
    services = [_service(sites, place.entry or place.path) for sites, place in places]
    return {"services": services, "passed": list(found.passed)}


def _service(sites: Sites, path: str) -> dict[str, object]:
    return {
        "name": sites.service,
        "path": path,
        "flows": [_flow(flow) for flow in sites.flows],
        "stores": [_use(use) for use in sites.uses],
        "externals": [{"url": c.url, "sure": c.sure.value, **_place(c.span)} for c in sites.calls],
        "libraries": list(sites.libraries),
        "unresolved": [{"what": u.what, **_place(u.span)} for u in sites.unresolved],
    }


def _flow(flow: Flow) -> dict[str, object]:
    return {
        "does": "publish" if flow.publishes else "subscribe",
        "topic": str(flow.topic) if flow.topic is not None else None,
        "message": flow.message or None,
        "payload": flow.payload or None,
        "library": flow.library or None,
        "sure": flow.sure.value,
        **_place(flow.span),
    }


def _use(use: Use) -> dict[str, object]:
    part = {"table" if use.table else "key": use.part}
    does = {"reads": use.reads, "writes": use.writes, "sure": use.sure.value}
    return {"kind": use.kind, **part, **does, **_place(use.span)}


def _place(span: Span) -> dict[str, object]:
    return {"file": span.file, "line": span.line}
