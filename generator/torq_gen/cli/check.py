"""``torq-gen check``: the spec, the code that is written against it, and what was generated."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared import finding_arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from pathlib import Path

    from torq_gen.cli._shared.looking import Look
    from torq_gen.cli._shared.scope import Scope
    from torq_gen.cli._shared.settings import Choice
    from torq_gen.cli._shared.silencing import Shown
    from torq_gen.lint.settings import LintSettings

DESCRIPTION = """\
Check the spec, that services do what it says and nothing else, and that generated files are those
that it makes. Warnings are shown and fail nothing without --strict. Writes nothing, but for --fix,
--accept-into-spec, --update-baseline and --output.
"""
EXAMPLES = """
torq-gen check                                  everything
torq-gen check services/trader                  only this folder
torq-gen check --select flow,TQ501              only these families and rules
torq-gen check --format sarif --output out.sarif
torq-gen check --fix                            put in missing handlers, and the like
torq-gen check --accept-into-spec --diff        show what would be added to system.yaml
torq-gen check --baseline torq-baseline.json    only what is new since the baseline
torq-gen check --watch                          again after each change
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        help="show only findings in these files and folders; of a service, only it is analysed",
    )
    words = "codes (TQ201), their beginnings (TQ2), families (flow), rules' names"
    finding_arguments.add(parser, words)
    parser.add_argument(
        "--baseline", metavar="FILE", help="show only findings that this file does not hold"
    )
    parser.add_argument(
        "--update-baseline",
        action="store_true",
        help="write a first baseline, or take out of it what no longer occurs",
    )
    parser.add_argument("--fix", action="store_true", help="mend code; never widens the spec")
    parser.add_argument(
        "--accept-into-spec",
        action="store_true",
        help="add what the code does to system.yaml; refused under CI",
    )
    parser.add_argument(
        "--diff",
        action="store_true",
        help="show what --fix (the default) or --accept-into-spec would change, and write nothing",
    )
    parser.add_argument("--watch", action="store_true", help="run again when a file changes")
    parser.add_argument("--no-cache", action="store_true", help="analyse every file anew")
    parser.add_argument(
        "--jobs", metavar="N", type=int, default=0, help="processes (default: as many as pay)"
    )


class _Call(NamedTuple):
    """What one run is asked for."""

    arguments: Namespace
    scope: Scope
    settings: LintSettings
    choice: Choice
    baseline: Path | None

    def look(self) -> Look:
        """Look at everything in scope."""
        from torq_gen.cli._shared.looking import look

        arguments = self.arguments
        cache = not arguments.no_cache
        return look(self.scope, self.settings, jobs=arguments.jobs, cache=cache)

    def shown(self, seen: Look, *, update: bool = False) -> Shown:
        """The findings to show."""
        from torq_gen.cli._shared.silencing import hold_back, settle

        found = settle(self.scope, seen, self.choice)
        baseline = self.baseline if seen.usable else None  # its errors are in no baseline
        return hold_back(self.scope, found, self.choice, baseline, update=update)


def run(arguments: Namespace) -> int:
    """Check; 1 with findings, 2 when the spec cannot be used."""
    from torq_gen import collector
    from torq_gen.cli._shared.project import find_root

    _refuse_nonsense(arguments)
    root = find_root(arguments.root, _start(arguments)).resolve()
    if not arguments.watch:
        with collector.paused():
            return _once(root, arguments)
    from torq_gen.cli._shared.watching import watch

    return watch(root, "torq-gen check", lambda: _once(root, arguments))


def _once(root: Path, arguments: Namespace) -> int:
    call = _call(root, arguments)
    seen = call.look()
    _refuse_idle(call, seen)
    if seen.usable and (arguments.fix or arguments.accept_into_spec or arguments.diff):
        from torq_gen.cli._shared.mending import mend, show

        system = seen.loaded.system
        if system is not None:
            mended = mend(root, call.shown(seen).found, system, arguments)
            if arguments.diff:
                return show(mended, arguments.color)
            if mended.write(root):
                seen = call.look()
    shown = call.shown(seen, update=arguments.update_baseline)
    return _report(call, seen, shown)


def _refuse_idle(call: _Call, seen: Look) -> None:
    """Refuse a PATH in which nothing is checked: it would come out clean whatever it holds.

    Raises:
        UsageError: there is one.
    """
    if not call.scope.places or not seen.usable:
        return
    from torq_gen.cli._shared.failures import UsageError
    from torq_gen.report.rules import unchecked_folder

    root = call.scope.root
    looked = [root / f for f in (*seen.looked, *(finding.span.file for finding in seen.found))]
    failed = [root / folder for folder in map(unchecked_folder, seen.found) if folder]
    for path, place in zip(call.arguments.paths, call.scope.places, strict=True):
        said = any(place.is_relative_to(folder) for folder in failed)
        if not said and not any(file.is_relative_to(place) for file in looked):
            raise UsageError(
                f"{path}: expected something to check, found neither code of a service, nor the "
                "spec, generated files or topologies",
                "tests, hidden folders and what `exclude` names are left out",
            )


def _call(root: Path, arguments: Namespace) -> _Call:
    from torq_gen.cli._shared.scope import Scope
    from torq_gen.cli._shared.settings import Choice, read_settings

    settings = read_settings(root)
    select, ignore = map(finding_arguments.words_of, (arguments.select, arguments.ignore))
    choice = Choice(root, settings, select, ignore)
    scope = Scope.of(root, [str(_from(arguments, path)) for path in arguments.paths])
    return _Call(arguments, scope, settings, choice, _baseline(root, settings, arguments))


def _from(arguments: Namespace, path: str) -> Path:
    """A path of the call: from the folder that ``-C`` names, or else from here."""
    from pathlib import Path

    return Path(arguments.root or "", path)


def _report(call: _Call, seen: Look, shown: Shown) -> int:
    """Show what was found; the exit code."""
    from torq_gen.cli._shared.reporting import report

    arguments = call.arguments
    errors = sum(d.severity.value == "error" for d in shown.found)
    if seen.usable:
        report(call.scope, seen, shown, call.choice, arguments)
        return 1 if errors or (arguments.strict and shown.found) else 0
    from torq_gen.cli._shared.failures import UnusableSpecError
    from torq_gen.cli._shared.terminal import count

    elsewhere = sum(d.severity.value == "error" for d in seen.found) - errors
    elsewhere = max(elsewhere, 0)  # a suppression in the spec may be a finding, too
    if shown.found or not elsewhere or arguments.format != "text":
        report(call.scope, seen, shown, call.choice, arguments)
    if elsewhere:
        raise UnusableSpecError(
            f"the spec cannot be used: {count(elsewhere, 'error')} in other files",
            "torq-gen check without PATH shows them",
        )
    return 2


def _refuse_nonsense(arguments: Namespace) -> None:
    """Refuse what cannot be meant, before anything is read.

    Raises:
        UsageError: flags contradict each other, a number is out of range, or findings cannot be
            written where they should.
    """
    from torq_gen.cli._shared.failures import UsageError
    from torq_gen.cli._shared.reporting import refuse_output

    refuse_output(arguments.output)
    if arguments.jobs < 0:
        raise UsageError(f"--jobs: expected a number of processes, found {arguments.jobs}")
    mends = arguments.fix or arguments.accept_into_spec or arguments.diff
    if arguments.update_baseline and mends:
        raise UsageError(
            "--update-baseline goes with neither --fix nor --accept-into-spec nor --diff",
            "run one after the other",
        )
    if arguments.watch and (arguments.accept_into_spec or arguments.update_baseline):
        raise UsageError(
            "--watch goes with neither --accept-into-spec nor --update-baseline",
            "each is a person's decision about findings that were seen: run it once",
        )
    if arguments.accept_into_spec and not arguments.diff:
        from torq_gen.cli._shared.mending import refuse_under_ci

        refuse_under_ci()


def _start(arguments: Namespace) -> Path:
    """Where to seek the project: here, or else from the first path that is given."""
    from pathlib import Path

    from torq_gen.cli._shared.failures import UsageError

    places = [_from(arguments, path) for path in arguments.paths]
    for place in places:
        if not place.exists():
            help_ = f"with -C, paths are those from {arguments.root}" if arguments.root else ""
            message = f"{place}: expected a file or folder to check, found nothing"
            raise UsageError(message, help_)
    if arguments.root is None and places:
        first = places[0].resolve()
        return first if first.is_dir() else first.parent
    return Path()


def _baseline(root: Path, settings: LintSettings, arguments: Namespace) -> Path | None:
    """The baseline that the call names, or the settings, or the one that is to be written."""
    if arguments.baseline:
        return _from(arguments, arguments.baseline)
    if settings.baseline:
        return root / settings.baseline
    if not arguments.update_baseline:
        return None
    from torq_gen.report.baseline import FILE

    return root / FILE
