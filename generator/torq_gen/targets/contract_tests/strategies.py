"""Hypothesis strategies for field types, as expressions."""

from __future__ import annotations

from functools import lru_cache
from typing import assert_never

from torq_gen.model import (
    AliasType,
    ArrayType,
    BoolType,
    BytesType,
    EnumType,
    FieldType,
    FixedType,
    FloatType,
    InstrumentIdType,
    IntType,
    ListType,
    OptionalType,
    StringType,
    StructType,
    TimestampType,
)
from torq_gen.targets._shared.pretty import Call

_MANY = 16  # arrays longer than this repeat one item: drawing each would take too long


@lru_cache(maxsize=1024)  # many fields have one type
def strategy(type_: FieldType) -> str | Call:
    """The strategy of all values of the type; floats without NaN, which equals nothing."""
    match type_:
        case AliasType(target=target):
            return strategy(target)
        case IntType():
            return _integers(type_)
        case FixedType(base=base):
            return _integers(base)
        case TimestampType():
            return _integers(IntType(64, signed=False))
        case BoolType():
            return "st.booleans()"
        case FloatType(bits=bits):
            return Call("st.floats(", ("allow_nan=False", f"width={bits}"))
        case BytesType(size=None):
            return Call("st.binary(", ("max_size=40",))
        case BytesType(size=size):
            return Call("st.binary(", (f"min_size={size}", f"max_size={size}"))
        case StringType():
            return Call("st.text(", ("max_size=20",))
        case InstrumentIdType():
            return "instrument_ids()"
        case EnumType(name=name, base=base, closed=closed):
            known = Call("st.sampled_from(", (name,))
            return known if closed else Call("st.one_of(", (known, _integers(base)))
        case StructType(name=name, fields=fields):
            return Call("st.builds(", (name, *(strategy(f.type) for f in fields)))
        case ListType(item=item):
            return Call("tuples_of(", (strategy(item),))
        case ArrayType(item=item, length=length):
            function = "tuples_of" if length <= _MANY else "repeated"
            return Call(f"{function}(", (strategy(item), str(length)))
        case OptionalType(item=item):
            return Call("st.one_of(", ("st.none()", strategy(item)))
    assert_never(type_)


def _integers(base: IntType) -> Call:
    if base.signed:
        ends = (f"-(2**{base.bits - 1})", f"2**{base.bits - 1} - 1")
    else:
        ends = ("0", f"2**{base.bits} - 1")
    return Call("st.integers(", ends)
