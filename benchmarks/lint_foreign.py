"""What the linter says of code that was not written for it: large packages of PyPI.

Each package stands as one planned service that may do nothing: every host, file, table, process and
library is then a finding, and a true one when the code does what the finding says. Crashes are
errors. A seeded sample of the findings, the same number of each rule as far as there are enough, is
printed with its lines, to be read by a person.

With ``--applications``, public programs that use a broker: of how many sites, counted by hand, that
publish or subscribe the topic is known.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import Any

from _foreign.applications import GIVEN_TOPICS, OWN_TOPICS
from _foreign.fetching import each
from _foreign.packages import BROKERS, LARGE, Package, unpack
from _foreign.project import write
from _foreign.running import UnfinishedError, analysed, lines
from _foreign.sites import KINDS, kinds, known
from _foreign.using import measured, report
from _harness.machine import machine
from _harness.table import table

_QUICK = "iniconfig"


@dataclass(frozen=True, slots=True)
class Looked:
    """A package and what was found in it; ``crash`` says why there is nothing."""

    package: Package
    root: Path
    lines: int
    megabytes: float
    result: dict[str, Any]
    crash: str = ""

    @property
    def failure(self) -> str:
        """Why there is no result, in few words."""
        return self.crash if self.crash.startswith(("no end", "given up")) else "crash"


def main() -> int:
    """Fetch, check and print; 1 unless each package was checked to its end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="an installed package, in seconds")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--sample", type=int, default=50, metavar="N", help="findings to read")
    parser.add_argument("--wheels", type=Path, metavar="DIR", help="where wheels are kept")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="some of the packages")
    parser.add_argument("--limit", type=int, default=300, metavar="S", help="seconds a package")
    parser.add_argument(
        "--applications", nargs="*", metavar="NAME", help="programs that use a broker, all or some"
    )
    options = parser.parse_args()
    packages = {package.distribution: package for package in (*LARGE, *BROKERS)}
    _refuse_unknown(parser, "--only", options.only, packages)
    programs = (application.name for application in (*OWN_TOPICS, *GIVEN_TOPICS))
    _refuse_unknown(parser, "--applications", options.applications, programs)
    with tempfile.TemporaryDirectory() as folder:
        kept = options.wheels.resolve() if options.wheels else Path(folder, "wheels")
        kept.mkdir(parents=True, exist_ok=True)
        if options.applications is not None:
            used = list(measured(options.applications, kept, Path(folder), options.limit))
            print(f"{machine()}\n\n{report(used)}")
            return _judged([(one.application.name, one.crash) for one in used])
        wanted = [packages[name] for name in options.only or packages]
        if options.quick:
            looked = [_installed(_QUICK, Path(folder), options.limit)]
        else:
            looked = list(_fetched(wanted, kept, Path(folder), options.limit))
        print(f"{machine()}\n\n{_sizes(looked)}\n\n{_rules(looked)}\n\n{_topics(looked)}\n")
        for line in _sampled(looked, options.seed, options.sample):
            print(line)
    return _judged([(one.package.distribution, one.crash) for one in looked])


def _refuse_unknown(
    parser: argparse.ArgumentParser, flag: str, names: Sequence[str] | None, known: Iterable[str]
) -> None:
    """Ends the program with 2 when a name is none of those that there are."""
    choices = tuple(known)
    for name in names or ():
        if name not in choices:
            near = get_close_matches(name, choices, n=1)
            hint = f"did you mean {near[0]}?" if near else ", ".join(choices)
            parser.error(f"{flag}: expected a name that is measured, found {name}: {hint}")


def _judged(looked: Sequence[tuple[str, str]]) -> int:
    """Says what crashed; 1 if anything did."""
    crashed = [f"{name}: {crash}" for name, crash in looked if crash]
    print("\n".join(crashed), file=sys.stderr)
    return 1 if crashed else 0


def _fetched(wanted: Sequence[Package], kept: Path, folder: Path, limit: int) -> Iterator[Looked]:
    def placed(package: Package) -> Path:
        root = folder / package.folder
        root.mkdir()
        unpack(package, kept, root)
        return root

    def told(one: Looked) -> str:
        said = one.failure if one.crash else f"{len(one.result['findings']):,} findings"
        return f"{one.package.distribution}: {said}"

    return each(wanted, placed, lambda package, root: _look(package, root, limit), told)


def _installed(name: str, folder: Path, limit: int) -> Looked:
    """A package that stands here anyway."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"expected {name} to be installed")
    shutil.copytree(Path(spec.origin).parent, folder / "root" / name)
    return _look(Package(name, "installed", name), folder / "root", limit)


def _look(package: Package, root: Path, limit: int) -> Looked:
    name = package.folder.lower()
    write(root, {name: package.folder})
    count = lines(root / package.folder)
    try:
        result = analysed(root, name, limit)
    except UnfinishedError as error:
        return Looked(package, root, count, 0, {}, str(error))
    if result["given_up"]:
        took = f"given up after {result['facts_s']:.0f} s"
        return Looked(package, root, count, result["peak_mb"], result, took)
    return Looked(package, root, count, result["peak_mb"], result)


def _sizes(looked: Sequence[Looked]) -> str:
    head = ("package", "files", "lines", "facts, s", "rules, s", "lines/s", "peak, MB", "findings")
    rows = []
    for one in looked:
        name = f"{one.package.distribution} {one.package.version}"
        if one.crash:
            rows.append((name, "", f"{one.lines:,}", one.failure, "", "", "", ""))
            continue
        taken, rules = one.result["facts_s"], one.result["rules_s"]
        speed = f"{one.lines / (taken + rules):,.0f}"
        found = f"{len(one.result['findings']):,}"
        files = f"{one.result['files']:,}"
        times = (f"{taken:.1f}", f"{rules:.1f}", speed, f"{one.megabytes:.0f}")
        rows.append((name, files, f"{one.lines:,}", *times, found))
    return table(head, rows)


def _rules(looked: Sequence[Looked]) -> str:
    found = [Counter((f[0], f[1]) for f in one.result.get("findings", ())) for one in looked]
    kinds = sorted({kind for counter in found for kind in counter})
    names = [one.package.distribution for one in looked]
    rows = [
        (f"{code} {name}", *(f"{counter[code, name] or ''}" for counter in found))
        for code, name in kinds
    ]
    return table(("rule", *names), rows)


def _topics(looked: Sequence[Looked]) -> str:
    """How well the topics are known that code publishes to and subscribes."""
    rows = []
    total: Counter[str] = Counter()
    for one in looked:
        found = kinds(one.result.get("topics", ()))
        if found:
            rows.append((one.package.distribution, *_shares(found)))
            total += found
    rows.append(("all", *_shares(total)))
    return table(("sites of brokers", *KINDS, "known"), rows)


def _shares(found: Counter[str]) -> tuple[str, ...]:
    return (*(str(found[kind]) for kind in KINDS), known(found, found.total()))


def _sampled(looked: Sequence[Looked], seed: str, most: int) -> Iterator[str]:
    for one, finding in drawn(looked, seed, most):
        code, rule, file, line, column, message = finding
        text = (one.root / file).read_text("utf-8", "replace").splitlines()
        shown = "\n".join(f"    {text}" for text in text[max(0, line - 2) : line + 1])
        place = f"{one.package.distribution} {file}:{line}:{column}"
        yield f"{place}: {code} {rule}: {message}\n{shown}"


def drawn(looked: Sequence[Looked], seed: str, most: int) -> Iterator[tuple[Looked, Sequence[Any]]]:
    """Each rule gives one finding in turn, until there are enough: the rare ones are read too."""
    random = Random(seed)
    strata: dict[str, list[tuple[Looked, Sequence[Any]]]] = {}
    for one in looked:
        for finding in one.result.get("findings", ()):
            strata.setdefault(finding[0], []).append((one, finding))
    for stratum in strata.values():
        random.shuffle(stratum)
    rounds = zip_longest(*(strata[code] for code in sorted(strata)))
    turns = [one for turn in rounds for one in turn if one is not None]
    yield from sorted(turns[:most], key=lambda one: one[1][0])


if __name__ == "__main__":
    sys.exit(main())
