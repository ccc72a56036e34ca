"""Runs the rules over the services of a system."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from torq_gen.diagnostics import in_order
from torq_gen.lint.facts.collecting import collect
from torq_gen.lint.facts.files import FilesInMemory, FilesOnDisk
from torq_gen.lint.rules import checks
from torq_gen.lint.view import ServiceView

if TYPE_CHECKING:
    from pathlib import Path

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.lint.facts.files import Files
    from torq_gen.lint.settings import LintSettings
    from torq_gen.model import Service, System
    from torq_gen.rule import Rule, Sample


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings, and the files that were read."""

    diagnostics: tuple[Diagnostic, ...]
    files: tuple[str, ...]


def check(
    root: Path,
    system: System,
    settings: LintSettings,
    *,
    services: Collection[str] | None = None,
    jobs: int = 1,
    cache: bool = True,
) -> Checked:
    """Every rule over the code of the system's services, or of the named ones."""
    files = FilesOnDisk(root)
    found: list[Diagnostic] = []
    read: dict[str, None] = {}
    for service in system.services.values():
        if services is None or service.name in services:
            diagnostics, paths = check_service(service, system, files)
            found += diagnostics
            read.update(dict.fromkeys(paths))
    return Checked(in_order(found), tuple(read))


def check_service(
    service: Service, system: System, files: Files
) -> tuple[tuple[Diagnostic, ...], tuple[str, ...]]:
    """Every rule over one service; the findings and the files that were read."""
    if not files.is_folder(service.path):
        return (), ()
    facts = collect(service, system, files)
    view = ServiceView(system, service, facts)
    found = [diagnostic for check in checks() for diagnostic in check.run(view)]
    return in_order(found), facts.files


def check_sample(rule: Rule, sample: Sample) -> tuple[Diagnostic, ...]:
    """What a rule finds in a sample of itself."""
    from torq_gen.lint import samples

    project = {**samples.FILES, **sample.project}
    texts = {path: text for path, text in project.items() if text is not None}
    system = _system(tuple(sorted((p, t) for p, t in texts.items() if p.endswith(".yaml"))))
    contents = {path: text.encode("utf-8", "surrogateescape") for path, text in texts.items()}
    found, _ = check_service(system.services["trader"], system, FilesInMemory(contents))
    return tuple(d for d in found if d.code == rule.code)


@cache
def _system(spec: tuple[tuple[str, str], ...]) -> System:
    """The system of a sample's spec files."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from torq_gen.spec import load

    with TemporaryDirectory() as folder:
        for path, text in spec:
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        loaded = load(Path(folder))
    if loaded.system is None:
        wrong = "; ".join(f"{d.span}: {d.message}" for d in loaded.diagnostics)
        raise ValueError(f"the sample's spec cannot be used: {wrong}")
    return loaded.system
