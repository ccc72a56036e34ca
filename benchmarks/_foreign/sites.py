"""How well the topics are known that code publishes to and subscribes, site by site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

KINDS = ("exact", "pattern", "setting", "unresolved")
_LEAST_KNOWN = ("unresolved", "pattern", "setting", "exact")


def sites(topics: Iterable[Sequence[str]]) -> dict[str, list[Sequence[str]]]:
    """What is said of each call or decorator: it may have several topics."""
    found: dict[str, list[Sequence[str]]] = {}
    for topic in topics:
        found.setdefault(topic[0], []).append(topic)
    return found


def kinds(topics: Iterable[Sequence[str]]) -> Counter[str]:
    """How many sites are known how well; one of several topics is known as its least known."""
    return Counter(
        min((topic[1] for topic in site), key=_LEAST_KNOWN.index) for site in sites(topics).values()
    )


def known(found: Counter[str], sites: int) -> str:
    """The share of the sites whose topics are all known."""
    return f"{100 * (found.total() - found['unresolved']) / sites:.0f} %" if sites else ""
