"""Where generated files drifted from the spec, as findings (TQ601 to TQ606)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Diagnostic, Severity, Span
from torq_gen.output import Entry, State
from torq_gen.rule import Rule

if TYPE_CHECKING:
    from torq_gen.cli._shared.outputs import Work
    from torq_gen.model import Service
    from torq_gen.targets.golden import LostVectors

STALE = Rule(
    "TQ601",
    "stale-generated-file",
    "A generated file is what an earlier spec or generator made.",
)
EDITED = Rule(
    "TQ602",
    "edited-generated-file",
    "A generated file was changed by hand; the next run replaces it.",
)
MISSING = Rule("TQ603", "missing-generated-file", "A file that the spec makes is not there.")
ORPHANED = Rule(
    "TQ604",
    "orphaned-generated-file",
    "A generated file is still there that the spec no longer makes.",
)
FOREIGN = Rule(
    "TQ605",
    "foreign-generated-file",
    "A file that torq-gen never made stands in generated/.",
    Severity.WARNING,
)
NO_FOLDER = Rule("TQ606", "missing-service-folder", "An active service has no folder.")
LOST_VECTORS = Rule(
    "TQ607",
    "lost-golden-vectors",
    "The golden vectors of a released version are not on disk as they were released.",
)

RULES = (STALE, EDITED, MISSING, ORPHANED, FOREIGN, NO_FOLDER, LOST_VECTORS)

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
    lost = (lost_vectors(found) for found in work.lost)
    return (*files, *lost, *_lock(work), *folders)


def lost_vectors(lost: LostVectors) -> Diagnostic:
    """The finding that released bytes are gone."""
    state = "not those that were released" if lost.found else "not there"
    return LOST_VECTORS.at(
        Span.of_file(lost.path),
        f"the golden vectors of {lost.message} version {lost.version} are {state}",
        help=f"take the file from version control: git checkout HEAD -- {lost.path}",
    )


def _lock(work: Work) -> tuple[Diagnostic, ...]:
    if work.lock is None:
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
