"""What check says of a mutation: whether it is caught, or passed over."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from typing import TypeAlias

from _mutations.mutation import Mutation
from _mutations.project import Project


@dataclass(frozen=True, slots=True)
class Verdict:
    """A mutation and what is found anew in it."""

    mutation: Mutation
    new: frozenset[tuple[str, str]]
    diff: str

    @property
    def right(self) -> bool:
        """Whether a breaking change is caught, and a harmless one raises nothing."""
        if not self.mutation.expected:
            return not self.new
        return any(code in self.mutation.expected for code, _ in self.new)


class BrokenMutationError(ValueError):
    """A mutation is no Python: a defect of what made it."""


Findings: TypeAlias = frozenset[tuple[str, str]]


def unchanged(project: Project) -> dict[str, Findings]:
    """What is found in each service as it stands."""
    return {service.name: project.findings(service.name, {}) for service in project.services}


def judge(
    project: Project, before: Mapping[str, Findings], mutations: Iterable[Mutation]
) -> Iterator[Verdict]:
    """The verdict on each mutation; ``before`` is what is found without any."""
    for mutation in mutations:
        change = mutation.change()
        for path, text in change.items():
            _check(mutation, path, text)
        found = project.findings(mutation.service, change)
        yield Verdict(mutation, found - before[mutation.service], _diff(project, change))


def _check(mutation: Mutation, path: str, text: str) -> None:
    try:
        ast.parse(text)
    except SyntaxError as error:
        where = f"{mutation.kind}: {mutation.what}: {path}:{error.lineno}"
        raise BrokenMutationError(f"{where}: {error.msg}\n{text}") from error


def _diff(project: Project, change: Mapping[str, str]) -> str:
    lines: list[str] = []
    for path, text in change.items():
        before = project.texts.get(path, "").splitlines()
        lines += unified_diff(before, text.splitlines(), path, path, lineterm="", n=2)
    return "\n".join(lines)
