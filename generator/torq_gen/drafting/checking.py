"""Whether a drafted spec can be used, asked of the loader itself before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.model import System


def built(root: Path, files: Mapping[str, bytes]) -> tuple[System | None, tuple[Diagnostic, ...]]:
    """The system of a spec's files by path, and what the loader says of it.

    The files are those of system.yaml, which must not name schema files, the schemas and the lock;
    ``root`` is where they would stand.
    """
    from torq_gen.diagnostics import in_order
    from torq_gen.spec.build import build

    found = build(root, files, assign_ids=True)
    return found.system, in_order(found.findings)


def errors(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Those of the findings for which a spec cannot be used."""
    return tuple(d for d in found if d.severity.value == "error")
