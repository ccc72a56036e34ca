"""Runs code through the analysis and shows which parts of stores it touches."""

from __future__ import annotations

from textwrap import dedent

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint import samples
from torq_gen.lint.checking import check_project
from torq_gen.lint.facts.collecting import collect
from torq_gen.lint.facts.files import FilesInMemory
from torq_gen.lint.facts.model import Bypass, Escape, Fact, KeyAccess, TableAccess, Unproven
from torq_gen.rule import Sample

_UNUSED = "TQ308"  # nearly all of the sample's parts of stores are, in code of a few lines


def facts(code: str) -> tuple[Fact, ...]:
    """The facts of a trader whose service.py is the code."""
    system, _, contents = samples.project(Sample(dedent(code)))
    return collect(system.services["trader"], system, FilesInMemory(contents)).facts


def touched(code: str) -> list[str]:
    """``read pool:{}``, ``write orders``, … in the order of their places; ``?`` and the reason."""
    return [_shown(f) for f in facts(code) if isinstance(f, KeyAccess | TableAccess)]


def kinds(code: str) -> set[str]:
    """The kinds of stores that the code touches."""
    return {f.kind for f in facts(code) if isinstance(f, KeyAccess | TableAccess)}


def escapes(code: str) -> list[str]:
    """What goes out of sight."""
    return [f.capability for f in facts(code) if isinstance(f, Escape)]


def bypasses(code: str) -> list[str]:
    """The ways around the bus."""
    return [f.via for f in facts(code) if isinstance(f, Bypass)]


def findings(code: str, spec: str = samples.SYSTEM) -> list[Diagnostic]:
    """The findings of the rules about accesses to stores."""
    sample = Sample(dedent(code), files={"system.yaml": spec})
    return [d for d in check_project(sample) if d.code.startswith("TQ3") and d.code != _UNUSED]


def _shown(fact: KeyAccess | TableAccess) -> str:
    part = fact.key if isinstance(fact, KeyAccess) else fact.table
    shown = f"? {part.reason}" if isinstance(part, Unproven) else str(part)
    return f"{fact.access.value} {shown}"
