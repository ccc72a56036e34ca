"""How many findings there are, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from torq_gen.diagnostics import Diagnostic


def counts(diagnostics: Collection[Diagnostic]) -> list[str]:
    """``["2 errors", "1 warning"]``, without those of which there are none."""
    errors = sum(d.severity.value == "error" for d in diagnostics)
    counted = ((errors, "error"), (len(diagnostics) - errors, "warning"))
    return [f"{number:,} {noun}{'s' * (number > 1)}" for number, noun in counted if number]
