"""Everything that ``check`` finds: in the spec, in generated files, in the services' code."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared.scope import Files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torq_gen.cli._shared.scope import Scope
    from torq_gen.diagnostics import Diagnostic
    from torq_gen.lint.checking import Checked
    from torq_gen.lint.settings import LintSettings
    from torq_gen.model import System
    from torq_gen.spec import Loaded


class Look(NamedTuple):
    """What was found, before suppression. ``usable`` says whether the spec is.

    Suppressions may stand in ``marked``, no others of the services' files. ``looked`` names the
    files in the call's places, if it has any.
    """

    loaded: Loaded
    usable: bool
    found: tuple[Diagnostic, ...]
    files: Files
    marked: tuple[str, ...] = ()
    looked: tuple[str, ...] = ()


def look(scope: Scope, settings: LintSettings, *, jobs: int = 0, cache: bool = True) -> Look:
    """Check the spec, then what was generated from it and the code that is written against it."""
    from torq_gen.spec import load

    loaded = load(scope.root)
    spec = sum(scope.has(file) for file in loaded.sources)
    homes = loaded.homes
    if homes is None or any(d.severity.value == "error" for d in loaded.diagnostics):
        return Look(loaded, False, loaded.diagnostics, Files(spec))
    services = scope.services(homes)
    drift = _Part() if services is not None else _drift(scope, loaded)
    checked = _lint(scope, loaded, settings, services, jobs, cache)
    placed = _topologies(scope, loaded)
    code = _Part.of(scope, checked.diagnostics, checked.files)
    files = Files(spec, drift.number, code.number, placed.number)
    found = (*loaded.diagnostics, *drift.found, *checked.diagnostics, *placed.found)
    sources = tuple(filter(scope.has, loaded.sources)) if scope.places else ()
    looked = (*sources, *drift.files, *code.files, *placed.files)
    return Look(loaded, True, found, files, checked.marked, looked)


class _Part(NamedTuple):
    """What was found in files of one kind, and how many they are; by name only those in places."""

    found: tuple[Diagnostic, ...] = ()
    number: int = 0
    files: tuple[str, ...] = ()

    @classmethod
    def of(cls, scope: Scope, found: tuple[Diagnostic, ...], files: Sequence[str]) -> _Part:
        if not scope.places:
            return cls(found, len(files))
        within = tuple(filter(scope.has, files))
        return cls(found, len(within), within)


def _topologies(scope: Scope, loaded: Loaded) -> _Part:
    """What is wrong in the topology files."""
    from torq_gen.cli._shared import topologies

    files = [path.relative_to(scope.root).as_posix() for path in topologies.files(scope.root)]
    part = _Part.of(scope, (), files)
    if not part.number:
        return part
    return part._replace(found=topologies.findings(scope.root, _system(loaded)))


def _drift(scope: Scope, loaded: Loaded) -> _Part:
    """What drifted; a stamp that holds says that nothing did."""
    from torq_gen.cli._shared import stamp

    last = stamp.read(scope.root)
    if last is not None and stamp.holds(last, scope.root, ()):
        return _Part.of(scope, (), _standing(scope)) if scope.places else _Part((), last.files)
    from torq_gen.cli._shared import outputs
    from torq_gen.cli._shared.drift import findings
    from torq_gen.cli._shared.project import Project

    work = outputs.compare(Project(scope.root, _system(loaded), loaded), ())
    return _Part.of(scope, findings(work), [entry.path for entry in work.plan.entries])


def _system(loaded: Loaded) -> System:
    if loaded.system is None:
        raise ValueError("the system of a spec that cannot be used")
    return loaded.system


def _standing(scope: Scope) -> list[str]:
    """The generated files that there are."""
    files = (p for p in (scope.root / "generated").rglob("*") if "__pycache__" not in p.parts)
    return [p.relative_to(scope.root).as_posix() for p in files if p.is_file()]


def _lint(
    scope: Scope,
    loaded: Loaded,
    settings: LintSettings,
    services: frozenset[str] | None,
    jobs: int,
    cache: bool,
) -> Checked:
    from torq_gen.cli._shared.progress import progress
    from torq_gen.cli._shared.terminal import count
    from torq_gen.lint.checking import check
    from torq_gen.report.suppressions import MARK

    active = sum(home.active for home in (loaded.homes or {}).values())
    wanted = active if services is None else len(services)
    with progress(f"checking {count(wanted, 'service')}"):
        return check(
            scope.root,
            loaded,
            settings,
            services=services,
            spec=loaded.digest,
            jobs=jobs,
            cache=cache,
            word=MARK.encode(),
        )
