"""YAML to model: ``load`` reads a project's spec and reports everything that is wrong with it.

This module imports nothing heavy: what a call needs is imported when it is called, and a second
load of an unchanged spec comes from a cache without YAML or JSON Schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from torq_gen.spec.loaded import Loaded

__all__ = ["Loaded", "input_files", "load"]


def load(root: Path, *, assign_ids: bool = False) -> Loaded:
    """The system that ``root`` describes, with every finding about it.

    ``assign_ids`` gives ids to services without one, in the returned system's lock; nothing is
    written but the cache. Without it such a service is an error.
    """
    from torq_gen.spec.loading import load_cached

    return load_cached(root, assign_ids=assign_ids)


def input_files(root: Path) -> tuple[Path, ...]:
    """Every file that the spec consists of: system.yaml, the schema files, torq.lock.yaml.

    Files that do not exist are left out, but for system.yaml. Costs a few milliseconds at most
    while system.yaml is unchanged.
    """
    from torq_gen.spec.inputs import input_files as found

    return found(root)


def __getattr__(name: str) -> object:
    if name == "Loaded":
        from torq_gen.spec.loaded import Loaded

        return Loaded
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
