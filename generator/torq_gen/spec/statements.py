"""The forms of an invariant that a machine checks, by their keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from torq_gen.model.services import NeverAfter, OneOfEach, Precedes, Within
from torq_gen.spec import rules
from torq_gen.spec.references import check_published, read_reference, read_references

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from torq_gen.model.services import Check, FieldRef
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.entries import Known
    from torq_gen.spec.references import Reference

    Form: TypeAlias = Callable[[Document, dict[str, Raw], Collection[str], Known], Check | None]

UNITS: Final = {"us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_TIME = re.compile(r"([1-9][0-9]{0,8}) ?(us|ms|s|m|h)")


def _precedes(
    document: Document, raw: dict[str, Raw], published: Collection[str], known: Known
) -> Precedes | None:
    first = read_reference(document, raw, "first", known)
    then = read_references(document, raw, "then", first, known)
    return None if first is None or then is None else Precedes(first.ref, _refs(then))


def _within(
    document: Document, raw: dict[str, Raw], published: Collection[str], known: Known
) -> Within | None:
    after = read_reference(document, raw, "after", known)
    then = _promised(document, raw, "then", after, published, known)
    time = _time(document, raw, known)
    if after is None or then is None or time is None:
        return None
    return Within(after.ref, then, time)


def _never_after(
    document: Document, raw: dict[str, Raw], published: Collection[str], known: Known
) -> NeverAfter | None:
    after = read_reference(document, raw, "after", known)
    never = _promised(document, raw, "never", after, published, known)
    return None if after is None or never is None else NeverAfter(after.ref, never)


def _one_of(
    document: Document, raw: dict[str, Raw], published: Collection[str], known: Known
) -> OneOfEach | None:
    each = read_reference(document, raw, "each", known)
    of = _promised(document, raw, "of", each, published, known)
    time = _time(document, raw, known) if "time" in raw else None
    if each is None or of is None or ("time" in raw and time is None):
        return None
    return OneOfEach(each.ref, of, time)


def _promised(
    document: Document,
    raw: dict[str, Raw],
    key: str,
    like: Reference | None,
    published: Collection[str],
    known: Known,
) -> tuple[FieldRef, ...] | None:
    """References to messages whose coming, or not coming, is the service's to promise."""
    found = read_references(document, raw, key, like, known)
    if found is None:
        return None
    check_published(found, published, known)
    return _refs(found)


def _refs(references: tuple[Reference, ...]) -> tuple[FieldRef, ...]:
    return tuple(dict.fromkeys(reference.ref for reference in references))


def _time(document: Document, raw: dict[str, Raw], known: Known) -> int | None:
    """Nanoseconds, or None after a finding."""
    text: str = raw["time"]
    found = _TIME.fullmatch(text.strip())
    if found is None:
        message = f"expected a time for 'time', found \"{text}\""
        help = "a whole number with us, ms, s, m or h, such as 500ms"
        known.findings.add(rules.WRONG_SHAPE, document.value(raw, "time"), message, help=help)
        return None
    return int(found[1]) * UNITS[found[2]]


FORMS: Final[Mapping[str, Form]] = {
    "precedes": _precedes,
    "within": _within,
    "never_after": _never_after,
    "one_of": _one_of,
}
"""What reads the mapping below each key."""
