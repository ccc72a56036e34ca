"""``torq-gen init``: a new project that generates, checks, tests and runs at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping, Sequence

    from torq_gen.scaffolding.imported import Imported
    from torq_gen.scaffolding.project import Answers

DESCRIPTION = """\
Write a new project into DIR: a spec, a first pair of services with their tests, what is generated
from the spec, pre-commit hooks and a CI workflow. At a terminal it asks what no flag says. Nothing
is ever overwritten, and nothing is left half-written.

With --from-asyncapi or --from-proto the spec is drafted from a description that is there, its
services planned; what could not be carried over is listed, and kept in IMPORTED.md.
"""
EXAMPLES = """
torq-gen init shop                              asks
torq-gen init shop --defaults                   does not ask
torq-gen init . --name shop --ci gitlab --defaults
torq-gen init shop --from-asyncapi orders.yaml --defaults
torq-gen init shop --from-proto api/orders.proto --proto-path api --defaults
"""
_SHOWN = 40


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "dir", metavar="DIR", nargs="?", default=".", help="the project's folder (default: here)"
    )
    parser.add_argument("--name", help="the system's name (default: the folder's)")
    parser.add_argument("--package", help="the generated package (default: NAME_contracts)")
    parser.add_argument("--publisher", metavar="NAME", help="a first service (default: meter)")
    parser.add_argument("--subscriber", metavar="NAME", help="the other one (default: ledger)")
    parser.add_argument("--ci", help="github (default), gitlab or none")
    parser.add_argument("--defaults", action="store_true", help="ask nothing")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--from-asyncapi", metavar="FILE", help="draft the spec from AsyncAPI 3")
    source.add_argument(
        "--from-proto",
        metavar="FILE",
        action="append",
        help="draft the spec from protobuf messages; may be repeated",
    )
    parser.add_argument(
        "--proto-path",
        metavar="DIR",
        action="append",
        default=[],
        help="where imports of --from-proto are sought (default: beside the files)",
    )


def run(arguments: Namespace) -> int:
    """Make the project, or say why not."""
    from torq_gen.cli._shared.creating import complete, create, refuse_place
    from torq_gen.scaffolding.project import imported_files, new_files

    place = Path(arguments.root or ".") / arguments.dir
    refuse_place(place)
    _refuse_project(place)
    sources = _sources(arguments)
    imported = _import(arguments, sources) if sources else None
    answers = _answers(arguments, place, imported)
    if imported is None:
        files = new_files(answers)
    else:
        origin = " and ".join(path.name for path in sources)
        files = imported_files(answers, imported, origin)
    files = complete(place, files, arguments.color)
    create(place, files)
    _tell(place, len(files), imported)
    return 0


def _refuse_project(place: Path) -> None:
    from torq_gen.cli._shared.failures import CommandError
    from torq_gen.cli._shared.project import SPEC

    if (place / SPEC).exists():
        raise CommandError(
            f"{place}: expected a folder without a project, found {SPEC} in it",
            "torq-gen generate makes what it describes; torq-gen init DIR begins another one",
        )


def _sources(arguments: Namespace) -> list[Path]:
    from torq_gen.cli._shared.failures import UsageError

    given = arguments.from_proto or ([arguments.from_asyncapi] if arguments.from_asyncapi else [])
    flag = "--from-proto" if arguments.from_proto else "--from-asyncapi"
    if arguments.proto_path and not arguments.from_proto:
        raise UsageError("--proto-path goes with --from-proto alone")
    for name in given:
        if not Path(name).is_file():
            raise UsageError(f"{flag}: expected a file, found nothing at {name}")
    for flag_of_pair in ("publisher", "subscriber") if given else ():
        if getattr(arguments, flag_of_pair) is not None:
            raise UsageError(f"--{flag_of_pair} does not go with {flag}, which names the services")
    return [Path(name) for name in given]


def _import(arguments: Namespace, sources: Sequence[Path]) -> Imported:
    from torq_gen.cli._shared.failures import CommandError
    from torq_gen.scaffolding.imported import ImportFailedError

    try:
        if arguments.from_proto:
            from torq_gen.scaffolding import protobuf, protoc

            include = [Path(path) for path in arguments.proto_path]
            files, wanted = protoc.descriptors(sources, include)
            return protobuf.read(files, wanted, arguments.name or sources[0].stem)
        from torq_gen.scaffolding import asyncapi

        (source,) = sources
        load = _Loader(source.parent)
        return asyncapi.read(source.name, load(source.name), load, arguments.name or "")
    except ImportFailedError as error:
        raise CommandError(str(error), error.help) from None
    except RecursionError:
        names = " and ".join(map(str, sources))
        raise CommandError(f"{names}: nested too deep to be read") from None


class _Loader:
    """Reads JSON and YAML files in a folder and below it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, path: str) -> Any:
        from torq_gen.scaffolding.imported import ImportFailedError

        place = self.folder / path
        if not place.resolve().is_relative_to(self.folder.resolve()):
            raise ImportFailedError(f"{path}: it lies outside of {self.folder}")
        try:
            text = place.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ImportFailedError(f"{path}: expected a text file: {error}") from None
        import yaml

        try:
            return yaml.load(text, yaml.CSafeLoader)
        except yaml.YAMLError as error:
            reason = " ".join(str(error).split())
            raise ImportFailedError(f"{path}: expected JSON or YAML: {reason}") from None


def _answers(arguments: Namespace, place: Path, imported: Imported | None) -> Answers:
    from torq_gen.cli._shared.asking import Question, answers
    from torq_gen.drafting.names import package_name, service_name
    from torq_gen.scaffolding.project import Answers

    drafted = imported.draft.name if imported is not None else ""
    folder = service_name(place.resolve().name or "system", set())
    questions = [
        Question("name", "Name of the system", lambda _: drafted or folder),
        Question("package", "Generated package", lambda known: package_name(known["name"])),
        Question(
            "publisher",
            "A service that publishes",
            lambda known: _other("meter", known.get("subscriber")),
        ),
        Question(
            "subscriber",
            "A service that subscribes",
            lambda known: _other("ledger", known["publisher"]),
        ),
        Question("ci", "Continuous integration (github, gitlab, none)", lambda _: "github"),
    ]
    if imported is not None:
        questions = [q for q in questions if q.flag not in ("publisher", "subscriber")]
    given = {q.flag: getattr(arguments, q.flag) for q in questions}
    return Answers(**answers(tuple(questions), given, _problem, defaults=arguments.defaults))


def _other(name: str, taken: str | None) -> str:
    """The name, or where it is taken that of the pair's other service."""
    if name != taken:
        return name
    return "ledger" if name == "meter" else "meter"


def _problem(flag: str, answer: str, known: Mapping[str, str]) -> str:
    from torq_gen.scaffolding.project import problem_of

    if flag == "subscriber" and answer == known.get("publisher"):
        return f"expected two services, found {answer} twice"
    return problem_of(flag, answer)


def _tell(place: Path, files: int, imported: Imported | None) -> None:
    from shlex import quote

    from torq_gen.cli._shared.terminal import count

    print(f"{count(files, 'file')} written to {place}")
    if imported is not None and imported.lost:
        print(f"{count(len(imported.lost), 'thing')} not carried over (IMPORTED.md has them all):")
        for found in imported.lost[:_SHOWN]:
            print(f"  {found}")
        if len(imported.lost) > _SHOWN:
            print(f"  … and {len(imported.lost) - _SHOWN} more")
    steps = [f"cd {quote(str(place))}"] if str(place) != "." else []
    steps += ["pip install -r requirements.txt", "torq-gen check", "pytest -q"]
    steps += [] if imported is not None else ["torq-gen run --until-finished"]
    print("next:", *(f"  {step}" for step in steps), sep="\n")
