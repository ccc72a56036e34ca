"""What torq-gen generates: each target is a pure function from the system to files."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from torq_gen.model import System
    from torq_gen.targets.golden import Frozen

Files: TypeAlias = dict[str, bytes]


def _python(system: System, _: Frozen) -> Files:
    from torq_gen.targets import python

    return python.render(system)


def _contract_tests(system: System, _: Frozen) -> Files:
    from torq_gen.targets import contract_tests

    return contract_tests.render(system)


def _golden(system: System, frozen: Frozen) -> Files:
    from torq_gen.targets import golden

    return golden.render(system, frozen)


def _asyncapi(system: System, _: Frozen) -> Files:
    from torq_gen.targets import asyncapi

    return asyncapi.render(system)


def _json_schema(system: System, _: Frozen) -> Files:
    from torq_gen.targets import json_schema

    return json_schema.render(system)


def _codeowners(system: System, _: Frozen) -> Files:
    from torq_gen.targets import codeowners

    return codeowners.render(system)


TARGETS: Mapping[str, Callable[[System, Frozen], Files]] = {
    "python": _python,
    "contract_tests": _contract_tests,
    "golden": _golden,
    "asyncapi": _asyncapi,
    "json_schema": _json_schema,
    "codeowners": _codeowners,
}
"""By name; a target's files stand in ``generated/<name>/``. One is imported when it is run."""

EXPORTS = frozenset({"asyncapi", "json_schema", "codeowners"})
"""The targets that make nothing unless system.yaml asks for them under ``exports``."""


def render(
    system: System, names: Iterable[str] | None = None, frozen: Frozen | None = None
) -> Files:
    """The files of the named targets, of all by default, by path from the project's root.

    A target that only writes what is asked for makes no files while it is not.
    ``frozen`` are the golden vectors of released versions, which are never made anew.
    """
    files: Files = {}
    for name in TARGETS if names is None else names:
        if name not in EXPORTS or name in system.exports:
            files |= TARGETS[name](system, frozen or {})
    return files
