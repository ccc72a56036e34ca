"""What the linter says of the reference services when something in them is changed.

Breaking changes have to be found: by a finding of the family that is named, that the services as
they stand do not have. Harmless ones have to raise nothing. What is missed, and what is alarmed for
nothing, is printed with its diff. All of it is in memory; the same seed gives the same changes.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

from _harness.table import table
from _mutations import harmless, planting, publishes, rewriting
from _mutations.judging import Findings, Verdict, judge, unchanged
from _mutations.mutation import Generator, sample
from _mutations.project import Project, reference

_QUICK = 1
_MOST = 60  # of one kind
_ALL = 10_000
_BREAKING: tuple[tuple[str, int, Generator], ...] = (
    ("publish in disguise, by way", _ALL, publishes.by_carrier),
    ("publish in disguise, by message", _ALL, publishes.by_source),
    ("way or message alone", _ALL, publishes.plain_breaking),
    ("message in hand, published again", _ALL, publishes.forwarded),
    ("another message class", _MOST, rewriting.swapped),
    ("publish left out", _ALL, rewriting.dropped),
    ("every publish left out", _ALL, rewriting.never_published),
    ("handler changed", _MOST * 2, rewriting.handlers),
    ("unknown message, capability handed out", _ALL, planting.flow),
    ("store", _ALL, planting.stores),
    ("file's mode", _ALL, rewriting.turned),
    ("boundary", _ALL, planting.boundary),
    ("boundary, any function", _MOST * 2, rewriting.anywhere),
    ("precision", _ALL, planting.precision),
)
_HARMLESS: tuple[tuple[str, int, Generator], ...] = (
    *((name, _MOST, made) for name, made in harmless.GENERATORS),
    ("declared store, import for types", _ALL, planting.declared),
    ("exact arithmetic", _ALL, planting.exact),
)
_FOLLOWED: tuple[tuple[str, int, Generator], ...] = (
    ("declared publish in disguise", _ALL, publishes.plain_declared),
)


def main() -> int:
    """Change, judge and print; 1 if something was missed or alarmed for nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="see that it runs, in seconds")
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    started = time.perf_counter()
    project = reference()
    before = unchanged(project)
    most = _QUICK if options.quick else _ALL
    wrong: list[Verdict] = []
    for head, right, kinds in (
        ("breaking change", "caught", _BREAKING),
        ("harmless change", "silent", _HARMLESS),
        ("to be followed", "proven", _FOLLOWED),
    ):
        rows = list(_rows(project, before, kinds, options.seed, most, wrong))
        print(f"{table((head, 'made', right, 'not', 'wall, s'), (*rows, _sum(rows)))}\n")
    for verdict in wrong:
        print(f"{_described(verdict)}\n")
    print(f"seed {options.seed}, {time.perf_counter() - started:.0f} s")
    return 1 if any(v.mutation.kind != publishes.DECLARED for v in wrong) else 0


def _rows(
    project: Project,
    before: Mapping[str, Findings],
    kinds: Iterable[tuple[str, int, Generator]],
    seed: str,
    most: int,
    wrong: list[Verdict],
) -> Iterator[tuple[str, ...]]:
    for name, limit, generator in kinds:
        started = time.perf_counter()
        mutations = sample(generator, project, f"{seed} {name}", min(limit, most))
        verdicts = list(judge(project, before, mutations))
        failed = [verdict for verdict in verdicts if not verdict.right]
        wrong += failed
        count, took = len(verdicts), time.perf_counter() - started
        yield name, str(count), str(count - len(failed)), str(len(failed)), f"{took:.1f}"


def _sum(rows: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    made, right, failed = (sum(int(row[at]) for row in rows) for at in (1, 2, 3))
    return "all", str(made), str(right), str(failed), f"{sum(float(row[4]) for row in rows):.1f}"


def _described(verdict: Verdict) -> str:
    mutation = verdict.mutation
    wanted = " or ".join(mutation.expected) or "nothing new"
    found = "; ".join(f"{code} {message}" for code, message in sorted(verdict.new)) or "nothing"
    head = f"{mutation.service}, {mutation.kind}: {mutation.what}"
    return f"--- {head}\nexpected {wanted}, found {found}\n{verdict.diff}"


if __name__ == "__main__":
    sys.exit(main())
