"""Code that unpacks values of fixed size."""

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
    StructField,
    StructType,
)
from torq_gen.model.types import size_of
from torq_gen.targets._shared.pretty import Block, Call, Code, prefixed, render, tuple_of
from torq_gen.targets.python.naming import Names, within
from torq_gen.targets.python.slots import (
    Place,
    StructPool,
    Unpacking,
    integer_format,
    integer_of,
    plain_format,
    raise_malformed,
)


class Unpacker:
    """Writes the code that unpacks values of fixed size.

    It raises what is wrong with a value, or returns None where nothing has to be explained.
    """

    def __init__(self, names: Names, pool: StructPool, *, explains: bool = True) -> None:
        self._names = names
        self._pool = pool
        self._explains = explains

    def unpack(self, type_: FieldType, wished: str, place: Place) -> Unpacking:
        """The unpacking of a value whose bytes start at ``place``."""
        size = size_of(type_)
        match type_:
            case AliasType(target=target):
                return self.unpack(target, wished, place)
            case StructType(name=name, fields=fields):
                return self._unpack_struct(name, fields, wished, place)
            case ArrayType(item=item, length=length):
                return self._unpack_array(item, length, wished, place)
            case OptionalType(item=item):
                return self._unpack_optional(item, wished, place)
        name = self._names.local(wished)
        if (format_ := plain_format(type_)) is not None:
            return Unpacking((format_,), (name,), name)
        match type_:
            case IntType() | FixedType():
                return Unpacking((f"{size}s",), (name,), _from_bytes(type_, name))
            case BoolType():
                check = self._malformed_if(f"{name} > 1", "0 or 1", name, place)
                return Unpacking(("B",), (name,), f"{name} == 1", check)
            case BytesType():
                return Unpacking((f"{size}s",), (name,), name)
            case InstrumentIdType():
                reserved, found = place.plus(3), f"{name}[3]"
                check = self._malformed_if(found, "0 in the reserved byte", found, reserved)
                return Unpacking((f"{size}s",), (name,), f"InstrumentId.from_wire({name})", check)
            case EnumType():
                return self._unpack_enum(type_, name, place)
        raise AssertionError(f"{type_} has no fixed size")

    def _unpack_enum(self, type_: EnumType, name: str, place: Place) -> Unpacking:
        table = self._pool.table(type_)
        format_ = plain_format(type_.base) or f"{type_.base.bits // 8}s"
        wide = len(format_) > 1
        convert = (prefixed(f"{name} = ", _from_bytes(type_.base, name)),) if wide else ()
        if not type_.closed:
            known = Call(f"{table}.get(", (name, name))
            return Unpacking((format_,), (name,), known, convert)
        check = self._malformed_if(f"{name} not in {table}", f"a {type_.name}", name, place)
        return Unpacking((format_,), (name,), f"{table}[{name}]", convert + check)

    def _unpack_struct(
        self, name: str, fields: tuple[StructField, ...], wished: str, place: Place
    ) -> Unpacking:
        members = []
        for field in fields:
            members.append(self.unpack(field.type, within(wished, field.attribute), place))
            place = place.plus(size_of(field.type) or 0)
        result = self._names.local(wished)
        build = Call(f"{result} = {name}(", [m.value for m in members])
        return Unpacking(
            tuple(f for m in members for f in m.formats),
            tuple(n for m in members for n in m.names),
            result,
            (*(node for m in members for node in m.after), build),
        )

    def _unpack_array(self, item: FieldType, length: int, wished: str, place: Place) -> Unpacking:
        size = size_of(item) or 0
        given = self._names.local(wished, "given")
        result = self._names.local(wished)
        if (format_ := plain_format(item)) is not None:
            unpack = self._pool.method((f"{length}{format_}",), "unpack")
            after: Code = (f"{result}: Any = {unpack}({given})",)
        else:
            items = self._names.local(wished, "items")
            after = (*self.loop(item, items, given, place), f"{result}: Any = tuple({items})")
        return Unpacking((f"{size * length}s",), (given,), result, after)

    def loop(self, item: FieldType, items: str, data: str, place: Place) -> Code:
        """Statements that fill the list ``items`` from the bytes ``data`` found at ``place``."""
        start = self._names.local("", "start")
        inner = self.unpack(item, "", Place(start, 0))
        unpack = self._pool.method(inner.formats, "iter_unpack")
        offset = f"{start} = {place} + {size_of(item)} * len({items})"
        body = (
            *((offset,) if start in render(inner.after) else ()),
            *inner.after,
            Call(f"{items}.append(", (inner.value,)),
        )
        if len(inner.names) == 1:
            head = Call(f"for ({inner.names[0]},) in {unpack}(", (data,), "):")
            loop = Block(head, body)
        else:
            slots = self._names.local("", "slots")
            taken = tuple_of("(", inner.names, f") = {slots}")
            loop = Block(Call(f"for {slots} in {unpack}(", (data,), "):"), (taken, *body))
        return (f"{items}: list[Any] = []", loop)

    def _unpack_optional(self, item: FieldType, wished: str, place: Place) -> Unpacking:
        present = self._names.local(wished, "present")
        given = self._names.local(wished, "given")
        result = self._names.local(wished)
        if (format_ := integer_format(item)) is not None:
            filled: Code = (f"{result} = {given}",)
            slots, nothing = ("B", format_), "0"
        else:
            inner = self.unpack(item, within(wished, "value"), place.plus(1))
            unpack = self._pool.method(inner.formats, "unpack")
            found = tuple_of("(", inner.names, f") = {unpack}({given})")
            filled = (found, *inner.after, prefixed(f"{result} = ", inner.value))
            slots, nothing = ("B", f"{size_of(item)}s"), f"bytes({size_of(item)})"
        after = (
            f"{result}: Any = None",
            Block(f"if {present} == 1:", filled),
            *self._absent_otherwise(present, given, nothing, place),
        )
        return Unpacking(slots, (present, given), result, after)

    def _absent_otherwise(self, present: str, given: str, nothing: str, place: Place) -> Code:
        if not self._explains:
            return (Block(f"elif {present} or {given} != {nothing}:", ("return None",)),)
        wrong = raise_malformed("0 or 1 as presence", present, place)
        not_zero = raise_malformed("zeros in an absent value", given, place.plus(1))
        return (
            Block(f"elif {present}:", (wrong,)),
            Block(f"elif {given} != {nothing}:", (not_zero,)),
        )

    def _malformed_if(self, condition: str, expected: str, found: str, place: Place) -> Code:
        return (Block(f"if {condition}:", (self._refusal(expected, found, place),)),)

    def _refusal(self, expected: str, found: str, place: Place) -> Call | str:
        return raise_malformed(expected, found, place) if self._explains else "return None"


def _from_bytes(type_: FieldType, name: str) -> Call:
    signed = ("signed=True",) if integer_of(type_).signed else ()
    return Call("from_bytes(", (name, '"little"', *signed))
