"""Integers that are written as something else: what number is meant, and where one is wanted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from torq_gen.spec import rules

if TYPE_CHECKING:
    from torq_gen.spec.document import Document
    from torq_gen.spec.findings import Findings

_FORMS = (
    (re.compile(r"([-+]?)0[xX]([0-9a-fA-F]{1,64})"), 16),
    (re.compile(r"([-+]?)0[bB]([01]{1,256})"), 2),
    (re.compile(r"([-+]?)0o([0-7]{1,86})"), 8),
    (re.compile(r"([-+]?)0*([0-9]{1,78})"), 10),
)


def integer_in(text: str) -> int | None:
    """The integer that the text means in one of its usual forms, or None."""
    plain = text.replace("_", "").strip()
    for form, base in _FORMS:
        if found := form.fullmatch(plain):
            return int(found[1] + found[2], base)
    return None


def advise_integer(
    document: Document, schema: dict[str, Any], path: tuple[str | int, ...], findings: Findings
) -> None:
    """Says what to write where a refused scalar stands in place of an integer.

    The reader advises quotes, for it does not know what its scalars are for.
    """
    if not path or not _wants_integer(schema, path):
        return
    container = document.root
    for step in path[:-1]:
        container = container[step]
    text = document.source(container, path[-1]).rpartition(" ")[2]  # an anchor may stand before it
    if text[:1] not in "+-.0123456789":
        return
    number = integer_in(text)
    span = document.value(container, path[-1])
    help = f"write {number}" if number is not None else "write the number's digits alone"
    for finding in findings.all:
        if finding.code == rules.AMBIGUOUS_SCALAR.code and finding.span == span:
            findings.advise(finding, help)


def _wants_integer(schema: dict[str, Any], path: tuple[str | int, ...]) -> bool:
    """Whether the schema takes nothing but an integer at the path."""
    places = _branches(schema, schema)
    for step in path:
        inner = [i for place in places for i in _inside(place, step)]
        places = [b for place in inner for b in _branches(place, schema)]
    return bool(places) and all(place.get("type") == "integer" for place in places)


def _inside(place: dict[str, Any], step: str | int) -> list[dict[str, Any]]:
    """The schema of a mapping's value or a list's item."""
    if isinstance(step, int):
        found: Any = place.get("items")
    else:
        found = place.get("properties", {}).get(step, place.get("additionalProperties"))
    return [found] if isinstance(found, dict) else []


def _branches(place: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The schema with its references and alternatives resolved."""
    if "$ref" in place:
        return _branches(schema["$defs"][place["$ref"].rpartition("/")[2]], schema)
    choices = place.get("anyOf") or place.get("oneOf")
    return [b for c in choices for b in _branches(c, schema)] if choices else [place]
