"""Where generated files drifted from the spec, as findings (TQ601 to TQ608)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.cli._shared.drift_rules import (
    EDITED,
    FOREIGN,
    LOST_RELEASES,
    LOST_VECTORS,
    MISSING,
    NO_FOLDER,
    ORPHANED,
    STALE,
)
from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.output import Entry, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torq_gen.cli._shared.outputs import Work
    from torq_gen.model import Service
    from torq_gen.targets.golden import LostRelease, LostVectors

LOCK = "torq.lock.yaml"
_GENERATE = "run `torq-gen generate`"
_TEXTS = {
    State.STALE: (STALE, "the file is not what the spec makes today", _GENERATE),
    State.EDITED: (
        EDITED,
        "the file was changed by hand",
        f"{_GENERATE}, which replaces it (`torq-gen generate --diff` shows what is lost); "
        "what must stay belongs into the spec or into services/",
    ),
    State.MISSING: (MISSING, "the file is not there", _GENERATE),
    State.ORPHANED: (
        ORPHANED,
        "the file is no longer made by any target",
        f"{_GENERATE}, which removes it",
    ),
    State.FOREIGN: (
        FOREIGN,
        "the file was not made by torq-gen, which owns generated/",
        "move it elsewhere, or delete it",
    ),
}


def findings(work: Work) -> tuple[Diagnostic, ...]:
    """A finding for each file that is not as it should be, and each folder that is not there."""
    entries = (*work.plan.entries, work.plan.manifest)
    files = (_finding(e) for e in entries if e.state is not State.UNCHANGED)
    services = work.project.system.active_services()
    folders = (_no_folder(s) for s in services if s.path in work.skeletons)
    return (*files, *lost(work), *_lock(work), *folders)


def lost(work: Work) -> tuple[Diagnostic, ...]:
    """The findings that released bytes or releases are gone: one a file, with one remedy."""
    by_path: dict[str, list[LostVectors]] = {}
    for found in work.lost:
        by_path.setdefault(found.path, []).append(found)
    vectors = (_lost_vectors(path, found) for path, found in sorted(by_path.items()))
    return (*vectors, *_lost_releases(work.forgotten))


def _lost_vectors(path: str, lost: Sequence[LostVectors]) -> Diagnostic:
    state = "not those that were released" if any(v.found for v in lost) else "not there"
    return LOST_VECTORS.at(
        Span.of_file(path),
        f"the golden vectors of {_versions(lost)} are {state}",
        help=f"take the file from version control: git checkout HEAD -- {path}",
    )


def _lost_releases(forgotten: Sequence[LostRelease]) -> tuple[Diagnostic, ...]:
    if not forgotten:
        return ()
    again = "; after an interrupted `torq-gen release`, run it again"
    finding = LOST_RELEASES.at(
        Span.of_file(LOCK),
        f"{LOCK} does not have the release of {_versions(forgotten)}",
        help=f"take it from version control: git checkout HEAD -- {LOCK}"
        + (again if all(found.current for found in forgotten) else ""),
    )
    return (finding,)


def _versions(found: Sequence[LostVectors | LostRelease]) -> str:
    shown = ", ".join(f"{lost.message} version {lost.version}" for lost in found[:3])
    return f"{shown} and {len(found) - 3} more" if len(found) > 3 else shown


def _lock(work: Work) -> tuple[Diagnostic, ...]:
    if work.lock is None or work.forgotten:
        return ()
    message = f"{LOCK} does not have the ids that the spec gives"
    return (STALE.at(Span.of_file(LOCK), message, help=f"{_GENERATE} and commit it"),)


def _no_folder(service: Service) -> Diagnostic:
    return NO_FOLDER.at(
        service.span or Span.of_file("system.yaml"),
        f"{service.name} is active, but {service.path}/ is not there",
        help=f"{_GENERATE}, which writes a skeleton; or say `status: planned`",
    )


def _finding(entry: Entry) -> Diagnostic:
    rule, message, help_text = _TEXTS[entry.state]
    if entry.state is State.ORPHANED and entry.edited:
        message += ", and was changed by hand"
    return rule.at(Span.of_file(entry.path), message, help=help_text)
