"""Places as the platforms want them: paths from the repository's root."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torq_gen.diagnostics import Diagnostic


def path_from(base: str, file: str) -> str:
    """The path of a project's file, from the repository's root."""
    return f"{base.strip('/')}/{file}" if base.strip("/.") else file


def with_help(diagnostic: Diagnostic) -> str:
    """The message, and how to mend it on a line of its own."""
    tail = f"\nhelp: {diagnostic.help}" if diagnostic.help else ""
    return f"{diagnostic.message}{tail}"
