"""Diagnostics as SARIF 2.1.0, for code scanning and editors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from torq_gen import __version__
from torq_gen.report.fingerprints import digests
from torq_gen.report.places import path_from, with_help

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torq_gen.diagnostics import Diagnostic, Related, Span
    from torq_gen.rule import Rule

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_FINGERPRINT = "torqFinding/v1"


def render(diagnostics: Sequence[Diagnostic], *, rules: Sequence[Rule] = (), base: str = "") -> str:
    """One run with its rules and results; paths are relative to %SRCROOT%."""
    described = {r.code: _rule(r) for r in rules}
    for d in diagnostics:
        described.setdefault(d.code, {"id": d.code, "name": d.rule})
    codes = sorted(described)
    index = {code: place for place, code in enumerate(codes)}
    marks = digests(diagnostics)
    run = {
        "tool": {
            "driver": {
                "name": "torq-gen",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [described[code] for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(d, index[d.code], mark, base)
            for d, mark in zip(diagnostics, marks, strict=True)
        ],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    from torq_gen.report.pages import help_markdown, help_text

    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why or rule.summary},
        "help": {"text": help_text(rule), "markdown": help_markdown(rule)},
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"tags": [rule.family]},
    }


def _result(diagnostic: Diagnostic, rule_index: int, mark: str, base: str) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": _place(diagnostic.span, base)}
    if diagnostic.symbol:
        parts = (diagnostic.service, diagnostic.symbol)
        name = ".".join(part for part in parts if part)
        location["logicalLocations"] = [
            {"name": diagnostic.symbol.rpartition(".")[2], "fullyQualifiedName": name}
        ]
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule_index,
        "level": diagnostic.severity.value,
        "message": {"text": with_help(diagnostic)},
        "locations": [location],
        "partialFingerprints": {_FINGERPRINT: mark},
    }
    if diagnostic.related:
        related = enumerate(diagnostic.related)
        result["relatedLocations"] = [_related(number, r, base) for number, r in related]
    return result


def _related(number: int, related: Related, base: str) -> dict[str, Any]:
    return {
        "id": number,
        "physicalLocation": _place(related.span, base),
        "message": {"text": related.message},
    }


def _place(span: Span, base: str) -> dict[str, Any]:
    uri = quote(path_from(base, span.file), safe="/", errors="surrogateescape")
    return {
        "artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"},
        "region": {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        },
    }
