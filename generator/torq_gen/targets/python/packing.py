"""Code that packs values of fixed size."""

from __future__ import annotations

from torq_gen.model import (
    AliasType,
    ArrayType,
    BoolType,
    BytesType,
    EnumType,
    FieldType,
    FixedType,
    InstrumentIdType,
    IntType,
    OptionalType,
    StructType,
)
from torq_gen.model.types import size_of
from torq_gen.targets._shared.pretty import Block, Call, Code
from torq_gen.targets.python.naming import Names, within
from torq_gen.targets.python.slots import (
    LONGEST_VALUE,
    Packing,
    StructPool,
    integer_format,
    integer_of,
    plain_format,
)


class Packer:
    """Writes the code that packs values of fixed size."""

    def __init__(self, names: Names, pool: StructPool) -> None:
        self._names = names
        self._pool = pool

    def pack(self, type_: FieldType, value: str, wished: str) -> Packing:
        """The packing of the expression ``value``; ``wished`` names locals that it may need."""
        if len(value) > LONGEST_VALUE:
            name = self._names.local(wished)
            short = self._pack(type_, name, wished)
            return Packing(short.formats, short.values, (f"{name} = {value}", *short.before))
        return self._pack(type_, value, wished)

    def _pack(self, type_: FieldType, value: str, wished: str) -> Packing:
        if (format_ := plain_format(type_)) is not None:
            return Packing((format_,), (value,))
        size = size_of(type_)
        match type_:
            case AliasType(target=target):
                return self.pack(target, value, wished)
            case IntType() | FixedType():
                return Packing((f"{size}s",), (_to_bytes(type_, value),))
            case BoolType():
                check = _refuse_if(f"type({value}) is not bool")
                return Packing(("B",), (value,), check)
            case BytesType():
                return Packing((f"{size}s",), (value,), _refuse_if(f"len({value}) != {size}"))
            case InstrumentIdType():
                return Packing((f"{size}s",), (f"{value}.to_wire()",))
            case EnumType(base=base, closed=closed):
                unknown = f"{value} not in {self._pool.table(type_)}"
                check = _refuse_if(unknown) if closed else ()
                inner = self._pack(base, value, wished)
                return Packing(inner.formats, inner.values, check)
            case StructType(fields=fields):
                parts = (
                    self.pack(f.type, f"{value}.{f.attribute}", within(wished, f.attribute))
                    for f in fields
                )
                return sum(parts, Packing())
            case ArrayType(item=item, length=length):
                return self._pack_array(item, length, value, wished)
            case OptionalType(item=item):
                return self._pack_optional(item, value, wished)
        raise AssertionError(f"{type_} has no fixed size")

    def _pack_array(self, item: FieldType, length: int, value: str, wished: str) -> Packing:
        blob = f"{(size_of(item) or 0) * length}s"
        if (format_ := plain_format(item)) is not None:
            pack = self._pool.method((f"{length}{format_}",), "pack")
            return Packing((blob,), (f"{pack}(*{value})",))
        parts = self._names.local(wished, "parts")
        element = self._names.local("", "item")
        before = (
            *_refuse_if(f"len({value}) != {length}"),
            f"{parts}: list[bytes] = []",
            Block(f"for {element} in {value}:", self._append(item, element, parts)),
        )
        return Packing((blob,), (f'b"".join({parts})',), before)

    def _append(self, item: FieldType, value: str, parts: str) -> Code:
        inner = self.pack(item, value, "")
        packed = Call(f"{self._pool.method(inner.formats, 'pack')}(", inner.values)
        return (*inner.before, Call(f"{parts}.append(", (packed,)))

    def _pack_optional(self, item: FieldType, value: str, wished: str) -> Packing:
        present = self._names.local(wished, "present")
        given = self._names.local(wished, "given")
        if (format_ := integer_format(item)) is not None:
            filled: Code = (f"{given} = {value}",)
            absent, slots = "0", ("B", format_)
        else:
            inner = self.pack(item, value, wished)
            pack = self._pool.method(inner.formats, "pack")
            filled = (*inner.before, Call(f"{given} = {pack}(", inner.values))
            absent, slots = f"bytes({size_of(item)})", ("B", f"{size_of(item)}s")
        before = (
            Block(f"if {value} is None:", (f"{present} = 0", f"{given}: Any = {absent}")),
            Block("else:", (f"{present} = 1", *filled)),
        )
        return Packing(slots, (present, given), before)


def _refuse_if(condition: str) -> Code:
    return (Block(f"if {condition}:", ("raise ValueError",)),)


def _to_bytes(type_: FieldType, value: str) -> Call:
    base = integer_of(type_)
    signed = ("signed=True",) if base.signed else ()
    return Call(f"{value}.to_bytes(", (str(base.bits // 8), '"little"', *signed))
