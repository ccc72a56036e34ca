"""Diagnostics as JUnit XML: a suite for each family, a test case for each finding or clean rule."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from torq_gen.diagnostics import Severity
from torq_gen.report.places import path_from, with_help

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.rule import Rule

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "\t": "&#9;",
        "\n": "&#10;",
        "\r": "&#13;",
    }
)


def render(diagnostics: Sequence[Diagnostic], *, rules: Sequence[Rule] = (), base: str = "") -> str:
    """The document. An error is a failed test case, a warning a skipped one: it fails nothing."""
    suites = _by_family(diagnostics, rules)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f"<testsuites {_counts('torq-gen', diagnostics, _clean(diagnostics, rules))}>")
    for family, found, ran in suites:
        clean = _clean(found, ran)
        lines.append(f"  <testsuite {_counts(family, found, clean)}>")
        lines += [f"    <testcase {_case(family, f'{r.code} {r.name}')}/>" for r in clean]
        lines += [line for d in found for line in _finding(family, d, base)]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _by_family(
    diagnostics: Sequence[Diagnostic], rules: Sequence[Rule]
) -> list[tuple[str, list[Diagnostic], list[Rule]]]:
    from torq_gen.rule import FAMILIES

    found = {k: list(g) for k, g in groupby(sorted(diagnostics, key=_family), _family)}
    ran = {k: list(g) for k, g in groupby(sorted(rules, key=_family), _family)}
    keys = sorted({*found, *ran})
    return [(FAMILIES.get(k, k), found.get(k, []), ran.get(k, [])) for k in keys]


def _family(one: Diagnostic | Rule) -> str:
    return one.code[:3]


def _clean(diagnostics: Iterable[Diagnostic], rules: Iterable[Rule]) -> list[Rule]:
    broken = {d.code for d in diagnostics}
    return sorted((r for r in rules if r.code not in broken), key=lambda r: r.code)


def _counts(name: str, found: Sequence[Diagnostic], clean: Sequence[Rule]) -> str:
    failed = sum(d.severity is Severity.ERROR for d in found)
    return _attributes(
        name=name,
        tests=len(found) + len(clean),
        failures=failed,
        errors=0,
        skipped=len(found) - failed,
    )


def _finding(family: str, diagnostic: Diagnostic, base: str) -> list[str]:
    span = diagnostic.span
    file = path_from(base, span.file)
    head = f"{diagnostic.code} {diagnostic.rule}"
    place = f"{file}:{span.line}:{span.column}"
    case = (
        f"{_case(family, f'{head}: {diagnostic.message}')} {_attributes(file=file, line=span.line)}"
    )
    opened = f"    <testcase {case}>"
    if diagnostic.severity is Severity.WARNING:
        note = _attributes(message=f"{place}: {with_help(diagnostic)}")
        return [opened, f"      <skipped {note}/>", "    </testcase>"]
    attributes = _attributes(message=f"{place}: {diagnostic.message}", type=diagnostic.rule)
    body = _escaped(f"{place}: {head}: {with_help(diagnostic)}")
    return [opened, f"      <failure {attributes}>{body}</failure>", "    </testcase>"]


def _case(family: str, name: str) -> str:
    return _attributes(classname=f"torq-gen.{family}", name=name)


def _attributes(**values: str | int) -> str:
    return " ".join(f'{key}="{_escaped(str(value))}"' for key, value in values.items())


def _escaped(text: str) -> str:
    """Text that stands in XML 1.0, which has no place for most control characters."""
    return _NOT_XML.sub("\ufffd", text).translate(_ESCAPES)
