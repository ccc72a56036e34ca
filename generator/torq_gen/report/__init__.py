"""From findings to what is shown: suppression, the baseline, and one module for each format."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.rule import Rule

FORMATS: tuple[str, ...] = ("text", "json", "sarif", "github", "gitlab", "junit")
"""The names of the formats; each is the module of that name."""


def render(
    format: str,
    diagnostics: Iterable[Diagnostic],
    sources: Mapping[str, str],
    *,
    files: int,
    rules: Iterable[Rule] = (),
    color: bool = False,
    base: str = "",
) -> str:
    """The findings in one of ``FORMATS``, line end included.

    ``sources`` gives texts for code frames, ``files`` is how many files were checked, ``rules``
    are those that ran. ``base`` is the project's folder relative to the repository, where that is
    another one: platforms want their paths from there.

    Raises:
        KeyError: there is no such format.
    """
    if format not in FORMATS:
        raise KeyError(format)
    found = tuple(diagnostics)
    if format == "text":
        from torq_gen.report import text

        return text.render(found, sources, color=color)
    if format == "json":
        from torq_gen.report import json

        return json.render(found, files=files)
    module = import_module(f"torq_gen.report.{format}")
    shown: str = module.render(found, rules=tuple(rules), base=base)
    return shown
