"""Dead letters that a call names, and how they are shown."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mycelium.deadletters import LetterBox, LettersInUseError, StoredLetter, boxes_of
from torq_gen.cli._shared.failures import CommandError, UsageError, did_you_mean
from torq_gen.cli._shared.terminal import count, paint

if TYPE_CHECKING:
    from argparse import Namespace

    from mycelium.deadletters.reading import Remove
    from torq_gen.model import System

_SECOND = 1_000_000_000
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_ERROR_WIDTH = 60
_ID = re.compile(r"[0-9a-f]{4,12}")


@dataclass(frozen=True, slots=True)
class Found:
    """Letters by the boxes that they are in; ``torn`` counts lines there that are no letters."""

    boxes: tuple[tuple[LetterBox, tuple[StoredLetter, ...]], ...]
    torn: int

    @property
    def letters(self) -> tuple[StoredLetter, ...]:
        """All of them, the oldest first."""
        found = (stored for _, letters in self.boxes for stored in letters)
        return tuple(sorted(found, key=lambda stored: stored.letter.time))

    def by_box(self) -> Iterator[tuple[LetterBox, tuple[StoredLetter, ...]]]:
        """Boxes that have any."""
        return (entry for entry in self.boxes if entry[1])


def find(arguments: Namespace) -> Found:
    """The letters that the arguments name and that their filters leave.

    Raises:
        CommandError: there is no folder of dead letters.
        UsageError: a name is of no service that has letters, or an id of none.
    """
    boxes = boxes_of(_folder(arguments))
    every = [(box, box.letters()) for box in boxes]
    _check_names(arguments.which, every)
    chosen = tuple(
        (box, tuple(s for s in letters if _wanted(s, box.service, arguments)))
        for box, letters in every
    )
    return Found(chosen, sum(box.torn for box in boxes))


@contextmanager
def removing(box: LetterBox) -> Iterator[Remove]:
    """As `LetterBox.removing`.

    Raises:
        CommandError: somebody else is removing letters of the service.
    """
    try:
        with box.removing() as remove:
            yield remove
    except LettersInUseError as error:
        raise CommandError(str(error), "wait until that is done") from None


def moment(text: str) -> int:
    """A time in ns since 1970: how long ago, or a date (UTC where it does not say)."""
    from argparse import ArgumentTypeError

    ago = re.fullmatch(r"(\d{1,9})([smhd])", text)
    if ago is not None:
        return time.time_ns() - int(ago[1]) * _UNITS[ago[2]] * _SECOND
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            f"expected 30s, 5m, 2h, 1d or a date such as 2024-01-05T12:00, found {text!r}"
        ) from None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()) * _SECOND


def _folder(arguments: Namespace) -> Path:
    if arguments.folder is not None:
        folder = Path(arguments.folder).absolute()
        if not folder.is_dir():
            raise CommandError(
                f"--folder {arguments.folder}: expected a folder of dead letters, found none"
            )
        return folder
    from torq_gen.cli._shared import running
    from torq_gen.cli._shared.project import find_root, load_project

    project = load_project(find_root(arguments.root), color=arguments.color)
    manifest = running.manifest_of(project)
    topology = running.topology_of(manifest, project.root, arguments.topology, [])
    if topology.dead_letters is None:
        raise CommandError(
            "the topology keeps dead letters in memory only",
            "name a folder in it, dead_letters under [deployment], or here: --folder DIR",
        )
    return topology.dead_letters


def _check_names(which: Iterable[str], every: list[tuple[LetterBox, list[StoredLetter]]]) -> None:
    services = [box.service for box, _ in every]
    ids = [stored.id for _, letters in every for stored in letters]
    for name in which:
        if name in services or (_ID.fullmatch(name) and any(i.startswith(name) for i in ids)):
            continue
        known = f"services that have letters: {', '.join(services) or 'none'}"
        raise UsageError(
            f"expected a service that has dead letters, or an id of one, found {name!r}",
            did_you_mean(name, services) or known,
        )


def _wanted(stored: StoredLetter, service: str, arguments: Namespace) -> bool:
    letter, which = stored.letter, arguments.which
    return (
        (not which or service in which or any(_is_id(name, stored.id) for name in which))
        and arguments.message in (None, letter.type)
        and (arguments.error is None or arguments.error in letter.error)
        and (arguments.since is None or letter.time >= arguments.since)
        and (arguments.before is None or letter.time < arguments.before)
    )


def _is_id(name: str, id: str) -> bool:
    return _ID.fullmatch(name) is not None and id.startswith(name)


def table_of(letters: Iterable[StoredLetter]) -> str:
    """A line for each, under a head."""
    rows = [("id", "time", "service", "message", "error")]
    rows += [
        (s.id, time_of(s), s.letter.service, s.letter.type, _cut(s.letter.error)) for s in letters
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return "".join(
        "  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[-1]]) + "\n"
        for row in rows
    )


def as_table(found: Found) -> str:
    """The letters, and how many there are."""
    letters = found.letters
    services = count(sum(1 for _ in found.by_box()), "service")
    table = table_of(letters) if letters else ""
    torn = f"; {count(found.torn, 'line')} skipped, which are no letters" if found.torn else ""
    return f"{table}{count(len(letters), 'dead letter')} of {services}{torn}\n"


def as_json(found: Found) -> str:
    """The letters as one JSON object; nothing is cut."""
    letters = [
        {
            "id": stored.id,
            "service": stored.letter.service,
            "message": stored.letter.type,
            "time": time_of(stored),
            "error": stored.letter.error,
            "frame": stored.letter.frame,
            **({"text": stored.letter.message} if stored.letter.message else {}),
        }
        for stored in found.letters
    ]
    content: dict[str, Any] = {
        "letters": letters,
        "summary": {"letters": len(letters), "torn": found.torn},
    }
    return json.dumps(content)


def lines_of(stored: StoredLetter, system: System, *, color: bool) -> Iterator[str]:
    """Everything about one letter."""
    from torq_gen.cli._shared import tree
    from torq_gen.cli._shared.frames import Names, parts_of

    letter = stored.letter
    yield paint(f"{stored.id}: {letter.type} at {letter.service}, {time_of(stored)}", "bold", color)
    for line in letter.error.splitlines() or [""]:
        yield f"  {line}"
    if letter.frame:
        data = bytes.fromhex(letter.frame)
        for number, part in enumerate(parts_of(data, Names.of(system)), 1):
            yield from tree.lines_of(part, number, data, color=color)
    else:
        yield f"  no frame, its values cannot be encoded: {letter.message}"
        yield ""


def time_of(stored: StoredLetter) -> str:
    """When the letter was made, in UTC to the millisecond."""
    seconds, rest = divmod(stored.letter.time, _SECOND)
    at = datetime.fromtimestamp(seconds, UTC)
    return f"{at:%Y-%m-%d %H:%M:%S}.{rest // 1_000_000:03}Z"


def _cut(error: str) -> str:
    first = error.splitlines()[0] if error else ""
    return first if first == error and len(first) <= _ERROR_WIDTH else f"{first[:_ERROR_WIDTH]}…"
