"""What kinds of tests there are, how long one of each may take, and what is said of those that did.

Nothing but the standard library is imported: the pytest plugin is loaded in every run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final, NamedTuple

_LISTED: Final = 5


class Kind(NamedTuple):
    """A kind of tests: ``budget`` is the seconds that one of them may take."""

    name: str
    budget: float
    purpose: str


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("unit", 0.001, "pure logic: calculations, parsing"),
        Kind("contract", 0.1, "a message's or a service's contract: encoding, decoding, handlers"),
        Kind("integration", 1.0, "services together: a pair of them, or one and its transport"),
        Kind("replay", 5.0, "recorded scenarios, against regressions"),
        Kind("e2e", 30.0, "end to end: the few golden paths through a whole system"),
    )
}


class Timed(NamedTuple):
    """A test that ran: which, of what kind, and how many seconds it took and may take."""

    test: str
    kind: str
    seconds: float
    budget: float

    @property
    def over(self) -> bool:
        """Whether it took longer than it may."""
        return self.seconds > self.budget

    def refusal(self) -> str:
        """What is said when that is an error."""
        return (
            f"expected {self.kind} test to take at most {duration(self.budget)}, "
            f"found {duration(self.seconds)}: make it faster, or give it another kind "
            f"or a budget of its own: @pytest.mark.{self.kind}(budget=SECONDS)"
        )


class Folders:
    """The kinds of tests by the folders that they stand in: lines of ``KIND: FOLDER``.

    Of nested folders the inner one counts.

    Raises:
        ValueError: a line is something else
    """

    def __init__(self, lines: Iterable[str]) -> None:
        found: dict[PurePath, str] = {}
        for line in lines:
            kind, colon, folder = (part.strip() for part in line.partition(":"))
            if not colon or not folder or kind not in KINDS:
                known = ", ".join(KINDS)
                raise ValueError(f"expected KIND: FOLDER with a kind of {known}, found {line!r}")
            found[PurePath(folder)] = kind
        self._kinds = found

    def kind_of(self, path: PurePath) -> str | None:
        """The kind of the tests in a file, by its path from the project's root."""
        if not self._kinds:
            return None
        return next((self._kinds[folder] for folder in path.parents if folder in self._kinds), None)


def budget_of(kind: str, options: Mapping[str, Any]) -> float:
    """The seconds that a marker's ``budget`` allows, or its kind's.

    Raises:
        ValueError: the marker says something else
    """
    budget = options.get("budget", KINDS[kind].budget)
    if options.keys() - {"budget"} or not isinstance(budget, (int, float)) or budget <= 0:
        raise ValueError(f"expected {kind}() or {kind}(budget=SECONDS), found {dict(options)}")
    return float(budget)


def summary(timed: Sequence[Timed], *, every: bool) -> Iterator[str]:
    """A line for each kind, then those over their budgets: the worst five, or ``every`` one."""
    width = max(map(len, KINDS))
    for kind in KINDS.values():
        tests = [one for one in timed if one.kind == kind.name]
        if tests:
            slowest = max(tests, key=lambda one: one.seconds)
            yield (
                f"{kind.name:{width}}  {len(tests)} in {duration(sum(t.seconds for t in tests))}, "
                f"{sum(t.over for t in tests)} over {duration(kind.budget)}; "
                f"slowest: {duration(slowest.seconds)} {slowest.test}"
            )
    over = sorted((one for one in timed if one.over), key=lambda one: -one.seconds / one.budget)
    if over:
        yield "over budget:"
    for one in over if every else over[:_LISTED]:
        yield f"  {one.kind} {duration(one.seconds)} of {duration(one.budget)}  {one.test}"
    if not every and len(over) > _LISTED:
        yield f"  … and {len(over) - _LISTED} more: -v lists them"


def duration(seconds: float) -> str:
    """Seconds in three figures: 740 us, 1.35 ms, 12.3 s."""
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "us")):
        if seconds * factor >= 1 or unit == "us":
            return f"{seconds * factor:.3g} {unit}"
    raise AssertionError("the last unit takes everything")
