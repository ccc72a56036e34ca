"""Code that makes the bytes of values of variable size.

Neighbouring parts of fixed size share one ``struct.Struct``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from torq_gen.model import (
    AliasType,
    ArrayType,
    BytesType,
    FieldType,
    ListType,
    OptionalType,
    StringType,
    StructType,
)
from torq_gen.model.types import size_of
from torq_gen.targets._shared.pretty import Block, Call, Code, Node, tuple_of
from torq_gen.targets.python.naming import Names, within
from torq_gen.targets.python.packing import Packer
from torq_gen.targets.python.slots import (
    LONGEST_VALUE,
    Packing,
    StructPool,
    plain_format,
)


class AnyField(Protocol):
    """A field of a message or of a struct."""

    @property
    def attribute(self) -> str:
        """Its name in Python."""

    @property
    def type(self) -> FieldType:
        """Its type."""


class Writer:
    """Writes the statements that make a value's bytes.

    The parts of a value are joined at once. Loops and branches cannot stand inside a tuple of
    parts, so from the first one on the parts are collected in the list ``parts``.
    """

    def __init__(self, names: Names, pool: StructPool) -> None:
        self._names = names
        self._pool = pool
        self._packer = Packer(names, pool)
        self._code: list[Node] = []
        self._run = Packing()
        self._parts: list[str | Call] = []
        self._collects = False

    def fields(self, fields: Sequence[AnyField], owner: str, wished: str | None = None) -> None:
        """Takes every field of the expression ``owner``."""
        for field in fields:
            name = field.attribute if wished is None else within(wished, field.attribute)
            self.value(field.type, f"{owner}.{field.attribute}", name)

    def value(self, type_: FieldType, value: str, wished: str) -> None:
        """Takes one value; ``wished`` names the locals that it needs."""
        if size_of(type_) is not None:
            self._add(self._packer.pack(type_, value, wished))
            return
        match type_:
            case AliasType(target=target):
                self.value(target, value, wished)
            case StringType():
                value = value if len(value) <= LONGEST_VALUE else self._named(value, wished)
                self._bytes(f"{value}.encode()", within(wished, "utf8"))
            case BytesType():
                value = self._named(value, wished)
                # other buffers have a length that does not count bytes
                self._code.append(
                    Block(f"if not isinstance({value}, bytes):", ("raise ValueError",))
                )
                self._bytes(value, wished)
            case ListType(item=item):
                value = self._named(value, wished)
                self._count(value)
                self._items(item, value)
            case ArrayType(item=item, length=length):
                value = self._named(value, wished)
                self._code.append(Block(f"if len({value}) != {length}:", ("raise ValueError",)))
                self._items(item, value)
            case OptionalType(item=item):
                self._optional(item, self._named(value, wished))
            case StructType(fields=fields):
                self.fields(fields, self._named(value, wished), wished)

    def joined(self, target: str) -> Code:
        """The statements that assign the bytes of all that was taken to ``target``."""
        self._flush()
        if not self._collects:
            whole = tuple_of("(", self._parts) if self._parts else "()"
            return (*self._code, Call(f'{target} = b"".join(', (whole,)))
        self._spill()
        return ("parts: list[bytes] = []", *self._code, f'{target} = b"".join(parts)')

    def _appended(self) -> Code:
        """The statements that append the bytes of all that was taken to ``parts``."""
        self._flush()
        self._spill()
        return tuple(self._code)

    def _named(self, value: str, wished: str) -> str:
        if value.isidentifier():
            return value
        name = self._names.local(wished)
        self._code.append(f"{name} = {value}")
        return name

    def _add(self, packing: Packing) -> None:
        self._code += packing.before
        self._run += Packing(packing.formats, packing.values)

    def _count(self, value: str) -> None:
        self._add(Packing(("I",), (f"len({value})",)))

    def _bytes(self, value: str, wished: str) -> None:
        name = self._named(value, wished)
        self._count(name)
        self._flush()
        self._parts.append(name)

    def _flush(self) -> None:
        if self._run.formats:
            run, self._run = self._run, Packing()
            self._parts.append(Call(f"{self._pool.method(run.formats, 'pack')}(", run.values))

    def _spill(self) -> None:
        self._collects = True
        if len(self._parts) == 1:
            self._code.append(Call("parts.append(", self._parts))
        elif self._parts:
            self._code.append(tuple_of("parts += (", self._parts))
        self._parts = []

    def _items(self, item: FieldType, value: str) -> None:
        self._flush()
        if (format_ := plain_format(item)) is not None:
            packers = self._pool.packers(format_)
            self._parts.append(Call(f"{packers}[len({value})](", (f"*{value}",)))
            return
        self._spill()
        element = self._names.local("", "item")
        self._code.append(Block(f"for {element} in {value}:", self._inner(item, element)))

    def _optional(self, item: FieldType, value: str) -> None:
        self._flush()
        self._spill()
        absent, present = ('parts.append(b"\\0")',), ('parts.append(b"\\1")',)
        self._code.append(Block(f"if {value} is None:", absent))
        self._code.append(Block("else:", (*present, *self._inner(item, value))))

    def _inner(self, item: FieldType, value: str) -> Code:
        inner = Writer(self._names, self._pool)
        inner.value(item, value, "")
        return inner._appended()
