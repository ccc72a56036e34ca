"""The codec of one message as code: its struct constants and the bodies of its methods."""

from __future__ import annotations

from dataclasses import dataclass

from torq_gen.model import TLV_HEADER_SIZE, Field, Message
from torq_gen.model.names import constant_case
from torq_gen.targets._shared.pretty import Block, Call, Code, tuple_of
from torq_gen.targets._shared.python import Expression
from torq_gen.targets.python.naming import Names
from torq_gen.targets.python.packing import Packer
from torq_gen.targets.python.reading import Reader
from torq_gen.targets.python.slots import Packing, Place, StructPool
from torq_gen.targets.python.unpacking import Unpacker
from torq_gen.targets.python.writing import Writer

_MAGIC = 0xDEADBEEF
_PROTOCOL = 2
_DOMAIN_SHIFT = 40
_HEAD_FORMATS = ("6s", "H", "Q", "Q")  # start, source, sequence, timestamp
_CHECKED = 28  # header bytes before the checksum


@dataclass(frozen=True, slots=True)
class Codec:
    """Code of one message; only one of fixed size has a parser of its whole frame."""

    constants: Code
    to_frame: Code
    decode: Code
    parse_frame: Code = ()


def codec(message: Message, domain_id: int) -> Codec:
    """The codec of a message, for frames of its domain."""
    pool = StructPool(_prefix(message))
    decode = _decode(message, pool)
    if message.fields and message.size_at(message.version) is not None:
        packed, joining = _fixed_frame(message, domain_id, pool)
        parse_frame = _parse_frame(message, domain_id, pool)
        return Codec((*pool.definitions(), *joining), _to_frame(*packed), decode, parse_frame)
    body, result = _variable_frame(message, domain_id, pool)
    return Codec(pool.definitions(), _to_frame(body, result), decode)


def _head(domain_id: int) -> int:
    return _MAGIC | _PROTOCOL << 32 | domain_id << _DOMAIN_SHIFT


def _tlv_head(message: Message, size: int) -> int:
    """Type, version, flags and length as the number that the eight bytes make."""
    return message.type_id | message.version << 16 | size << 32


def _prefix(message: Message) -> str:
    """What the names of a message's constants begin with; short, so that lines stay short."""
    name = constant_case(message.name)
    return name if len(name) <= 32 else f"TYPE_{message.type_id}_V{message.version}"


def _start(domain_id: int) -> str:
    """The first six bytes of a frame: magic, protocol and domain."""
    return _literal(_head(domain_id).to_bytes(6, "little"))


def _sizes(message: Message, size: int) -> str:
    """The twelve bytes, without the checksum among them, before a value of fixed size.

    They are payload size, type, version, flags and length; as one constant they are packed and
    compared in a third of the time that the numbers take.
    """
    payload_size = (TLV_HEADER_SIZE + size).to_bytes(4, "little")
    return _literal(payload_size + _tlv_head(message, size).to_bytes(8, "little"))


def _literal(data: bytes) -> str:
    escaped = "".join(f"\\x{byte:02x}" for byte in data)
    return f'b"{escaped}"'


def _hex(number: int) -> str:
    return f"0x{number:X}"


def _to_frame(body: Code, result: Call | str) -> Code:
    """``body`` is tried; what it cannot pack is refused by name."""
    refusal = Call(
        "raise refuse(",
        ("self", "error", "source=source", "sequence=sequence", "timestamp=timestamp"),
        ") from None",
    )
    return (
        Block("try:", (Block("if not source:", ("raise ValueError",)), *body)),
        Block("except CANNOT_ENCODE as error:", (refusal,)),
        result,
    )


def _fixed_frame(
    message: Message, domain_id: int, pool: StructPool
) -> tuple[tuple[Code, Call], Code]:
    """One pack of the whole frame without its checksum, and one that puts the checksum in.

    The constants of the second come with them.
    """
    packer = Packer(Names(), pool)
    fields = (packer.pack(f.type, f"self.{f.attribute}", f.attribute) for f in message.fields)
    packing = sum(fields, Packing())
    size = message.size_at(message.version) or 0
    join, rest = f"_{_prefix(message)}__JOIN", f"_{_prefix(message)}__REST"
    values = (
        _start(domain_id),
        "source",
        "sequence",
        "timestamp",
        _sizes(message, size),
        *packing.values,
    )
    pack = pool.method((*_HEAD_FORMATS, "12s", *packing.formats), "pack")
    body = (*packing.before, Call(f"body = {pack}(", values))
    # the pack cuts the first part off by itself, and a slice that is kept is a faster one
    result = Call(f"return {join}(", ("body", "crc32(body)", f"body[{rest}]"))
    formats = f'"<{_CHECKED}sI{TLV_HEADER_SIZE + size}s"'
    constants = (
        Call(f"{join}: Final = Struct(", (formats,), ").pack"),
        f"{rest}: Final = slice({_CHECKED}, None)",
    )
    return (body, result), constants


def _variable_frame(message: Message, domain_id: int, pool: StructPool) -> tuple[Code, str]:
    """The value first, then the head that states its size."""
    writer = Writer(Names(), pool)
    writer.fields(message.fields, "self")
    head = (
        _start(domain_id),
        "source",
        "sequence",
        "timestamp",
        f"size + {TLV_HEADER_SIZE}",
        _hex(_tlv_head(message, 0)),
        "size",
    )
    body = (*writer.joined("value"), "size = len(value)", Call("head = pack_head(", head))
    return body, "return framed(head, value)"


def _parse_frame(message: Message, domain_id: int, pool: StructPool) -> Code:
    """Gives None, not an error, for what is not as expected: the general decoder then says why.

    The frame is cut into what the checksum covers, and the checksum. All else is read from the copy
    that the checksum was taken of, so any buffer will do, even one that others write to.
    """
    names = Names()
    sizes = names.local("sizes")
    unpacker = Unpacker(names, pool, explains=False)
    fields = [unpacker.unpack(f.type, f.attribute, Place("", 0)) for f in message.fields]
    size = message.size_at(message.version) or 0
    cut = pool.method((f"{_CHECKED}s", "I", f"{TLV_HEADER_SIZE + size}s"), "unpack")
    formats = (*_HEAD_FORMATS, "12s", *(f for m in fields for f in m.formats))
    unpack = pool.method(formats, "unpack")
    slots = ("start", "source", "sequence", "timestamp", sizes)
    target = tuple_of("(", (*slots, *(n for m in fields for n in m.names)), f") = {unpack}(body)")
    built = Call(f"{message.name}(", [m.value for m in fields])
    header = ("source", "sequence", "timestamp", str(TLV_HEADER_SIZE + size))
    return (
        Block("try:", (f"head, checksum, value = {cut}(data)",)),
        Block("except struct_error:", ("return None",)),
        "body = head + value",
        Block("if crc32(body) != checksum:", ("return None",)),
        target,
        Block(f"if start != {_start(domain_id)} or not source:", ("return None",)),
        Block(f"if {sizes} != {_sizes(message, size)}:", ("return None",)),
        *(node for m in fields for node in m.after),
        Call("return Frame(", (built, *header)),
    )


def _decode(message: Message, pool: StructPool) -> Code:
    """Reads version by version; an older writer's value ends where its version did."""
    reader = Reader(Names(), pool)
    values: list[Expression] = []
    code: Code = ()
    generations = _generations(message)
    for number, fields in enumerate(generations, 1):
        values += [reader.value(f.type, f.attribute) for f in fields]
        code += reader.finish()
        build = Call("return cls(", tuple(values))
        rest = ("raise left_over(end - at, at)",)
        if number < len(generations):
            body = (Block("if at != end:", rest), build)
            code += (Block(f"if version < {generations[number][0].since}:", body),)
        else:
            code += (Block(f"if at != end and version <= {message.version}:", rest), build)
    return code


def _generations(message: Message) -> tuple[tuple[Field, ...], ...]:
    """The fields by the version that added them; the first may be empty."""
    versions = sorted({1, *(f.since for f in message.fields)})
    return tuple(tuple(f for f in message.fields if f.since == v) for v in versions)
