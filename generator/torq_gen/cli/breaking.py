"""``torq-gen breaking``: what no longer fits an older version, whom it hits, what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torq_gen.cli._shared import finding_arguments
from torq_gen.evolution.modes import MODES

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping
    from pathlib import Path

    from torq_gen.cli._shared.settings import Choice
    from torq_gen.diagnostics import Diagnostic
    from torq_gen.evolution.judging import Finding, Older
    from torq_gen.model import System
    from torq_gen.rule import Rule

DESCRIPTION = """\
Find what changed incompatibly since older versions of the spec: what old and new binaries misread
of each other (WIRE), what code no longer fits (SOURCE), what a service relied on (ARCH). Each break
names both places, the services that it hits, what to deploy first and what to do instead. Older
versions are read from git's objects; the work tree is not touched.

A domain's `compatibility` says what is an error: backward (default), forward, full, none, or one
with _transitive, against every release. What it allows is a warning with its order of deployment.
A break that is meant is approved in torq-breaking.yaml.
"""
EXAMPLES = """
torq-gen breaking                            against the latest release tag
torq-gen breaking --against main             against where this branch left main
torq-gen breaking --against 'v1.*'           against the latest release of version 1
torq-gen breaking --against v1.0 --against v2.0
torq-gen breaking --against ../deployed      against another folder, or an archive
torq-gen breaking --select WIRE --format github
torq-gen breaking --rules                    what it looks for
"""
_HARMS = ("WIRE", "SOURCE", "ARCH")


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "--against",
        metavar="REF",
        action="append",
        default=[],
        help="a git ref, a pattern of tags (its latest release), a folder or an archive; may be "
        "repeated (default: the latest release)",
    )
    parser.add_argument(
        "--tip",
        action="store_true",
        help="compare with a branch as it is, not as it was where this one left it",
    )
    parser.add_argument(
        "--mode", choices=MODES, help="in place of what each domain's `compatibility` says"
    )
    words = "WIRE, SOURCE, ARCH, codes (TQ709), their beginnings, rules' names"
    finding_arguments.add(parser, words)
    parser.add_argument("--rules", action="store_true", help="list the rules, and compare nothing")


def run(arguments: Namespace) -> int:
    """Compare; 1 with findings, 2 when a version cannot be used."""
    if arguments.rules:
        return _list_rules(arguments.format)
    from torq_gen.cli._shared.project import find_root
    from torq_gen.cli._shared.reporting import refuse_output

    refuse_output(arguments.output)
    root = find_root(arguments.root).resolve()
    choice = _choice(root, arguments)
    seen = _look(root, choice, arguments)
    _report(root, seen, choice, arguments)
    errors = any(d.severity.value == "error" for d in seen.shown)
    return 1 if errors or (arguments.strict and seen.shown) else 0


class _Seen(NamedTuple):
    """What was compared and found; ``shown`` holds a diagnostic of each finding, and more."""

    system: System
    against: tuple[Older, ...]
    findings: tuple[Finding, ...]
    shown: tuple[Diagnostic, ...]
    approved: int
    prefix: str


def _look(root: Path, choice: Choice, arguments: Namespace) -> _Seen:
    from torq_gen.cli._shared import approving, comparing
    from torq_gen.cli._shared.progress import progress
    from torq_gen.diagnostics import in_order
    from torq_gen.evolution import approvals, compare
    from torq_gen.evolution.judging import judge, transitive
    from torq_gen.evolution.modes import Mode

    system, contents = _today(root, arguments.color)
    mode = Mode.named(arguments.mode) if arguments.mode else None
    with progress("comparing"):
        source = comparing.Source(root, contents, tip=arguments.tip)
        against = source.versions(arguments.against)
        if transitive((system, *(o.system for o in against)), mode):
            against += source.earlier(arguments.against, against)
        found = judge(((o, compare(o.system, system)) for o in against), system, mode)
        entries, wrong = approving.read(root, _rules())
        kept, stale = approvals.apply(
            entries, found, released=source.released(), skipped=choice.skipped
        )
    shown = in_order(choice.of((*(f.diagnostic for f in kept), *stale, *wrong)))
    prefix = source.repository.prefix if source.repository is not None else ""
    looked = sum(f.found.rule.code not in choice.skipped for f in found)
    approved = looked - sum(f.found.rule.code not in choice.skipped for f in kept)
    return _Seen(system, against, kept, shown, approved, prefix)


def _today(root: Path, color: str) -> tuple[System, Mapping[str, bytes]]:
    """The project's spec as it stands.

    Raises:
        UnusableSpecError: it has errors; they have been shown.
    """
    from torq_gen.cli._shared import older
    from torq_gen.cli._shared.failures import UnusableSpecError
    from torq_gen.cli._shared.project import load_project

    spec = older.from_folder(root)
    if spec.system is None:
        load_project(root, color=color, assign_ids=True)  # shows the errors, and raises
        raise UnusableSpecError("the spec cannot be used")
    return spec.system, spec.contents


def _rules() -> Mapping[str, Rule]:
    """The rules of this command, those of the approvals left out."""
    from torq_gen.evolution.rules import checks

    return {check.rule.code: check.rule for check in checks()}


def _choice(root: Path, arguments: Namespace) -> Choice:
    from torq_gen.cli._shared.settings import Choice, read_settings

    settings = read_settings(root)
    select, ignore = map(_words, (arguments.select, arguments.ignore))
    return Choice(root, settings, select or ["TQ7"], ignore, breaking=True)


def _words(given: list[str]) -> list[str]:
    """The words of a flag; a class stands for the codes of its rules."""
    from torq_gen.evolution.rules import checks

    found = []
    for word in finding_arguments.words_of(given):
        codes = [c.rule.code for c in checks() if c.harm.value == word.upper()]
        found += codes if word.upper() in _HARMS else [word]
    return found


def _list_rules(format: str) -> int:
    from torq_gen.cli._shared.failures import UsageError
    from torq_gen.evolution.approval_rules import RULES
    from torq_gen.evolution.rules import checks

    if format not in ("text", "json"):
        raise UsageError(f"--rules: expected --format text or json, found {format}")
    rows = [(c.rule, c.harm.value) for c in checks()] + [(rule, "") for rule in RULES]
    if format == "json":
        import json

        keys = ("code", "name", "summary")
        rules = [{k: getattr(rule, k) for k in keys} | {"class": harm} for rule, harm in rows]
        print(json.dumps({"rules": rules}))
        return 0
    width = max(len(rule.name) for rule, _ in rows)
    for rule, harm in rows:
        print(f"{rule.code}  {harm:6}  {rule.name:{width}}  {rule.summary}")
    return 0


def _report(root: Path, seen: _Seen, choice: Choice, arguments: Namespace) -> None:
    from torq_gen.cli._shared.breaks_shown import rendered, summary
    from torq_gen.cli._shared.reporting import put
    from torq_gen.cli._shared.terminal import wants_color

    color = arguments.output is None and wants_color(arguments.color)
    text = rendered(
        root,
        seen.shown,
        seen.findings,
        arguments.format,
        skipped=choice.skipped,
        base=seen.prefix.rstrip("/"),
        color=color,
    )
    line = summary(seen.system, seen.against, seen.shown, seen.approved)
    put(text, line, arguments)
