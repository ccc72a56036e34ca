"""The spec, its lock and its golden vectors under a new name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.cli._shared.drift import LOCK
from torq_gen.cli._shared.failures import CommandError, UsageError
from torq_gen.cli._shared.project import SPEC
from torq_gen.refactoring.renaming import (
    FieldRename,
    LostPromiseError,
    MessageRename,
    check_promises,
    released_with,
    rename_in_lock,
    rename_in_schema,
    rename_in_system,
)

if TYPE_CHECKING:
    from torq_gen.cli._shared.project import Project
    from torq_gen.model import System
    from torq_gen.refactoring.renaming import Rename


def rename_spec(project: Project, rename: Rename) -> tuple[dict[str, bytes], System]:
    """The files that change, and what the spec describes then.

    Raises:
        UsageError: a released field cannot be renamed.
        CommandError: a file cannot be edited, or a promise would no longer be understood.
        UnusableSpecError: the spec could not be used under the new name.
    """
    from torq_gen.cli._shared import respec
    from torq_gen.editing import EditError

    _refuse_released(project.system, rename)
    texts = {p: c.decode() for p, c in respec.spec_files(project.root).items() if p != LOCK}
    edited = {}
    for path, text in texts.items():
        try:
            edit = rename_in_system if path == SPEC else rename_in_schema
            if (made := edit(text, rename)) != text:
                edited[path] = made
        except EditError as error:
            raise CommandError(f"nothing was renamed: {path}: {error}") from error
    changed: dict[str, bytes] = {p: t.encode() for p, t in edited.items()}
    changed |= _lock(project, rename)
    after = respec.load_with(
        project.root, changed, "nothing was renamed: the spec could not be used with the new name"
    )
    try:
        check_promises(project.system, after)
    except LostPromiseError as error:
        raise CommandError(
            f"nothing was renamed: {error} is stated in words that would not be understood then",
            "run `torq-gen fmt` first, which states it as a form",
        ) from error
    changed |= respec.canonical_as_before(texts, edited, project.system, after)
    return changed | _golden(project, rename, after), after


def _refuse_released(system: System, rename: Rename) -> None:
    if not isinstance(rename, FieldRename):
        return
    message = system.messages[rename.message]
    if (version := released_with(message, rename.old, system.lock)) is not None:
        raise UsageError(
            f"{rename.message}.{rename.old} was released in version {version}: its name stands in "
            "JSON that others have, and never changes",
            f"give it another name in Python alone: python_name: {rename.new}; or append a field "
            "and mark this one as deprecated",
        )


def _lock(project: Project, rename: Rename) -> dict[str, bytes]:
    from torq_gen.spec import lock
    from torq_gen.spec.lock import parse

    path = project.root / LOCK
    if not path.is_file():
        return {}
    before, _ = parse(path.read_text("utf-8"))
    renamed = rename_in_lock(before, rename)
    return {} if renamed == before else {LOCK: lock.render(renamed).encode()}


def _golden(project: Project, rename: Rename, after: System) -> dict[str, bytes]:
    """Golden files in which vectors that were released stand under the old name."""
    from torq_gen.cli._shared import outputs
    from torq_gen.targets import golden

    if not isinstance(rename, MessageRename):
        return {}
    files = outputs.golden_files(project)
    frozen, _ = golden.keep(project.system, files)
    if not any(name == rename.old for name, _ in frozen):
        return {}
    kept = {(rename.new if n == rename.old else n, v): found for (n, v), found in frozen.items()}
    domain = after.domains[after.messages[rename.new].domain]
    path = golden.path_of(domain)
    made = golden.render(after, kept)
    return {path: made[path]} if path in files else {}
