"""The way from files to a `System`: read, check the structure, check the meaning, cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen import collector
from torq_gen.diagnostics import in_order
from torq_gen.spec import cache
from torq_gen.spec.inputs import input_files, read_contents
from torq_gen.spec.loaded import Loaded, Sources

if TYPE_CHECKING:
    from pathlib import Path

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.model.system import System


def load_cached(root: Path, *, assign_ids: bool) -> Loaded:
    """The spec from the cache when nothing has changed, otherwise from its files."""
    with collector.paused():
        files = input_files(root)
        names = tuple(f.relative_to(root).as_posix() for f in files)
        sources = Sources(root, names)
        contents = read_contents(root, names)
        key = cache.key_of(root, contents)
        if key is not None and (known := cache.get(root, key)) is not None:
            return Loaded(known[0], _with_files(root, *known), sources)
        from torq_gen.spec.build import build

        built = build(root, contents, assign_ids=assign_ids)
        diagnostics = in_order(built.findings)
        if built.system is not None and built.settled and key is not None:
            cache.put(root, key, (built.system, diagnostics))
        return Loaded(built.system, _with_files(root, built.system, diagnostics), sources)


def _with_files(
    root: Path, system: System | None, known: tuple[Diagnostic, ...]
) -> tuple[Diagnostic, ...]:
    """The findings, and those that depend on other files than the spec's: they are never cached."""
    if system is None:
        return known
    from torq_gen.spec.predicates import check_predicates

    found = check_predicates(root, system)
    return in_order([*known, *found]) if found else known
