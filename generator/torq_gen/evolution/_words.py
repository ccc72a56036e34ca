"""How types are written in findings."""

from __future__ import annotations

from torq_gen.model import AliasType, EnumType, FieldType
from torq_gen.model.types import size_of


def sized(type_: FieldType) -> str:
    """The type, and how many bytes it takes."""
    shown = size_text(type_)
    match type_:
        case AliasType(target=target):
            return f"{type_} = {sized(target)}"
        case EnumType(base=base):
            return f"{type_} over {base} ({shown})"
        case _:
            return f"{type_} ({shown})"


def size_text(type_: FieldType) -> str:
    """How many bytes every value of the type takes."""
    size = size_of(type_)
    return "of any size" if size is None else "1 byte" if size == 1 else f"{size} bytes"
