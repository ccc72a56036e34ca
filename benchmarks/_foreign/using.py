"""Of how many sites of programs that use a broker the topic is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from _foreign.applications import GIVEN_TOPICS, OWN_TOPICS, Application
from _foreign.fetching import each
from _foreign.packages import Package, unpack
from _foreign.project import write
from _foreign.repositories import unpack as unpack_repository
from _foreign.running import UnfinishedError, analysed, lines
from _foreign.sites import KINDS, kinds, known, sites
from _harness.table import table


@dataclass(frozen=True, slots=True)
class Used:
    """An application and what its services do with topics; ``crash`` says why that is not all."""

    application: Application
    lines: int
    topics: tuple[Sequence[str], ...]
    crash: str = ""


def measured(names: Iterable[str], kept: Path, folder: Path, limit: int) -> Iterator[Used]:
    """The applications of these names, or all; each service may take ``limit`` seconds."""
    every = (*OWN_TOPICS, *GIVEN_TOPICS)
    wanted = frozenset(names) or {application.name for application in every}
    return each(
        (application for application in every if application.name in wanted),
        lambda application: _placed(application, kept, folder),
        lambda application, root: _measure(application, root, limit),
        lambda used: f"{used.application.name}: {used.crash or 'done'}",
    )


def _placed(application: Application, kept: Path, folder: Path) -> Path:
    root = folder / application.name
    place = root / application.inside
    place.mkdir(parents=True)
    if isinstance(application.source, Package):
        unpack(application.source, kept, place)
    else:
        unpack_repository(application.source, kept, place)
    return root


def _measure(application: Application, root: Path, limit: int) -> Used:
    services = {f"part{n}": one for n, one in enumerate(application.services, 1)}
    write(root, {name: one.folder for name, one in services.items()})
    count = sum(lines(root / one.folder) for one in application.services)
    topics: list[Sequence[str]] = []
    crash = ""
    try:
        for name, one in services.items():
            result = analysed(root, name, limit, one.roots)
            topics += result["topics"]
            if result["given_up"]:
                crash = f"{one.folder} is given up: {result['given_up']}"
    except UnfinishedError as error:
        crash = str(error)
    return Used(application, count, tuple(topics), crash)


def report(looked: Sequence[Used]) -> str:
    """The tables of both groups, and below them each site whose topic is not known."""
    own = [one for one in looked if one.application in OWN_TOPICS]
    given = [one for one in looked if one.application in GIVEN_TOPICS]
    tables = [_table(group, name) for group, name in ((own, "own"), (given, "given")) if group]
    return "\n\n".join((*tables, "\n".join(_unknown(looked))))


def _table(looked: Sequence[Used], group: str) -> str:
    rows = []
    total: Counter[str] = Counter()
    for one in looked:
        found = kinds(one.topics)
        total += found
        by_hand = one.application.sites
        name = f"{one.application.name} {one.application.version}"
        rows.append((name, one.application.uses, f"{one.lines:,}", *_cells(found, by_hand)))
    by_hand = sum(one.application.sites for one in looked)
    count = f"{sum(one.lines for one in looked):,}"
    rows.append(("all", "", count, *_cells(total, by_hand)))
    head = (f"{group} topics", "uses", "lines", "sites", "found", *KINDS, "known")
    return table(head, rows)


def _cells(found: Counter[str], by_hand: int) -> tuple[str, ...]:
    counts = (by_hand, found.total(), *(found[kind] for kind in KINDS))
    return (*map(str, counts), known(found, by_hand))


def _unknown(looked: Sequence[Used]) -> Iterator[str]:
    for one in looked:
        for site, topics in sites(one.topics).items():
            said = dict.fromkeys(topic[2] for topic in topics)
            if any(topic[1] == "unresolved" for topic in topics):
                yield f"{one.application.name} {site}: {'; '.join(said)}"
