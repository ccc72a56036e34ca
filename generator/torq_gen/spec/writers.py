"""One writer for each part of a store: overlapping key patterns and tables are found."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from torq_gen.diagnostics import Related
from torq_gen.spec import rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torq_gen.model.services import Service, StoreAccess
    from torq_gen.spec.findings import Findings

_HOLE = re.compile(r"\{[^{}]*\}|\*+")
_ANY = "\0"  # a hole: any text


class _Part(NamedTuple):
    """A part of a store that a service writes: its pattern with holes, as written, and by whom."""

    pattern: str
    text: str
    service: Service
    access: StoreAccess


def check_writers(services: Mapping[str, Service], findings: Findings) -> None:
    """Reports each pair of services that write one part of a store and are not ``shared``."""
    parts: dict[tuple[str, str], list[_Part]] = defaultdict(list)
    for service in services.values():
        for access in service.stores:
            if access.authority.writes:
                for kind, part in _parts(service, access):
                    parts[access.store, kind].append(part)
    for (store, kind), found in parts.items():
        _check(store, kind, found, findings)


def overlap(one: str, two: str) -> bool:
    """Whether one key can fit both patterns; ``{name}`` and ``*`` stand for any text."""
    return _meet(_HOLE.sub(_ANY, one), _HOLE.sub(_ANY, two))


def _parts(service: Service, access: StoreAccess) -> list[tuple[str, _Part]]:
    found = [("key", _Part(_HOLE.sub(_ANY, k), k, service, access)) for k in access.keys]
    found += [("table", _Part(t, t, service, access)) for t in access.tables]
    if not found:  # the whole store
        found = [(kind, _Part(_ANY, "*", service, access)) for kind in ("key", "table")]
    return found


def _check(store: str, kind: str, parts: list[_Part], findings: Findings) -> None:
    """Compares only patterns of which one's literal beginning begins the other's."""
    ordered = sorted(parts, key=lambda p: p.pattern.partition(_ANY)[0])
    reported: set[tuple[str, str]] = set()
    for at, first in enumerate(ordered):
        prefix = first.pattern.partition(_ANY)[0]
        for second in ordered[at + 1 :]:
            if not second.pattern.startswith(prefix):
                break
            pair = (first.service.name, second.service.name)
            shared = first.access.shared_writers and second.access.shared_writers
            if shared or pair[0] == pair[1] or pair in reported:
                continue
            if _meet(first.pattern, second.pattern):
                reported.update((pair, pair[::-1]))
                _report(store, kind, first, second, findings)


def _report(store: str, kind: str, first: _Part, second: _Part, findings: Findings) -> None:
    one, two = first.access.span, second.access.span
    assert one is not None
    assert two is not None
    if one > two:
        first, second, one, two = second, first, two, one
    what = f"the {kind} {second.text}"
    if first.text != second.text:
        what = f"the {kind}s {second.text} and {first.text}"
    if first.text == second.text == "*":
        what = "the whole of it"
    findings.add(
        rules.TWO_WRITERS,
        two,
        f"{second.service.name} and {first.service.name} both write {what} in {store}",
        help="let one write and the other read, or say writers: shared in both",
        related=(Related(one, f"{first.service.name}, {first.text}"),),
    )


def _meet(one: str, two: str) -> bool:
    """Whether two patterns with holes have a text in common (both read side by side)."""
    reach = {(0, 0)}
    waiting = [(0, 0)]
    while waiting:
        i, j = waiting.pop()
        if i == len(one) and j == len(two):
            return True
        steps: list[tuple[int, int]] = []
        hole_one = i < len(one) and one[i] == _ANY
        hole_two = j < len(two) and two[j] == _ANY
        if hole_one:
            steps.append((i + 1, j))
            if j < len(two):
                steps.append((i, j + 1))
        if hole_two:
            steps.append((i, j + 1))
            if i < len(one):
                steps.append((i + 1, j))
        if not hole_one and not hole_two and i < len(one) and j < len(two) and one[i] == two[j]:
            steps.append((i + 1, j + 1))
        for step in steps:
            if step not in reach:
                reach.add(step)
                waiting.append(step)
    return False
