"""What `torq-gen breaking` and `buf breaking` say of the same changes.

Each case is written in both languages and run through both programs: buf with its strictest
category (FILE) and with the one for bytes alone (WIRE). With ``--write`` the table goes into
benchmarks/breaking.md.

    npm install --prefix /tmp/buf @bufbuild/buf
    python benchmarks/breaking.py --buf /tmp/buf/node_modules/.bin/buf --write
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from _breaking.case import Case
from _breaking.cases import MESSAGES
from _breaking.more_cases import OTHERS, WITHOUT
from _harness.table import table
from torq_gen.cli import main as torq_gen
from torq_gen.evolution.rules import checks

_CASES = (*MESSAGES, *OTHERS)
_PAGE = Path(__file__).with_suffix(".md")
_QUICK = 3
_CATEGORIES = ("FILE", "PACKAGE", "WIRE_JSON", "WIRE")
_HEAD = """\
# Breaking changes: buf and torq-gen

Made by `python benchmarks/breaking.py --write`, which runs both programs over every case. buf is
{version}, from its npm package, in its strictest category, FILE; what its category WIRE reports,
too, is **bold**, and so is what is of class WIRE here. Both sides of a case are written as alike as
the two languages allow ([the cases](_breaking)); the domain's mode is `full`. A dash: no
finding.

"""
_TAIL = """
{agree} of {all} cases are reported by both or by neither. What follows is found here alone, for
no .proto file says it:

{ours}

Rules of buf without a counterpart here:

{without}

{untried}
"""


class Found(NamedTuple):
    """What a program says of a case: rules by name, and whether each is about the wire."""

    rules: dict[str, bool]

    @property
    def cell(self) -> str:
        """The rules in a table's cell."""
        shown = (f"**{name}**" if wire else name for name, wire in sorted(self.rules.items()))
        return ", ".join(shown) or "-"


def main() -> int:
    """Run every case through both, and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="see that it runs, in seconds")
    parser.add_argument("--buf", default="buf", metavar="FILE", help="the program (default: buf)")
    parser.add_argument("--write", action="store_true", help=f"write {_PAGE.name}")
    options = parser.parse_args()
    buf = shutil.which(options.buf)
    if buf is None:
        print(f"no {options.buf}: npm install --prefix /tmp/buf @bufbuild/buf", file=sys.stderr)
        if options.write:
            return 2
    cases = _CASES[:_QUICK] if options.quick else _CASES
    page = _page(buf, cases)
    if options.write:
        _PAGE.write_text(page, "utf-8")
    print(page if not options.write else f"wrote {_PAGE}")
    return 0


def _page(buf: str | None, cases: tuple[Case, ...]) -> str:
    rows = []
    agree = 0
    met: set[str] = set()
    theirs_met: set[str] = set()
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            theirs = _of_buf(buf, case, root) if buf is not None else Found({})
            if buf is not None:
                theirs_met |= _buf_rules(buf, root / "proto", _CATEGORIES)
            ours = _of_torq(case, root)
        met |= set(ours.rules)
        agree += bool(theirs.rules) == bool(ours.rules)
        rows.append((case.name, theirs.cell, ours.cell, case.why))
    alone = (c.rule for c in checks() if c.rule.code not in met)
    ours_alone = "\n".join(f"- {rule.code} {rule.name}: {rule.summary}" for rule in alone)
    without = "\n".join(f"- {', '.join(rules)}: {why}." for rules, why in WITHOUT)
    version = _run([buf, "--version"]).strip() if buf is not None else "not installed"
    heads = ("case", f"buf {version}", "torq-gen", "why they differ")
    tail = _TAIL.format(
        agree=agree,
        all=len(cases),
        ours=ours_alone,
        without=without,
        untried=_untried(buf, theirs_met),
    )
    return _HEAD.format(version=version) + table(heads, rows, range(4)) + "\n" + tail


def _untried(buf: str | None, met: set[str]) -> str:
    """Which of buf's rules no case makes speak, and none of those is that has no counterpart."""
    if buf is None:
        return "No rule of buf was tried."
    out = _run([buf, "config", "ls-breaking-rules", "--version", "v2", "--format", "json"])
    every = {json.loads(line)["id"] for line in out.splitlines()}
    patterns = [pattern for rules, _ in WITHOUT for pattern in rules]
    left = {r for r in every - met if not any(fnmatchcase(r, p) for p in patterns)}
    if not left:
        return f"All {len(every)} rules of buf are in a case or in this list."
    return f"Of buf's {len(every)} rules these spoke in no case: {', '.join(sorted(left))}."


def _of_buf(buf: str, case: Case, root: Path) -> Found:
    for name, text in zip(("old", "new"), case.proto, strict=True):
        for file, part in _files(text, "//", "quote.proto").items():
            _write(root / "proto" / name / file, part)
    strict, wire = (_buf_rules(buf, root / "proto", (name,)) for name in ("FILE", "WIRE"))
    return Found({rule: rule in wire for rule in strict | wire})


def _buf_rules(buf: str, root: Path, categories: Sequence[str]) -> set[str]:
    config = json.dumps({"version": "v2", "breaking": {"use": list(categories)}})
    command = [buf, "breaking", str(root / "new"), "--against", str(root / "old")]
    out = _run([*command, "--config", config, "--against-config", config, "--error-format=json"])
    found = set()
    for line in out.splitlines():
        entry = json.loads(line)
        if entry["type"] == "COMPILE":
            raise ValueError(f"{root}: {entry['message']}")
        found.add(entry["type"])
    return found


def _of_torq(case: Case, root: Path) -> Found:
    for name, text, system in zip(("old", "new"), case.ours, case.system, strict=True):
        _write(root / name / "system.yaml", system)
        for file, part in _files(text, "#", "quote.yaml").items():
            _write(root / name / "schemas" / file, part)
    out = io.StringIO()
    call = ["-C", str(root / "new"), "breaking", "--against", str(root / "old"), "--format", "json"]
    with contextlib.redirect_stdout(out):
        code = torq_gen(call)
    if code not in (0, 1):
        raise ValueError(f"{case.name}: the case does not load")
    found = json.loads(out.getvalue())["diagnostics"]
    return Found({d["code"]: d["breaking"]["class"] == "WIRE" for d in found})


def _files(text: str, comment: str, first: str) -> dict[str, str]:
    """The files of one text: a comment ``file: NAME`` begins the next one."""
    parts = re.split(rf"^{comment} file: (\S+)\n", text, flags=re.MULTILINE)
    named = {first: parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))
    return {name: part for name, part in named.items() if part}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _run(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    sys.exit(main())
