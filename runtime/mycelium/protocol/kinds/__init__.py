"""Field kinds: what a value of a field may be, and its form in JSON.

The codecs are generated as straight-line code and need none of this. Kinds serve what is not hot:
JSON, ``create``, and finding the field at fault when a value did not fit.
"""

from mycelium.protocol.kinds.base import FieldSpec, Json, Kind, Rule, ValueProblem, shown
from mycelium.protocol.kinds.compound import Optional, Sequence, Struct
from mycelium.protocol.kinds.numbers import Bool, Fixed, Float, Integer
from mycelium.protocol.kinds.texts import Bytes, Enumeration, Instrument, Text, by_value

U8, U16, U32, U64, U128, U256 = (Integer(bits) for bits in (8, 16, 32, 64, 128, 256))
I8, I16, I32, I64, I128, I256 = (Integer(bits, signed=True) for bits in (8, 16, 32, 64, 128, 256))
BOOL, F32, F64, TEXT, INSTRUMENT = Bool(), Float(32), Float(64), Text(), Instrument()

__all__ = [
    "BOOL",
    "F32",
    "F64",
    "I8",
    "I16",
    "I32",
    "I64",
    "I128",
    "I256",
    "INSTRUMENT",
    "TEXT",
    "U8",
    "U16",
    "U32",
    "U64",
    "U128",
    "U256",
    "Bool",
    "Bytes",
    "Enumeration",
    "FieldSpec",
    "Fixed",
    "Float",
    "Instrument",
    "Integer",
    "Json",
    "Kind",
    "Optional",
    "Rule",
    "Sequence",
    "Struct",
    "Text",
    "ValueProblem",
    "by_value",
    "shown",
]
