"""What the targets make of a project, compared with the disk, written and put into words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from torq_gen import disk, output, targets
from torq_gen.cli._shared import stamp
from torq_gen.cli._shared.drift import LOCK
from torq_gen.cli._shared.failures import UsageError, did_you_mean
from torq_gen.cli._shared.project import Project, load_project
from torq_gen.cli._shared.terminal import count, paint
from torq_gen.diagnostics import Severity
from torq_gen.model import Lock
from torq_gen.output import GENERATED, Plan, State
from torq_gen.targets import golden
from torq_gen.targets.golden import LostRelease, LostVectors

_SHOWN = 20
_VERBS = {
    State.MISSING: ("created", "green"),
    State.STALE: ("updated", "green"),
    State.EDITED: ("replaced", "yellow"),
    State.ORPHANED: ("removed", "red"),
}


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be written for a project.

    ``skeletons`` holds the first files of services without a folder, ``lock`` the lock file when it
    has to change; ``lost`` names released golden vectors that nothing can make again, and
    ``forgotten`` releases that the lock file has lost. Files that hold either are left alone.
    """

    project: Project
    plan: Plan
    skeletons: Mapping[str, Mapping[str, bytes]]
    lock: bytes | None
    lost: tuple[LostVectors, ...]
    forgotten: tuple[LostRelease, ...]

    @property
    def clean(self) -> bool:
        """Whether everything is as it should be."""
        return self.written and not self.lost and not self.forgotten

    @property
    def written(self) -> bool:
        """Whether there is nothing to write."""
        return self.plan.clean and not self.skeletons and self.lock is None


def prepare(
    root: Path, names: Sequence[str], *, color: str = "auto", assign_ids: bool = False
) -> Work:
    """Load the spec and compare what its targets make with the disk.

    Raises:
        UnusableSpecError: the spec has errors.
        UsageError, OutputError: as ``compare``.
    """
    check_names(names)
    return compare(load_project(root, color=color, assign_ids=assign_ids), names)


def compare(project: Project, names: Sequence[str]) -> Work:
    """Run the targets, all of them without ``names``, and compare with the disk.

    Raises:
        UsageError: there is no such target.
        OutputError: a file cannot stand where it belongs.
    """
    check_names(names)
    _check_exports(project, names)
    files = golden_files(project)
    frozen, lost = golden.keep(project.system, files)
    forgotten = golden.forgotten(project.system, files)
    made = targets.render(project.system, tuple(names) or None, frozen)
    folders = tuple(f"{GENERATED}/{name}" for name in names) or (GENERATED,)
    held = {found.path for found in lost} | {found.path for found in forgotten}
    plan = output.plan(project.root, made, folders, held)
    skeletons = {} if names else _skeletons(project)
    return Work(project, plan, skeletons, _new_lock(project), lost, forgotten)


def apply(work: Work) -> None:
    """Write what the work is about; ids come first, because the files are made with them."""
    root = work.project.root
    if work.lock is not None:
        output.write(root, {LOCK: work.lock})
    output.apply(work.plan)
    output.create_folders(root, _parents(work.skeletons))
    output.create_folders(root, work.skeletons)


def _parents(folders: Iterable[str]) -> Mapping[str, Mapping[str, bytes]]:
    """The folders above, outer ones first; where one is made, it is a package."""
    found = {str(p) for folder in folders for p in PurePosixPath(folder).parents} - {"."}
    text = b'"""Services, each a package of its own."""\n'
    return {path: {"__init__.py": text} for path in sorted(found)}


def remember(work: Work, names: Sequence[str]) -> None:
    """Leave a stamp, so that the next run need not look again."""
    root = work.project.root
    folders = tuple(s.path for s in work.project.system.active_services())
    files = sum(entry.wanted is not None for entry in work.plan.entries)
    summary = f"{count(files, 'file')} unchanged{_warned(work)}"
    stamp.write(root, names, files, summary, folders)


def changes(work: Work, color: bool) -> Iterator[str]:
    """A line for each file that was written or removed; of many alike, the first ones."""
    for state, (verb, style) in _VERBS.items():
        entries = work.plan.of(state)
        noted = state in (State.EDITED, State.ORPHANED)
        shown = entries if noted else entries[:_SHOWN]
        for entry in shown:
            note = " (it had been changed by hand)" if entry.edited else ""
            yield f"  {paint(f'{verb:8}', style, color)} {entry.path}{note}"
        if len(shown) < len(entries):
            yield f"  {paint(f'{verb:8}', style, color)} … and {len(entries) - len(shown)} more"
    if work.lock is not None:
        yield f"  {paint('updated ', 'green', color)} {LOCK}"
    for path in tuple(work.skeletons)[:_SHOWN]:
        yield f"  {paint('created ', 'green', color)} {path}/ (yours from now on)"
    if len(work.skeletons) > _SHOWN:
        more = len(work.skeletons) - _SHOWN
        yield f"  {paint('created ', 'green', color)} … and {more} more service folders"
    for entry in work.plan.of(State.FOREIGN):
        note = "was not made by torq-gen: move it out of generated/, or delete it"
        yield f"  {paint('kept    ', 'yellow', color)} {entry.path} ({note})"


def done(work: Work) -> str:
    """What a run did, in one line."""
    plan = work.plan
    written = len(plan.of(State.MISSING, State.STALE, State.EDITED))
    parts = [f"{count(written, 'file')} written", f"{len(plan.of(State.UNCHANGED)):,} unchanged"]
    if orphans := len(plan.of(State.ORPHANED)):
        parts.append(f"{orphans:,} removed")
    if work.skeletons:
        parts.append(f"{count(len(work.skeletons), 'service folder')} created")
    return ", ".join(parts) + _warned(work)


def state_of(work: Work) -> str:
    """What a run found, in one line."""
    plan = work.plan
    order = (State.STALE, State.EDITED, State.MISSING, State.ORPHANED)
    counted = [f"{len(plan.of(s)):,} {s.value}" for s in order if plan.of(s)]
    if work.lock is not None:
        counted.append(f"{LOCK} stale")
    if work.skeletons:
        counted.append(f"{count(len(work.skeletons), 'service folder')} missing")
    if work.lost:
        files = len({lost.path for lost in work.lost})
        counted.append(f"{count(files, 'golden file')} to be taken from version control")
    if work.forgotten:
        counted.append(f"{LOCK} to be taken from version control")
    unchanged = count(len(plan.of(State.UNCHANGED)), "file")
    tail = "; run `torq-gen generate`" if not work.written and not work.forgotten else ""
    return ", ".join([*counted, f"{unchanged} unchanged"]) + tail + _warned(work)


def _warned(work: Work) -> str:
    warnings = [d for d in work.project.loaded.diagnostics if d.severity is Severity.WARNING]
    if not warnings:
        return ""
    return f" ({count(len(warnings), 'warning')} about the spec: torq-gen check)"


def check_names(names: Sequence[str]) -> None:
    """Refuse a target that does not exist.

    Raises:
        UsageError: there is no such target.
    """
    known = tuple(targets.TARGETS)
    for name in names:
        if name not in known:
            near = did_you_mean(name, known)
            raise UsageError(f"unknown target {name!r}", near or f"targets: {', '.join(known)}")


def _check_exports(project: Project, names: Sequence[str]) -> None:
    for name in names:
        if name in targets.EXPORTS and name not in project.system.exports:
            raise UsageError(
                f"system.yaml does not ask for {name}", f"add it there: exports: [{name}]"
            )


def golden_files(project: Project) -> Mapping[str, bytes]:
    """The golden files on disk, by path; a renamed domain's vectors stand under its old name."""
    folder = project.root / golden.FOLDER
    names = sorted(p.name for p in folder.glob("*.json")) if folder.is_dir() else ()
    paths = (f"{golden.FOLDER}/{name}" for name in names)
    found = ((path, disk.read(project.root, path)) for path in paths)
    return {path: content for path, content in found if content is not None}


def _skeletons(project: Project) -> Mapping[str, Mapping[str, bytes]]:
    """By folder, for active services that have none."""
    services = project.system.active_services()
    absent = output.absent(project.root, [s.path for s in services])
    if not absent:
        return {}
    from torq_gen.targets import skeletons

    made = skeletons.render(project.system)
    return {s.path: made[s.name] for s in services if s.path in absent}


def _new_lock(project: Project) -> bytes | None:
    """``torq.lock.yaml`` when it has to be written: an id was assigned or retired."""
    from torq_gen.spec import lock

    path = project.root / LOCK
    found = path.read_bytes() if path.is_file() else None
    if found is None and project.system.lock == Lock():
        return None
    wanted = lock.render(project.system.lock).encode()
    return None if wanted == found else wanted
