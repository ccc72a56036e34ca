"""Breaking changes in each output format, and the line below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torq_gen.cli._shared.scope import Texts
from torq_gen.cli._shared.terminal import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from torq_gen.diagnostics import Diagnostic, Span
    from torq_gen.evolution.judging import Finding, Older
    from torq_gen.model import System


def rendered(
    root: Path,
    shown: Sequence[Diagnostic],
    findings: Iterable[Finding],
    format: str,
    *,
    skipped: frozenset[str],
    base: str,
    color: bool,
) -> str:
    """The findings in the format; as text without a last line, which ``summary`` gives."""
    if format == "text" and not shown:
        return ""
    from torq_gen.report import render

    texts = Texts(root, (d.span.file for d in shown))
    files = len(texts)
    if format == "text":
        from torq_gen.report.text import blocks

        return blocks(shown, texts, color=color)
    if format == "json":
        return _as_json(render(format, shown, texts, files=files), shown, findings)
    from torq_gen.cli._shared.rules import all_rules

    rules = [r for r in all_rules().values() if r.family == "evolution" and r.code not in skipped]
    return render(format, shown, texts, files=files, rules=rules, base=base)


def summary(
    system: System, against: Sequence[Older], shown: Sequence[Diagnostic], approved: int
) -> str:
    """What was found, of what, against what."""
    from torq_gen.report.counting import counts

    names = ", ".join(older.name for older in against)
    what = ", ".join(counts(shown)) or "no breaking changes"
    size = f"{count(len(system.messages), 'message')}, {count(len(system.services), 'service')}"
    held = f" ({approved} approved in torq-breaking.yaml)" if approved else ""
    return f"{what} against {names}: {size} compared{held}"


def _as_json(text: str, shown: Sequence[Diagnostic], findings: Iterable[Finding]) -> str:
    """The object of every check, with what only a break has under ``breaking``."""
    import json

    details = {_key(f.diagnostic): _details(f) for f in findings}
    value = json.loads(text)
    for entry, diagnostic in zip(value["diagnostics"], shown, strict=True):
        known = details.get(_key(diagnostic))
        if known is not None:
            entry["breaking"] = known
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _key(diagnostic: Diagnostic) -> tuple[str, Span, str]:
    return diagnostic.code, diagnostic.span, diagnostic.message


def _details(finding: Finding) -> dict[str, Any]:
    found = finding.found
    return {
        "class": found.harm.value,
        "subject": found.change.subject,
        "against": [older.name for older in finding.against],
        "domains": sorted(found.domains),
        "publishers": list(found.publishers),
        "subscribers": list(found.subscribers),
        "services": list(finding.hits),
        "deploy": finding.order,
        "instead": found.change.instead,
    }
