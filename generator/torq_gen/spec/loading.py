"""The way from files to a `System`: read, check the structure, check the meaning, cache."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from torq_gen import collector
from torq_gen.diagnostics import in_order
from torq_gen.spec import cache
from torq_gen.spec.inputs import input_files, read_contents
from torq_gen.spec.loaded import Loaded, Sources, homes_of

if TYPE_CHECKING:
    from pathlib import Path

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.model import System
    from torq_gen.spec.build import Built
    from torq_gen.spec.cache import Known, Target
    from torq_gen.spec.inputs import Contents


def load_cached(root: Path, *, assign_ids: bool) -> Loaded:
    """The spec from the cache when nothing has changed, otherwise from its files."""
    with collector.paused():
        files = input_files(root)
        names = tuple(f.relative_to(root).as_posix() for f in files)
        sources = Sources(root, names)
        contents = read_contents(root, names)
        key = cache.key_of(root, contents)
        if key is not None and (known := cache.get(root, key)) is not None:
            diagnostics = _with_files(root, known.diagnostics, known.predicates)
            whole = partial(_whole, root, contents, known, assign_ids=assign_ids)
            return Loaded(known.homes, diagnostics, sources, key, whole)
        built = _built(root, contents, assign_ids=assign_ids)
        system, diagnostics = built.system, in_order(built.findings)
        if system is None:
            return Loaded(None, diagnostics, sources, key or "", lambda: None)
        from torq_gen.spec.predicates import targets_of

        homes, predicates = homes_of(system), targets_of(system)
        if built.settled and key is not None:
            cache.put(root, key, homes, diagnostics, predicates, system)
        diagnostics = _with_files(root, diagnostics, predicates)
        return Loaded(homes, diagnostics, sources, key or "", lambda: system)


def _whole(root: Path, contents: Contents, known: Known, *, assign_ids: bool) -> System | None:
    """The system that was kept; where that is foreign, made anew of the contents it was made of."""
    with collector.paused():
        return known.system() or _built(root, contents, assign_ids=assign_ids).system


def _built(root: Path, contents: Contents, *, assign_ids: bool) -> Built:
    from torq_gen.spec.build import build

    return build(root, contents, assign_ids=assign_ids)


def _with_files(
    root: Path, known: tuple[Diagnostic, ...], predicates: tuple[Target, ...]
) -> tuple[Diagnostic, ...]:
    """The findings, and those that depend on other files than the spec's: they are never cached."""
    if not predicates:
        return known
    from torq_gen.spec.predicates import check_predicates

    return in_order([*known, *check_predicates(root, predicates)])
