"""One after the other is fetched and looked at; what cannot be fetched is named and left out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from _foreign.packages import MissingPackageError

Wanted = TypeVar("Wanted")
Seen = TypeVar("Seen")


def each(
    wanted: Iterable[Wanted],
    fetch: Callable[[Wanted], Path],
    look: Callable[[Wanted, Path], Seen],
    told: Callable[[Seen], str],
) -> Iterator[Seen]:
    """What is seen in the folder of each; standard error gets a line about it, once it is used."""
    for one in wanted:
        try:
            root = fetch(one)
        except MissingPackageError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        seen = look(one, root)
        yield seen
        print(told(seen), file=sys.stderr, flush=True)
