"""Everything that ``check`` finds: in the spec, in generated files, in the services' code."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared.scope import Files

if TYPE_CHECKING:
    from torq_gen.cli._shared.scope import Scope
    from torq_gen.diagnostics import Diagnostic
    from torq_gen.lint.checking import Checked
    from torq_gen.lint.settings import LintSettings
    from torq_gen.model import System
    from torq_gen.spec import Loaded


class Look(NamedTuple):
    """What was found, before suppression. ``usable`` says whether the spec is.

    Suppressions may stand in ``marked``, no others of the services' files.
    """

    loaded: Loaded
    usable: bool
    found: tuple[Diagnostic, ...]
    files: Files
    marked: tuple[str, ...] = ()


def look(scope: Scope, settings: LintSettings, *, jobs: int = 0, cache: bool = True) -> Look:
    """Check the spec, then what was generated from it and the code that is written against it."""
    from torq_gen.spec import load

    loaded = load(scope.root)
    spec = sum(scope.has(file) for file in loaded.sources)
    if loaded.system is None or any(d.severity.value == "error" for d in loaded.diagnostics):
        return Look(loaded, False, loaded.diagnostics, Files(spec))
    services = scope.services(loaded.system)
    drift, generated = ((), 0) if services is not None else _drift(scope, loaded)
    checked = _lint(scope, loaded, loaded.system, settings, services, jobs, cache)
    placed, topologies = _topologies(scope, loaded.system)
    files = Files(spec, generated, sum(scope.has(file) for file in checked.files), topologies)
    found = (*loaded.diagnostics, *drift, *checked.diagnostics, *placed)
    return Look(loaded, True, found, files, checked.marked)


def _topologies(scope: Scope, system: System) -> tuple[tuple[Diagnostic, ...], int]:
    """What is wrong in the topology files, and how many there are."""
    from torq_gen.cli._shared import topologies

    files = [path.relative_to(scope.root).as_posix() for path in topologies.files(scope.root)]
    within = sum(scope.has(file) for file in files)
    return (topologies.findings(scope.root, system) if within else ()), within


def _drift(scope: Scope, loaded: Loaded) -> tuple[tuple[Diagnostic, ...], int]:
    """What drifted, and how many files were looked at; a stamp that holds says that nothing did."""
    from torq_gen.cli._shared import stamp

    last = stamp.read(scope.root)
    if last is not None and stamp.holds(last, scope.root, ()):
        return (), last.files if not scope.places else _standing(scope)
    from torq_gen.cli._shared import outputs
    from torq_gen.cli._shared.drift import findings
    from torq_gen.cli._shared.project import Project

    if loaded.system is None:
        raise ValueError("drift of a spec that cannot be used")
    work = outputs.compare(Project(scope.root, loaded.system, loaded), ())
    return findings(work), sum(scope.has(entry.path) for entry in work.plan.entries)


def _standing(scope: Scope) -> int:
    """How many generated files lie in the places."""
    files = (p for p in (scope.root / "generated").rglob("*") if "__pycache__" not in p.parts)
    names = (p.relative_to(scope.root).as_posix() for p in files if p.is_file())
    return sum(scope.has(name) for name in names)


def _lint(
    scope: Scope,
    loaded: Loaded,
    system: System,
    settings: LintSettings,
    services: frozenset[str] | None,
    jobs: int,
    cache: bool,
) -> Checked:
    from torq_gen.cli._shared.progress import progress
    from torq_gen.cli._shared.terminal import count
    from torq_gen.lint.checking import check
    from torq_gen.report.suppressions import MARK

    wanted = len(services) if services is not None else len(system.active_services())
    with progress(f"checking {count(wanted, 'service')}"):
        return check(
            scope.root,
            system,
            settings,
            services=services,
            spec=_digest(loaded),
            jobs=jobs,
            cache=cache,
            word=MARK.encode(),
        )


def _digest(loaded: Loaded) -> str:
    """What the spec's files say, in short."""
    from hashlib import blake2b

    state = blake2b(digest_size=16)
    for file, text in loaded.sources.items():
        state.update(f"{file}\0{len(text)}\0{text}".encode("utf-8", "surrogatepass"))
    return state.hexdigest()
