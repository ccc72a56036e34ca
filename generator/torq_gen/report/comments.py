"""The comments of a file, and the lines that each one speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torq_gen.report.layout import Places

_PYTHON, _YAML = (".py", ".pyi"), (".yaml", ".yml")
_LINE_END = re.compile(r"\r\n|\r|\n")
_HASH = re.compile(r"(?:^|(?<=\s))#")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment from its ``#`` to the end of its line; lines and columns count from 1.

    ``first`` to ``last`` are the lines of the statement it stands in; of one that stands alone,
    those of the statement below it. In YAML a statement is a line, or what a bracket or a text
    over several lines joins.
    """

    line: int
    column: int
    text: str
    first: int
    last: int


def comments(file: str, text: str) -> tuple[Comment, ...]:
    """The comments of a Python or YAML file; none of other files and of those that do not parse."""
    suffix = PurePosixPath(file).suffix
    text = text.removeprefix("\ufeff")
    lines = _LINE_END.split(text)
    if suffix in _PYTHON:
        from torq_gen.report.layout import layout

        return _resolved(lines, *(layout(text) or ((), ())))
    if suffix in _YAML:
        return _resolved(lines, *(_yaml(text, lines) or ((), ())))
    return ()


def _resolved(
    lines: Sequence[str], places: Iterable[tuple[int, int]], joined: Iterable[tuple[int, int]]
) -> tuple[Comment, ...]:
    places = tuple(places)
    alone = {line for line, column in places if not lines[line - 1][: column - 1].strip()}
    statements = {n: (a, b) for a, b in joined for n in range(a, b + 1)}
    found = []
    for line, column in places:
        target = line
        while target in alone and target not in statements:
            target += 1
        first, last = statements.get(target, (target, target))
        found.append(Comment(line, column, lines[line - 1][column - 1 :].rstrip(), first, last))
    return tuple(found)


def _yaml(text: str, lines: list[str]) -> tuple[Places, Places] | None:
    """By the scalars and brackets: a ``#`` in none of the scalars is a comment's."""
    import yaml

    scalars: list[tuple[tuple[int, int], tuple[int, int]]] = []
    brackets: Places = []
    depth = start = 0
    try:
        for token in yaml.scan(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            begin, end = token.start_mark, token.end_mark
            if isinstance(token, yaml.ScalarToken):
                scalars.append(((begin.line + 1, begin.column + 1), (end.line + 1, end.column + 1)))
            elif isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
                start = start if depth else begin.line + 1
                depth += 1
            elif isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken):
                depth -= 1
                if not depth:
                    brackets.append((start, end.line + 1))
    except yaml.YAMLError:
        return None
    texts = [(begin[0], end[0] if end[1] > 1 else end[0] - 1) for begin, end in scalars]
    several = [(a, b) for a, b in (*brackets, *texts) if b > a]
    return _hashes(lines, scalars), _merged(several)


def _hashes(lines: list[str], scalars: list[tuple[tuple[int, int], tuple[int, int]]]) -> Places:
    """The first ``#`` of each line that begins a comment."""
    from bisect import bisect_right

    starts = [start for start, _ in scalars]
    found = []
    for number, line in enumerate(lines, start=1):
        for match in _HASH.finditer(line):
            place = (number, match.start() + 1)
            before = bisect_right(starts, place) - 1
            if before < 0 or place >= scalars[before][1]:
                found.append(place)
                break
    return found


def _merged(ranges: Iterable[tuple[int, int]]) -> Places:
    """Ranges of lines, those that share a line as one."""
    merged: Places = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
