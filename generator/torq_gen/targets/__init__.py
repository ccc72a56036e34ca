"""What torq-gen generates: each target is a pure function from the system to files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from torq_gen.model import System
from torq_gen.targets import contract_tests, golden, python
from torq_gen.targets.golden import Frozen

Files: TypeAlias = dict[str, bytes]

TARGETS: Mapping[str, Callable[[System, Frozen], Files]] = {
    "python": lambda system, _: python.render(system),
    "contract_tests": lambda system, _: contract_tests.render(system),
    "golden": golden.render,
}
"""By name; a target's files stand in ``generated/<name>/``."""


def render(
    system: System, names: Iterable[str] | None = None, frozen: Frozen | None = None
) -> Files:
    """The files of the named targets, of all by default, by path from the project's root.

    ``frozen`` are the golden vectors of released versions, which are never made anew.
    """
    files: Files = {}
    for name in TARGETS if names is None else names:
        files |= TARGETS[name](system, frozen or {})
    return files
