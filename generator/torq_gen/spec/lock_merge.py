"""Two branches' ``torq.lock.yaml`` to one: what has one answer is decided, the rest is named; pure.

What either side released stays released and what either assigned stays assigned. Where the sides
contradict each other somebody has to say which one is out already.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from torq_gen.model.lock import Lock, ReleasedMessage

_LAST_ID = 65535
_MARK = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(?: (.*))?$")


class Sides(NamedTuple):
    """The two texts of an unfinished merge, and what its marks call them."""

    ours: str
    theirs: str
    ours_name: str
    theirs_name: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The lock, what was decided, and the contradictions that nobody has decided yet."""

    lock: Lock
    notes: tuple[str, ...]
    conflicts: tuple[str, ...]


def sides(text: str) -> Sides | None:
    """The two texts that a merge's marks stand for; None without any, or where one is missing."""
    ours: list[str] = []
    theirs: list[str] = []
    names = ["ours", "theirs"]
    into: tuple[list[str], ...] = (ours, theirs)
    expected = "<"
    found = False
    for line in text.splitlines(keepends=True):
        mark = _MARK.match(line.rstrip("\r\n"))
        if mark is None:
            for part in into:
                part.append(line)
            continue
        kind, found = mark[1][0], True
        if kind not in expected:
            return None
        match kind:
            case "<":
                into, expected, names[0] = (ours,), "|=", mark[2] or names[0]
            case "|":
                into, expected = (), "="
            case "=":
                into, expected = (theirs,), ">"
            case _:
                into, expected, names[1] = (ours, theirs), "<", mark[2] or names[1]
    if not found or expected != "<":
        return None
    return Sides("".join(ours), "".join(theirs), *names)


def merge(
    ours: Lock, theirs: Lock, names: tuple[str, str] = ("ours", "theirs"), prefer: str = ""
) -> Merged:
    """The lock that keeps what both sides remember; ``prefer`` is ``ours`` or ``theirs``."""
    return _Merge(ours, theirs, names, prefer).run()


class _Merge:
    def __init__(self, ours: Lock, theirs: Lock, names: tuple[str, str], prefer: str) -> None:
        swapped = prefer == "theirs"
        self.first, self.second = (theirs, ours) if swapped else (ours, theirs)
        self.names = (names[1], names[0]) if swapped else names
        self.chosen = bool(prefer)
        self.notes: list[str] = []
        self.conflicts: list[str] = []

    def run(self) -> Merged:
        services, retired = self._ids()
        messages = self._messages()
        return Merged(Lock(services, retired, messages), tuple(self.notes), tuple(self.conflicts))

    def _ids(self) -> tuple[dict[str, int], dict[str, int]]:
        """Ids of services; one that is gone on one side and lives on the other lives."""
        first = {**self.first.retired, **self.first.services}
        second = {**self.second.retired, **self.second.services}
        found = dict(first)
        taken = {number: name for name, number in first.items()}
        homeless: dict[str, int] = {}
        for name, number in second.items():
            if name in first:
                if first[name] != number:
                    self._decide(
                        f"{name} has the id {first[name]} in {{0}} and {number} in {{1}}",
                        f"{name} keeps the id {first[name]}",
                    )
            elif number in taken:
                homeless[name] = number
            else:
                found[name] = number
                taken[number] = name
        free = (i for i in range(1, _LAST_ID + 1) if i not in {*taken, *second.values()})
        for name, number in homeless.items():
            found[name] = next(free)
            self._decide(
                f"the id {number} is {taken[number]}'s in {{0}} and {name}'s in {{1}}",
                f"{taken[number]} keeps the id {number}, {name} gets {found[name]}",
            )
        living = {*self.first.services, *self.second.services}
        services = {name: number for name, number in found.items() if name in living}
        return services, {n: i for n, i in found.items() if n not in living}

    def _messages(self) -> dict[str, ReleasedMessage]:
        found = dict(self.first.messages)
        owners = {message.type_id: name for name, message in found.items()}
        for name, other in self.second.messages.items():
            mine = found.get(name)
            if mine is not None:
                found[name] = self._joined(name, mine, other)
            elif (owner := owners.get(other.type_id)) is not None:
                self._decide(
                    f"the type id {other.type_id} was released as {owner}'s in {{0}} and as "
                    f"{name}'s in {{1}}",
                    f"{owner} keeps the type id {other.type_id}; {name} needs another one in its "
                    "schema, and a release",
                )
            else:
                found[name] = other
        return found

    def _joined(self, name: str, mine: ReleasedMessage, other: ReleasedMessage) -> ReleasedMessage:
        for what, one, two in (
            ("type id", mine.type_id, other.type_id),
            ("domain id", mine.domain, other.domain),
        ):
            if one != two and None not in (one, two):
                self._decide(
                    f"{name} was released with the {what} {one} in {{0}} and {two} in {{1}}",
                    f"{name} keeps the {what} {one}",
                )
        versions = dict(mine.versions)
        for number, version in other.versions.items():
            if number not in versions:
                versions[number] = version
            elif versions[number].layout != version.layout:
                self._decide(
                    f"version {number} of {name} was released as '{versions[number].layout}' in "
                    f"{{0}} and as '{version.layout}' in {{1}}",
                    f"version {number} of {name} stays '{versions[number].layout}'; what the other "
                    "side appended takes the next version in its schema",
                )
            elif versions[number].golden != version.golden:
                self._decide(
                    f"version {number} of {name} was released with other golden vectors in {{0}} "
                    "than in {1}",
                    f"version {number} of {name} keeps the golden vectors of {self.names[0]}",
                )
        domain = mine.domain if mine.domain is not None else other.domain
        return replace(mine, versions=dict(sorted(versions.items())), domain=domain)

    def _decide(self, conflict: str, decision: str) -> None:
        """A contradiction is decided by the preferred side, or left to whoever runs this."""
        if self.chosen:
            self.notes.append(decision)
        else:
            self.conflicts.append(conflict.format(*self.names))
