"""The codec of one message as code: its struct constants and the bodies of its methods."""

from __future__ import annotations

from dataclasses import dataclass

from torq_gen.model import FRAME_HEADER_SIZE, TLV_HEADER_SIZE, Field, Message
from torq_gen.model.names import constant_case
from torq_gen.model.types import size_of
from torq_gen.targets._shared.pretty import Block, Call, Code, tuple_of
from torq_gen.targets.python.naming import Names
from torq_gen.targets.python.packing import Packer
from torq_gen.targets.python.slots import Packing, Place, StructPool
from torq_gen.targets.python.streams import Reader, Writer
from torq_gen.targets.python.unpacking import Unpacker

_MAGIC = 0xDEADBEEF
_PROTOCOL = 2
_DOMAIN_SHIFT = 40
_HEAD_FORMATS = ("Q", "Q", "Q", "I")  # magic to source, sequence, timestamp, payload size
_CHECKED = 28  # header bytes before the checksum
_HEAD_MASK = "0xFFFFFFFFFFFF"  # without the source


@dataclass(frozen=True, slots=True)
class Codec:
    """Code of one message; a message has ``to_frame`` and ``parse_frame``, or ``to_tlv``."""

    constants: Code
    decode: Code
    to_frame: Code = ()
    parse_frame: Code = ()
    to_tlv: Code = ()


def codec(message: Message, domain_id: int) -> Codec:
    """The codec of a message, for frames of its domain."""
    pool = StructPool(_prefix(message))
    decode = _decode(message, pool)
    if message.fields and message.size_at(message.version) is not None:
        to_frame, constants = _to_frame(message, domain_id, pool)
        parse_frame = _parse_frame(message, domain_id, pool)
        return Codec((*pool.definitions(), *constants), decode, to_frame, parse_frame)
    to_tlv = _to_tlv(message, pool)
    return Codec(pool.definitions(), decode, to_tlv=to_tlv)


def _head(domain_id: int) -> int:
    return _MAGIC | _PROTOCOL << 32 | domain_id << _DOMAIN_SHIFT


def _tlv_head(message: Message) -> int:
    """Type, version, flags and length as the number that the eight bytes make."""
    size = message.size_at(message.version) or 0
    return message.type_id | message.version << 16 | size << 32


def _prefix(message: Message) -> str:
    """What the names of a message's constants begin with; short, so that lines stay short."""
    name = constant_case(message.name)
    return name if len(name) <= 32 else f"TYPE_{message.type_id}_V{message.version}"


def _hex(number: int) -> str:
    return f"0x{number:X}"


def _to_frame(message: Message, domain_id: int, pool: StructPool) -> tuple[Code, Code]:
    names = Names()
    packer = Packer(names, pool)
    fields = (packer.pack(f.type, f"self.{f.attribute}", f.attribute) for f in message.fields)
    packing = sum(fields, Packing())
    payload = TLV_HEADER_SIZE + (message.size_at(message.version) or 0)
    join = f"_{_prefix(message)}_JOIN"
    values = (
        f"{_hex(_head(domain_id))} | source << 48",
        "sequence",
        "timestamp",
        str(payload),
        _hex(_tlv_head(message)),
        *packing.values,
    )
    pack = pool.method((*_HEAD_FORMATS, "Q", *packing.formats), "pack")
    refusal = Call(
        "raise refuse(",
        ("self", "error", "source=source", "sequence=sequence", "timestamp=timestamp"),
        ") from None",
    )
    body = (
        Block(
            "try:",
            (
                Block("if not source:", ("raise ValueError",)),
                *packing.before,
                Call(f"body = {pack}(", values),
            ),
        ),
        Block("except CANNOT_ENCODE as error:", (refusal,)),
        Call(f"return {join}(", (f"body[:{_CHECKED}]", "crc32(body)", f"body[{_CHECKED}:]")),
    )
    return body, (Call(f"{join}: Final = Struct(", (f'"<{_CHECKED}sI{payload}s"',), ").pack"),)


def _parse_frame(message: Message, domain_id: int, pool: StructPool) -> Code:
    names = Names()
    unpacker = Unpacker(names, pool)
    offset = FRAME_HEADER_SIZE + TLV_HEADER_SIZE
    members = []
    for field in message.fields:
        members.append(unpacker.unpack(field.type, field.attribute, Place("", offset)))
        offset += size_of(field.type) or 0
    formats = (*_HEAD_FORMATS, "I", "8s", *(f for m in members for f in m.formats))
    slots = ("head", "sequence", "timestamp", "size", "checksum", "_")
    unpack = pool.method(formats, "unpack")
    target = tuple_of("(", (*slots, *(n for m in members for n in m.names)), f") = {unpack}(data)")
    refusal = Call("raise explain(", ("data", message.name))
    wrong = (
        f"head & {_HEAD_MASK} != {_hex(_head(domain_id))}",
        f"size != {offset - FRAME_HEADER_SIZE}",
        f"crc32(data[:{_CHECKED}] + data[{FRAME_HEADER_SIZE}:]) != checksum",
    )
    built = Call(f"{message.name}(", [m.value for m in members])
    return (
        target,
        *(Block(f"if {condition}:", (refusal,)) for condition in wrong),
        *(node for m in members for node in m.after),
        Call("return Frame(", (tuple_of("(", (built,)), "head", "sequence", "timestamp", "size")),
    )


def _to_tlv(message: Message, pool: StructPool) -> Code:
    writer = Writer(Names(), pool)
    writer.fields(message.fields, "self")
    return (
        Block("try:", ("parts: list[bytes] = []", *writer.finish(), 'value = b"".join(parts)')),
        Block("except CANNOT_ENCODE as error:", ("raise refuse(self, error) from None",)),
        f"return tlv({message.type_id}, {message.version}, value)",
    )


def _decode(message: Message, pool: StructPool) -> Code:
    """Reads version by version; an older writer's value ends where its version did."""
    reader = Reader(Names(), pool)
    values: list[str] = []
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
