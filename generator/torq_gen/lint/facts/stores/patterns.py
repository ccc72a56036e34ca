"""Whether the keys and paths that code uses are those that system.yaml declares.

A declared pattern has three parts: literal text; ``{name}``, which stands for one piece: one or
more characters, none of them a separator of this pattern; and ``*``, which stands for any text.
The separators of a pattern are the characters of its literal text that are no letter, no digit,
no ``_`` and no ``-``: ``:`` for ``pool:{address}``. So ``pool:{address}`` takes ``pool:0x1`` and
not ``pool:0x1:history``.

What only the running program knows of a key is one piece too: a hole of the code is taken to be
not empty and to hold none of the pattern's separators. Under this assumption the answer is exact:
``INSIDE`` means that every key that the code can make is one of the pattern's.

A path is read likewise, with these differences: ``/`` always separates; ``*`` does not cross it,
``**`` does; a pattern that does not begin with ``/`` is the end of a path, below any folder
(``*.csv``, ``reports/*.csv``); a hole at a path's beginning may be a folder of any depth; and a
pattern that is ``{name}`` alone takes the path that the setting of that name holds, and no other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from torq_gen.lint.facts.text import Hole, Text


class Fit(Enum):
    """How the keys that code can make lie to the declared ones."""

    INSIDE = "every one is declared"
    PARTLY = "some are declared"
    OUTSIDE = "none is declared"


class _Atom(NamedTuple):
    """One character that is ``literal``, or (when it is empty) none of ``but``; or any number."""

    literal: str = ""
    but: frozenset[str] = frozenset()
    repeated: bool = False

    def takes(self, symbol: str) -> bool:
        return symbol == self.literal if self.literal else symbol not in self.but


_PART = re.compile(r"\{[^{}]*\}|\*+")
_WHOLE = re.compile(r"\{[^{}]*\}")
_OTHER = "\0"  # stands for every character that neither side mentions
_SLASH = frozenset("/")


def fit(key: Text, patterns: Iterable[str]) -> Fit:
    """How a key lies to declared patterns; one pattern has to take all of it."""
    prefix, exact = key.prefix, key.exact
    near: list[str] = []
    for pattern in patterns:
        start, constant = _start(pattern)
        if exact is not None and constant:
            if exact == pattern:
                return Fit.INSIDE
        elif prefix.startswith(start) or start.startswith(prefix):
            near.append(pattern)
    return _best(_fit_key(key, pattern) for pattern in near)


def fit_path(path: Text, patterns: Collection[str]) -> Fit:
    """How a path lies to declared path patterns; one that climbs with ``..`` may be any."""
    settings = {pattern for pattern in patterns if _WHOLE.fullmatch(pattern)}
    if path.setting is not None and f"{{{path.setting}}}" in settings:
        return Fit.INSIDE
    if _climbs(path):
        return Fit.PARTLY
    return _best(_fit_path(path, pattern) for pattern in patterns if pattern not in settings)


@lru_cache(maxsize=4096)
def _fit_key(key: Text, pattern: str) -> Fit:
    separators = _separators(pattern)
    code = tuple(_of_code(key.parts, separators))
    return _compare(code, tuple(_of_pattern(pattern, separators, frozenset())))


@lru_cache(maxsize=4096)
def _fit_path(path: Text, pattern: str) -> Fit:
    separators = _separators(pattern) | _SLASH
    code = tuple(_of_path(path, separators))
    declared = tuple(_of_pattern(pattern.removeprefix("./"), separators, _SLASH))
    if pattern.startswith("/"):
        return _compare(code, declared)
    below = (_Atom(repeated=True), _Atom("/"), *declared)
    return _best((_compare(code, declared), _compare(code, below)))


@lru_cache(maxsize=4096)
def _start(pattern: str) -> tuple[str, bool]:
    """The text that a pattern begins with, and whether that is all of it."""
    start = _PART.split(pattern, maxsplit=1)[0]
    return start, start == pattern


def _best(fits: Iterable[Fit]) -> Fit:
    best = Fit.OUTSIDE
    for found in fits:
        if found is Fit.INSIDE:
            return found
        if found is Fit.PARTLY:
            best = found
    return best


def _separators(pattern: str) -> frozenset[str]:
    literal = _PART.sub("", pattern)
    return frozenset(c for c in literal if not c.isalnum() and c not in "_-")


def _of_pattern(
    pattern: str, separators: frozenset[str], barred: frozenset[str]
) -> Iterator[_Atom]:
    at = 0
    for part in _PART.finditer(pattern):
        yield from map(_Atom, pattern[at : part.start()])
        at = part.end()
        if part[0][0] == "{":
            yield from _piece(separators)
        else:
            yield _Atom(but=barred if part[0] == "*" else frozenset(), repeated=True)
    yield from map(_Atom, pattern[at:])


def _of_code(parts: Iterable[str | Hole], separators: frozenset[str]) -> Iterator[_Atom]:
    for part in parts:
        if isinstance(part, str):
            yield from map(_Atom, part)
        else:
            yield from _piece(separators)


def _of_path(path: Text, separators: frozenset[str]) -> Iterator[_Atom]:
    parts = path.parts
    if parts and isinstance(parts[0], Hole):
        yield from _piece(frozenset())
        parts = parts[1:]
    elif parts and isinstance(parts[0], str):
        parts = (parts[0].removeprefix("./"), *parts[1:])
    yield from _of_code(parts, separators)


def _piece(but: frozenset[str]) -> tuple[_Atom, _Atom]:
    return _Atom(but=but), _Atom(but=but, repeated=True)


def _climbs(path: Text) -> bool:
    shown = "".join(part if isinstance(part, str) else _OTHER for part in path.parts)
    return ".." in shown.split("/")


def _compare(code: tuple[_Atom, ...], declared: tuple[_Atom, ...]) -> Fit:
    """Runs both automata side by side over every text that the code can make."""
    symbols = {a.literal for a in (*code, *declared) if a.literal} | {_OTHER}
    symbols.update(*(a.but for a in (*code, *declared)))
    start = (_skipped(code, {0}), _skipped(declared, {0}))
    seen, waiting = {start}, [start]
    met = missed = False
    while waiting and not (met and missed):
        ours, theirs = waiting.pop()
        if len(code) in ours:
            taken = len(declared) in theirs
            met, missed = met or taken, missed or not taken
        for symbol in symbols:
            after = _step(code, ours, symbol), _step(declared, theirs, symbol)
            if after[0] and after not in seen:
                seen.add(after)
                waiting.append(after)
    if met:
        return Fit.PARTLY if missed else Fit.INSIDE
    return Fit.OUTSIDE


def _step(atoms: tuple[_Atom, ...], states: frozenset[int], symbol: str) -> frozenset[int]:
    after = {
        at if atoms[at].repeated else at + 1
        for at in states
        if at < len(atoms) and atoms[at].takes(symbol)
    }
    return _skipped(atoms, after)


def _skipped(atoms: tuple[_Atom, ...], states: set[int]) -> frozenset[int]:
    """The states with those that a repeated atom of no character leads to."""
    found = set(states)
    for state in states:
        at = state
        while at < len(atoms) and atoms[at].repeated:
            at += 1
            found.add(at)
    return frozenset(found)
