"""``torq-gen rename``: a message, a service or a field under another name, everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torq_gen.cli._shared.terminal import count

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from pathlib import Path

    from torq_gen.cli._shared.project import Project
    from torq_gen.cli._shared.respec import Change
    from torq_gen.model import System
    from torq_gen.refactoring.renaming import Rename

DESCRIPTION = """\
Rename in the spec, the lock file, topologies and Python code, all at once or not at all; comments
and layout stay. A type id or service id stays with what it was given to, so old frames are read as
before. Code is changed where it is certain what a name refers to (this needs libcst); every other
place that mentions the old name is listed. Run `torq-gen generate` afterwards.
"""
EXAMPLES = """
torq-gen rename message PoolStateUpdate PoolState
torq-gen rename service signal_relay signal_router
torq-gen rename field Quote.bid_size Quote.bid_amount
torq-gen rename message Fill Execution --diff       write nothing; show what would change
torq-gen rename message Fill Execution --no-code    the spec alone; list the code that mentions it
"""
_SHOWN = 40


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("kind", choices=("message", "service", "field"), help="what is renamed")
    parser.add_argument("old", metavar="OLD", help="its name; of a field, MESSAGE.FIELD")
    parser.add_argument("new", metavar="NEW", help="its new name")
    parser.add_argument("--no-code", action="store_true", help="leave Python code as it is")
    parser.add_argument("--diff", action="store_true", help="write nothing; show what would change")


def run(arguments: Namespace) -> int:
    """Rename, or show what would be renamed."""
    from torq_gen import transaction
    from torq_gen.cli._shared import respec
    from torq_gen.cli._shared.project import find_root

    root = find_root(arguments.root)
    if arguments.diff:
        change = _change(root, arguments)
        code = respec.show(root, change, arguments.color)
        _say_left(change)
        return code
    with transaction.exclusive(root):
        change = _change(root, arguments)
        transaction.commit(root, change.files, change.modes)
    respec.say(change.notes)
    _say_left(change)
    print(respec.NEXT)
    return 0


def _say_left(change: Change) -> None:
    if not change.left:
        return
    print(f"left as they are, {count(len(change.left), 'place')} to look at:")
    for place in change.left[:_SHOWN]:
        print(f"  {place}")
    if len(change.left) > _SHOWN:
        print(f"  … and {len(change.left) - _SHOWN} more")


def _change(root: Path, arguments: Namespace) -> Change:
    from torq_gen.cli._shared import respec
    from torq_gen.cli._shared.project import load_project
    from torq_gen.cli._shared.renamed_code import Carried, carry, mentions, names_of
    from torq_gen.cli._shared.renamed_spec import rename_spec
    from torq_gen.cli._shared.renamed_topologies import rename_topologies
    from torq_gen.refactoring.renaming import FieldRename, ServiceRename

    project = load_project(root, color=arguments.color, assign_ids=True)
    rename = _asked(project.system, arguments)
    spec, after = rename_spec(project, rename)
    files: dict[str, bytes | None] = {**spec}
    names = names_of(rename, project.system, after)
    carried = Carried({}, (), {})
    if not arguments.no_code:
        carried = carry(root, names, _moved(project, after, rename))
        files |= carried.files
    if isinstance(rename, ServiceRename):
        files |= rename_topologies(root, rename.old, rename.new)
    # A field's name alone says nothing outside of the files that know its message.
    words = frozenset() if isinstance(rename, FieldRename) else frozenset({rename.old})
    words |= names.words if arguments.no_code else frozenset()
    left = (*carried.left, *mentions(root, words, files, code=arguments.no_code))
    notes = (f"  {_verb(root, path, files[path])} {path}" for path in sorted(files))
    return respec.Change(files, tuple(notes), left, carried.modes)


def _verb(root: Path, path: str, content: bytes | None) -> str:
    if content is None:
        return "removed"
    return "changed" if (root / path).exists() else "created"


def _moved(project: Project, after: System, rename: Rename) -> tuple[str, str] | None:
    """The service's folder, old and new, where it moves.

    Raises:
        UsageError: something stands at the new place.
    """
    from torq_gen.cli._shared.failures import UsageError
    from torq_gen.refactoring.renaming import ServiceRename

    if not isinstance(rename, ServiceRename):
        return None
    old, new = (
        s.path.strip("/") for s in (project.system.services[rename.old], after.services[rename.new])
    )
    if old == new or not (project.root / old).is_dir():
        return None
    if (project.root / new).exists():
        raise UsageError(f"{new} is there already", "move it away, or choose another name")
    return old, new


def _asked(system: System, arguments: Namespace) -> Rename:
    """What the call names.

    Raises:
        UsageError: the old name is unknown, or the new one is taken.
    """
    from torq_gen.cli._shared.failures import UsageError
    from torq_gen.refactoring.renaming import FieldRename, MessageRename, ServiceRename

    old, new = arguments.old, arguments.new
    if arguments.kind == "message":
        _check(old, new, system.messages, "message")
        return MessageRename(old, new)
    if arguments.kind == "service":
        _check(old, new, system.services, "service")
        return ServiceRename(old, new)
    message, dot, field = old.partition(".")
    new = new.removeprefix(f"{message}.")
    _check(message, "", system.messages, "message")
    if not dot:
        known = ", ".join(f"{message}.{f.name}" for f in system.messages[message].fields)
        raise UsageError(f"expected MESSAGE.FIELD, found {old!r}", f"there are: {known}")
    _check(field, new, [f.name for f in system.messages[message].fields], f"field of {message}")
    return FieldRename(message, field, new)


def _check(old: str, new: str, known: Any, kind: str) -> None:
    from torq_gen.cli._shared.failures import UsageError, did_you_mean

    if old not in known:
        near = did_you_mean(old, known) or f"there are: {', '.join(known) or 'none'}"
        raise UsageError(f"no {kind} is named {old!r}", near)
    if new in known:
        raise UsageError(f"there is a {kind} named {new!r} already", "choose another name")
