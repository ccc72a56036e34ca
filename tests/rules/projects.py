"""A sample made into a project on disk, and what its family's real check finds in it."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from torq_gen.cli import main
from torq_gen.cli._shared import topologies
from torq_gen.cli._shared.rules import all_rules
from torq_gen.diagnostics import Diagnostic, Severity, Span
from torq_gen.evolution.rules._samples import OLD
from torq_gen.evolution.rules._samples import PROJECT as VERSIONS
from torq_gen.lint.rules import checks
from torq_gen.report import baseline, suppression
from torq_gen.rule import Rule, Sample
from torq_gen.spec import load

PROJECT = {
    "system.yaml": "services: {}\n",
    "schemas/market_data.yaml": """\
domain: MarketData
messages:
  Quote: {type: 1, fields: [{venue: u16}, {price: u64}]}
  Trade: {type: 2, fields: [{venue: u16}, {size: u256}]}
""",
}
GENERATED_PROJECT = {
    "system.yaml": """\
system: {name: shop, package: shop_contracts, schemas: [schemas/*.yaml]}
services:
  feed: {id: 1, publishes: [Quote], subscribes: []}
  desk: {id: 2, publishes: [], subscribes: [Quote]}
""",
    "schemas/market_data.yaml": """\
domain: MarketData
messages:
  Quote: {type: 1, fields: [{venue: u16}, {price: u64}]}
""",
}


def write(root: Path, files: dict[str, str | None]) -> None:
    """Write the files below the root, and take away those that are None."""
    for path, text in files.items():
        place = root / path
        if text is None:
            place.unlink()
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode("utf-8", "surrogateescape"))


def findings(rule: Rule, sample: Sample, root: Path) -> list[Diagnostic]:
    """Everything that the check of the rule's family finds in the sample."""
    own = dict(sample.project)
    if rule.family == "spec":
        write(root, {**PROJECT, **own})
        loaded = load(root)
        assert loaded.system is not None or not topologies.files(root)
        found = topologies.findings(root, loaded.system) if loaded.system is not None else ()
        return [*loaded.diagnostics, *found]
    if rule.family == "drift" and rule.code not in {check.rule.code for check in checks()}:
        return _drift(root, own)
    if rule.family == "evolution":
        return _evolution(root, own)
    if rule.family == "suppression":
        write(root, {**PROJECT, **own})
        return _about_suppressions(root, own)
    from torq_gen.lint.checking import check_sample

    return list(check_sample(rule, sample))


def _drift(root: Path, own: dict[str, str | None]) -> list[Diagnostic]:
    """What `check` finds when the sample's files change a project that was generated."""
    write(root, dict(GENERATED_PROJECT))
    for command in (["generate"], ["release"]):
        assert _run(root, *command)[0] == 0
    write(root, own)
    _, out = _run(root, "check", "--format", "json")
    return [_diagnostic(found) for found in json.loads(out)["diagnostics"]]


def _evolution(root: Path, own: dict[str, str | None]) -> list[Diagnostic]:
    """What `breaking` finds between the two versions that a sample shows."""
    older = {path.removeprefix(OLD): text for path, text in own.items() if path.startswith(OLD)}
    newer = {path: text for path, text in own.items() if not path.startswith(OLD)}
    write(root / "old", {**VERSIONS, **older})
    write(root / "new", {**VERSIONS, **newer})
    code, out = _run(root / "new", "breaking", "--against", str(root / "old"), "--format", "json")
    assert code in (0, 1)
    return [_diagnostic(found) for found in json.loads(out)["diagnostics"]]


def _run(root: Path, *arguments: str) -> tuple[int, str]:
    out = StringIO()
    with redirect_stdout(out):
        code = main(["-C", str(root), *arguments])
    return code, out.getvalue()


def _diagnostic(found: dict[str, str | int]) -> Diagnostic:
    span = Span(
        str(found["file"]),
        *(int(found[key]) for key in ("line", "column", "end_line", "end_column")),
    )
    severity = Severity(found["severity"])
    code, rule, message = (str(found[key]) for key in ("code", "rule", "message"))
    return Diagnostic(code, rule, severity, message, span)


def _about_suppressions(root: Path, own: dict[str, str | None]) -> list[Diagnostic]:
    sources = {path: text for path, text in own.items() if text is not None}
    found = suppression.apply(load(root).diagnostics, sources, rules=all_rules())
    if baseline.FILE not in sources:
        return list(found)
    held = baseline.read(sources[baseline.FILE].encode())
    kept, stale = baseline.apply(held, found)
    return [*kept, *stale]
