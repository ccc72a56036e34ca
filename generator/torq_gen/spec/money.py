"""Amounts of money are exact: they stand in integers or decimals of a fixed scale, never in floats.

A binary fraction cannot hold 0.1, and sums of such amounts drift.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.model.types import (
    ArrayType,
    FieldType,
    FixedType,
    FloatType,
    IntType,
    ListType,
    OptionalType,
    StructType,
    resolved,
)
from torq_gen.spec import rules

if TYPE_CHECKING:
    from torq_gen.model.messages import Message
    from torq_gen.spec.findings import Findings

EXACT = "take an integer in the smallest unit, or a decimal: fixed<8>"


def inexact(type_: FieldType) -> str | None:
    """Why a field with ``money: true`` cannot have the type, or None; lists hold amounts."""
    found = resolved(type_)
    while isinstance(found, (OptionalType, ListType, ArrayType)):
        found = resolved(found.item)
    if isinstance(found, (IntType, FixedType)):
        return None
    if isinstance(found, StructType):
        return f"expected an integer or fixed type for money, found the struct {type_}"
    return f"expected an integer or fixed type for money, found {type_}"


def check_money(message: Message, findings: Findings) -> None:
    """Reports each field of a message in a money domain that holds a float."""
    for field in message.fields:
        # A field that says money: true itself has its finding already.
        if field.span is None or (field.money and inexact(field.type)):
            continue
        if (found := _float_in(field.type)) is not None:
            what = f"{field.type}" if str(found) == str(field.type) else f"{found} in {field.type}"
            text = f"expected exact numbers in {message.name}, whose domain {message.domain} is "
            findings.add(
                rules.INEXACT_MONEY,
                field.span,
                f"{text}money: true, found {what} for '{field.name}'",
                help=EXACT,
            )


def _float_in(type_: FieldType) -> FloatType | None:
    """The first float that a value of the type holds."""
    match resolved(type_):
        case FloatType() as found:
            return found
        case OptionalType(item=item) | ListType(item=item) | ArrayType(item=item):
            return _float_in(item)
        case StructType(fields=fields):
            return next((f for m in fields if (f := _float_in(m.type)) is not None), None)
        case _:
            return None
