"""Code that reads values of any size, walking over the bytes.

Neighbouring parts of fixed size share one ``struct.Struct`` and one check of what is left. Counts
are checked against the bytes that remain before anything is built from them.
"""

from __future__ import annotations

from collections.abc import Sequence

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
from torq_gen.model.types import minimum_size, size_of
from torq_gen.targets._shared.pretty import Block, Call, Code, Node, prefixed, tuple_of
from torq_gen.targets._shared.python import Expression
from torq_gen.targets.python.naming import Names, within
from torq_gen.targets.python.slots import (
    Place,
    StructPool,
    plain_format,
    raise_malformed,
)
from torq_gen.targets.python.unpacking import Unpacker


class Reader:
    """Writes the statements that read values from ``data[at:end]`` and move ``at`` on."""

    def __init__(self, names: Names, pool: StructPool) -> None:
        self._names = names
        self._pool = pool
        self._unpacker = Unpacker(names, pool)
        self._code: list[Node] = []
        self._formats: list[str] = []
        self._slots: list[str] = []
        self._after: list[Node] = []
        self._size = 0

    def value(self, type_: FieldType, wished: str) -> Expression:
        """Reads one value; the expression of it holds once `finish` was called."""
        if (size := size_of(type_)) is not None:
            found = self._unpacker.unpack(type_, wished, Place("at", self._size))
            self._take(found.formats, found.names, found.after, size)
            return found.value
        match type_:
            case AliasType(target=target):
                return self.value(target, wished)
            case StringType():
                return self._text(wished)
            case BytesType():
                return self._bytes(wished)
            case ListType(item=item):
                return self._list(item, wished)
            case ArrayType(item=item, length=length):
                return self._items(item, str(length), wished)
            case OptionalType(item=item):
                return self._optional(item, wished)
            case StructType(name=name, fields=fields):
                values = [self.value(f.type, within(wished, f.attribute)) for f in fields]
                self._flush()
                result = self._names.local(wished)
                self._code.append(Call(f"{result} = {name}(", values))
                return result
        raise AssertionError(f"{type_} is not a field type")

    def finish(self) -> Code:
        """The statements so far; what follows starts anew."""
        self._flush()
        code, self._code = tuple(self._code), []
        return code

    def _flush(self) -> None:
        if not self._formats:
            return
        unpack = self._pool.method(tuple(self._formats), "unpack_from")
        self._need(str(self._size))
        self._code.append(tuple_of("(", self._slots, f") = {unpack}(data, at)"))
        self._code += self._after
        self._code.append(f"at += {self._size}")
        self._formats, self._slots, self._after, self._size = [], [], [], 0

    def _take(self, formats: Sequence[str], names: Sequence[str], after: Code, size: int) -> None:
        self._formats += formats
        self._slots += names
        self._after += after
        self._size += size

    def _need(self, size: str) -> None:
        refusal = Call("raise truncated(", (size, "end - at", "at"))
        self._code.append(Block(f"if end - at < {size}:", (refusal,)))

    def _length(self, wished: str, role: str) -> str:
        name = self._names.local(wished, role)
        self._take(("I",), (name,), (), 4)
        self._flush()
        return name

    def _bytes(self, wished: str) -> str:
        size = self._length(wished, "size")
        name = self._names.local(wished)
        self._need(size)
        self._code += (f"{name}: Any = data[at : at + {size}]", f"at += {size}")
        return name

    def _text(self, wished: str) -> str:
        size = self._length(wished, "size")
        given = self._names.local(wished, "utf8")
        name = self._names.local(wished)
        self._need(size)
        refusal = ("raise bad_text(error, at) from None",)
        self._code += (
            f"{given} = data[at : at + {size}]",
            Block("try:", (f"{name}: Any = {given}.decode()",)),
            Block("except UnicodeDecodeError as error:", refusal),
            f"at += {size}",
        )
        return name

    def _list(self, item: FieldType, wished: str) -> str:
        count = self._length(wished, "count")
        least = minimum_size(item)
        self._need(count if least == 1 else f"{count} * {least}")
        return self._items(item, count, wished)

    def _items(self, item: FieldType, count: str, wished: str) -> str:
        self._flush()
        size = size_of(item)
        if size is None:
            return self._loop(item, count, wished)
        name = self._names.local(wished)
        step = count if size == 1 else f"{count} * {size}"
        if (format_ := plain_format(item)) is not None:
            unpackers = self._pool.unpackers(format_)
            source = Call(f"{name} = {unpackers}[{count}](", ("data", "at"))
            self._code += (source, f"at += {step}")
            return name
        blob = self._names.local(wished, "bytes")
        items = self._names.local(wished, "items")
        self._code += (
            f"{blob} = data[at : at + {step}]",
            *self._unpacker.loop(item, items, blob, Place("at", 0)),
            f"{name}: Any = tuple({items})",
            f"at += {step}",
        )
        return name

    def _loop(self, item: FieldType, count: str, wished: str) -> str:
        items = self._names.local(wished, "items")
        name = self._names.local(wished)
        inner = Reader(self._names, self._pool)
        value = inner.value(item, "")
        body = (*inner.finish(), Call(f"{items}.append(", (value,)))
        self._code += (
            f"{items}: list[Any] = []",
            Block(f"for _ in range({count}):", body),
            f"{name}: Any = tuple({items})",
        )
        return name

    def _optional(self, item: FieldType, wished: str) -> str:
        present = self._names.local(wished, "present")
        place = Place("at", self._size)
        refusal = raise_malformed("0 or 1 as presence", present, place)
        self._take(("B",), (present,), (Block(f"if {present} > 1:", (refusal,)),), 1)
        self._flush()
        name = self._names.local(wished)
        inner = Reader(self._names, self._pool)
        value = inner.value(item, within(wished, "value"))
        body = (*inner.finish(), prefixed(f"{name} = ", value))
        self._code += (f"{name}: Any = None", Block(f"if {present}:", body))
        return name
