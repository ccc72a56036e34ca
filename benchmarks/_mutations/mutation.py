"""What a mutation is, and how mutations of one kind are chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from _mutations.project import Project


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change of one service.

    ``expected`` are the codes one of which has to be found anew; none for a harmless change.
    ``change`` gives the texts of the files that differ.
    """

    kind: str
    service: str
    what: str
    expected: tuple[str, ...]
    change: Callable[[], Mapping[str, str]]


Generator: TypeAlias = Callable[[Project, Random], Iterator[Mutation]]


def sample(generator: Generator, project: Project, seed: str, most: int) -> list[Mutation]:
    """At most ``most`` of a generator's mutations; the same ones for the same seed."""
    rng = Random(seed)
    found = list(generator(project, rng))
    return found if len(found) <= most else rng.sample(found, most)
