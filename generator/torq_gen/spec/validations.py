"""``validate:`` of a field to the model's rule, and whether a value obeys it."""

from __future__ import annotations

import math
import re
import warnings
from typing import TYPE_CHECKING

from torq_gen.model.messages import (
    InRange,
    Matches,
    NonZero,
    OneOf,
    Predicate,
    Validation,
)
from torq_gen.model.types import (
    ArrayType,
    BytesType,
    EnumType,
    FieldType,
    FixedType,
    FloatType,
    IntType,
    ListType,
    OptionalType,
    StringType,
    StructType,
    TimestampType,
    resolved,
)
from torq_gen.spec.values import Place, WrongValueError, read_value

if TYPE_CHECKING:
    from torq_gen.model.values import Value
    from torq_gen.spec.document import Document, Raw

_ORDERED = (IntType, FixedType, FloatType, TimestampType)
_ZEROABLE = (*_ORDERED, BytesType, EnumType)
_COMPOSITE = (ListType, ArrayType, StructType)
_RULES = ("in", "range", "pattern", "nonzero", "predicate")
_TARGET = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)


def read_validation(type_: FieldType, document: Document, raw: dict[str, Raw]) -> Validation:
    """The rule; ``raw`` is the mapping under ``validate``. Raises WrongValueError."""
    given = [r for r in _RULES if r in raw]
    if len(given) != 1:
        span = document.key(raw, given[1] if given else next(iter(raw)))
        message = f"expected one rule in validate, found {', '.join(given) or 'none'}"
        raise WrongValueError(span, message, "join them in one predicate")
    rule = given[0]
    subject = resolved(type_)
    while isinstance(subject, OptionalType):
        type_ = subject.item
        subject = resolved(type_)
    place = Place(document, raw, rule)
    match rule:
        case "in":
            return _one_of(type_, subject, place)
        case "range":
            return _range(type_, subject, place)
        case "pattern":
            return _pattern(type_, subject, place)
        case "nonzero":
            _fits(isinstance(subject, _ZEROABLE), rule, type_, place)
            return NonZero()
    return _predicate(type_, document, raw, place)


def broken_rule(rule: Validation, value: Value) -> str | None:
    """What the rule expects of the value, or None when the value obeys (or nobody can tell yet)."""
    if value is None:
        return None
    match rule:
        case OneOf(values=values):
            return None if value in values else "one of the values of its validate"
        case InRange(low=low, high=high):
            inside = low <= value <= high  # type: ignore[operator]
            return None if inside else "a value within the range of its validate"
        case Matches(pattern=pattern):
            found = re.fullmatch(pattern, str(value))
            return None if found else f"a text that matches {pattern}"
        case NonZero():
            zero = not any(value) if isinstance(value, bytes) else value == 0
            return "a value that is not zero" if zero else None
        case Predicate(invalid=invalid):
            return "a value that its predicate accepts" if value in invalid else None
    raise AssertionError(rule)


def _fits(fits: bool, rule: str, type_: FieldType, place: Place) -> None:
    if not fits:
        span = place.document.key(place.container, rule)  # type: ignore[arg-type]
        raise WrongValueError(span, f"the rule '{rule}' does not fit a field of type {type_}")


def _one_of(type_: FieldType, subject: FieldType, place: Place) -> OneOf:
    _fits(not isinstance(subject, _COMPOSITE), "in", type_, place)
    values: list[Value] = []
    for index in range(len(place.raw)):
        inner = place.inside(index)
        value = read_value(type_, inner)
        if value in values:
            raise WrongValueError(inner.span, "expected each value once, found one twice")
        values.append(value)
    return OneOf(tuple(values))


def _range(type_: FieldType, subject: FieldType, place: Place) -> InRange:
    _fits(isinstance(subject, _ORDERED), "range", type_, place)
    low, high = (read_value(type_, place.inside(i)) for i in range(2))
    assert isinstance(low, (int, float))
    assert isinstance(high, (int, float))
    if math.isnan(low) or math.isnan(high):
        raise WrongValueError(place.span, "expected numbers as ends of a range, found NaN")
    if low > high:
        raise WrongValueError(
            place.span,
            "expected the lower end of the range first, found them reversed",
            "swap the two",
        )
    return InRange(low, high)


def _pattern(type_: FieldType, subject: FieldType, place: Place) -> Matches:
    _fits(isinstance(subject, StringType), "pattern", type_, place)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(place.raw)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        message = f"expected a regular expression: {error}"
        raise WrongValueError(place.span, message) from None
    return Matches(place.raw)


def _predicate(
    type_: FieldType, document: Document, raw: dict[str, Raw], place: Place
) -> Predicate:
    if not _TARGET.fullmatch(place.raw):
        place.fail("module:function")
    valid, invalid = (
        tuple(read_value(type_, Place(document, raw[key], index)) for index in range(len(raw[key])))
        for key in ("valid", "invalid")
    )
    for index, value in enumerate(invalid):
        if value in valid:
            span = document.value(raw["invalid"], index)
            raise WrongValueError(span, "one value is given as valid and as invalid")
    return Predicate(place.raw, valid, invalid, place.span)
