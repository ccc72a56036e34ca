"""``torq-gen release``: today's message versions become a promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.cli._shared.terminal import count

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence
    from pathlib import Path

    from torq_gen.cli._shared.project import Project
    from torq_gen.model import Message, ReleasedMessage, System

DESCRIPTION = """\
Mark today's message versions as released in torq.lock.yaml. From then on their layout cannot change
and their golden bytes are never made anew. What is released already stays as it is.

--mend mends torq.lock.yaml and the golden files after a merge of two branches: what both remember
is kept, and where they contradict each other the contradiction is named; --prefer decides it.
"""
EXAMPLES = """
torq-gen release
torq-gen release --check                  write nothing; exit 1 and name what is not released yet
torq-gen release --mend                   mend torq.lock.yaml after a merge
torq-gen release --mend --prefer theirs   what the merged branch says is out already
"""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 when something is unreleased"
    )
    parser.add_argument(
        "--mend", action="store_true", help="mend torq.lock.yaml after a merge; releases nothing"
    )
    parser.add_argument(
        "--prefer",
        choices=("ours", "theirs"),
        default="",
        help="with --mend: whose side of a contradiction is out already, as git names the two",
    )


def run(arguments: Namespace) -> int:
    """Release, or say what would be released; or mend the lock."""
    from torq_gen.cli._shared.failures import UsageError
    from torq_gen.cli._shared.project import find_root, load_project

    root = find_root(arguments.root)
    if arguments.prefer and not arguments.mend:
        raise UsageError("--prefer goes with --mend alone", "torq-gen release --mend --prefer ours")
    if arguments.mend:
        return _mend(root, check=arguments.check, prefer=arguments.prefer)
    project = load_project(root, color=arguments.color)
    new = [(m, v) for m in project.system.messages.values() for v in _unreleased(project, m)]
    for message, version in new:
        print(f"  {message.name} version {version}")
    if not new:
        released = sum(len(m.versions) for m in project.system.lock.messages.values())
        print(f"nothing to release; {count(released, 'version')} released")
        return 0
    if arguments.check:
        print(f"{count(len(new), 'version')} not released")
        return 1
    return _release(project, new)


def _mend(root: Path, *, check: bool, prefer: str) -> int:
    from torq_gen.cli._shared import mending_lock
    from torq_gen.cli._shared.drift import LOCK

    mending = mending_lock.mend(root, prefer)
    for conflict in mending.conflicts:
        print(f"  {conflict}")
    if mending.conflicts:
        print(
            f"{count(len(mending.conflicts), 'contradiction')}; nothing written: say which side is "
            "out already, --prefer ours or --prefer theirs"
        )
        return 1
    for note in mending.notes:
        print(f"  {note}")
    if not mending.files:
        print(f"{LOCK} needs no mending")
        return 0
    shown = ", ".join(sorted(mending.files))
    if check:
        print(f"to be mended: {shown}")
        return 1
    mending_lock.write(root, mending.files)
    print(f"mended {shown}")
    if mending.unread:
        print("golden files wait for the spec: mend system.yaml and schemas/, then run this again")
        return 1
    print("now run torq-gen generate, and commit")
    return 0


def _unreleased(project: Project, message: Message) -> Sequence[int]:
    known = project.system.lock.messages.get(message.name)
    versions = {1, *(field.since for field in message.fields)}
    return sorted(versions - set(known.versions if known is not None else ()))


def _release(project: Project, new: Sequence[tuple[Message, int]]) -> int:
    """The vectors have to be on disk before the lock says that they are."""
    from dataclasses import replace

    from torq_gen import output
    from torq_gen.cli._shared import outputs
    from torq_gen.cli._shared.drift import LOCK
    from torq_gen.spec import lock
    from torq_gen.targets import contract_tests, golden

    system = project.system
    _refuse_loss(project)
    frozen, _ = golden.keep(system, outputs.golden_files(project))
    locked = replace(system.lock, messages=_with(system, new))
    made, folders = golden.render(replace(system, lock=locked), frozen), [golden.FOLDER]
    if (project.root / contract_tests.FOLDER).is_dir():  # they hold the released digests
        made |= contract_tests.render(replace(system, lock=locked))
        folders.append(contract_tests.FOLDER)
    output.apply(output.plan(project.root, made, folders))
    output.write(project.root, {LOCK: lock.render(locked).encode()})
    print(f"{count(len(new), 'version')} released: commit {LOCK} and generated/")
    return 0


def _refuse_loss(project: Project) -> None:
    """What was released already has to be there as it was.

    A release that the lock does not have is fine while today's bytes are those of its golden file:
    an interrupted run leaves that.
    """
    from dataclasses import replace

    from torq_gen.cli._shared import drift, outputs
    from torq_gen.cli._shared.failures import CommandError

    work = outputs.compare(project, ("golden",))
    work = replace(work, forgotten=tuple(f for f in work.forgotten if not f.current))
    for finding in drift.lost(work):
        raise CommandError(finding.message, finding.help or "")


def _with(system: System, new: Sequence[tuple[Message, int]]) -> dict[str, ReleasedMessage]:
    from torq_gen.model import ReleasedMessage, ReleasedVersion
    from torq_gen.targets.golden import digest, vectors_of

    found = dict(system.lock.messages)
    for message, version in new:
        vectors = digest(vectors_of(message, version))
        released = ReleasedVersion(message.layout_at(version), vectors)
        before = found[message.name].versions if message.name in found else {}
        domain = system.domains[message.domain].id
        versions = {**before, version: released}
        found[message.name] = ReleasedMessage(message.type_id, versions, domain)
    return found
