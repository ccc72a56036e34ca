"""Runs the rules over the services of a system."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from torq_gen.diagnostics import in_order
from torq_gen.immutable import immutable

if TYPE_CHECKING:
    from pathlib import Path

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.lint.cache import Entry
    from torq_gen.lint.declared import Declared, Home
    from torq_gen.lint.facts.code import ModuleCode
    from torq_gen.lint.facts.files import Files
    from torq_gen.lint.facts.model import ServiceFacts
    from torq_gen.lint.rules import Check
    from torq_gen.lint.settings import LintSettings
    from torq_gen.lint.view import ServiceView
    from torq_gen.model import Service, System
    from torq_gen.rule import Rule, Sample


@immutable
class Checked:
    """The findings, the files that were read, and those of them in which a word stands."""

    diagnostics: tuple[Diagnostic, ...]
    files: tuple[str, ...]
    marked: tuple[str, ...] = ()


def check(
    root: Path,
    declared: Declared,
    settings: LintSettings,
    *,
    services: Collection[str] | None = None,
    spec: str = "",
    jobs: int = 0,
    cache: bool = True,
    word: bytes = b"\0",
) -> Checked:
    """Every rule over the code of the services that are declared, or of the named ones.

    What did not change since the last run comes from ``.torq_cache``, unless ``cache`` is False;
    for that, ``spec`` is a digest of the spec's files. The rest is shared among ``jobs`` processes;
    0 takes as many as pay. ``word`` is sought in the files, so that a reader of suppressions knows
    which to read.
    """
    from torq_gen.lint.running import Run

    homes = declared.homes or {}
    wanted = [home for name, home in homes.items() if services is None or name in services]
    keep = cache and spec != ""
    run = Run(root, declared, settings, spec, word, jobs=jobs, keep=keep)
    entries = run.entries(wanted)
    files = dict.fromkeys(file for entry in entries for file in entry.files)
    marked = tuple(filter(run.disk.is_marked, files))
    found = [*_findings(entries), *(_beside(root, homes) if services is None else ())]
    return Checked(in_order(found), tuple(files), marked)


def _beside(root: Path, homes: Mapping[str, Home]) -> Iterator[Diagnostic]:
    from torq_gen.lint import folders

    owned = [home.path for home in homes.values()]
    return folders.findings(owned, folders.beside(owned, root))


def _findings(entries: Iterable[Entry]) -> Iterator[Diagnostic]:
    packed = [entry.findings for entry in entries if entry.findings]
    if packed:
        from torq_gen.lint.packing import findings

        for data in packed:
            yield from findings(data)


def facts_of(
    service: Service,
    system: System,
    files: Files,
    settings: LintSettings | None = None,
    parsed: dict[str, ModuleCode] | None = None,
) -> ServiceFacts:
    """All facts about a service; of one whose analysis fails by a defect, that it does."""
    from torq_gen.lint.facts.collecting import collect

    own = None
    roots: tuple[str, ...] = ("", "src")
    if settings is not None:
        if settings.bus:
            from torq_gen.lint.facts.bus import library

            own = library(settings.bus)
        roots = tuple("" if root == "." else root.rstrip("/") for root in settings.source_roots)
    try:
        return collect(service, system, files, roots=roots, own=own, parsed=parsed)
    except OSError:
        raise  # the disk's, which the command says
    except Exception as error:  # noqa: BLE001 - a finding, so that the other services' are shown
        from torq_gen.lint import defects

        return defects.facts(service, tuple(files.code(service.path)), error)


def findings_of(service: Service, system: System, facts: ServiceFacts) -> tuple[Diagnostic, ...]:
    """What the rules say of a service's facts; of a rule that fails by a defect, that it does."""
    from torq_gen.lint.rules import checks
    from torq_gen.lint.view import ServiceView

    view = ServiceView(system, service, facts)
    found = (diagnostic for check in checks() for diagnostic in _found(check, view))
    return in_order(d if d.symbol else replace(d, symbol=facts.symbol_at(d.span)) for d in found)


def _found(check: Check, view: ServiceView) -> Iterable[Diagnostic]:
    try:
        return tuple(check.run(view))
    except Exception as error:  # noqa: BLE001 - as above
        from torq_gen.lint import defects
        from torq_gen.lint.rules._unreadable import finding

        reason = f"cannot be checked for {check.rule.code}, nor can the rest of {view.service.name}"
        fact = defects.unreadable(view.service, view.facts.own, error, reason)
        return (finding(view.service, fact),)


def check_sample(rule: Rule, sample: Sample) -> tuple[Diagnostic, ...]:
    """What a rule finds in a sample of itself."""
    return tuple(d for d in check_project(sample) if d.code == rule.code)


def check_project(sample: Sample) -> tuple[Diagnostic, ...]:
    """What all rules find in a sample."""
    from torq_gen.lint import samples
    from torq_gen.lint.facts.files import FilesInMemory

    system, settings, contents = samples.project(sample)
    service = system.services["trader"]
    facts = facts_of(service, system, FilesInMemory(contents), settings)
    return findings_of(service, system, facts)
