"""What each generated module holds, decided: the templates only place it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torq_gen.model import (
    AliasType,
    Domain,
    EnumType,
    Field,
    FieldType,
    FixedType,
    Message,
    StructField,
    StructType,
    System,
)
from torq_gen.targets._shared import imports
from torq_gen.targets._shared.places import earlier_versions, unnamed_fixed
from torq_gen.targets._shared.pretty import (
    Block,
    Call,
    Code,
    docstring,
    prefixed,
    prose_or,
    render,
    text,
    tuple_of,
)
from torq_gen.targets._shared.python import (
    annotation,
    assignment,
    fixed_name,
    fixed_point,
    is_new_type,
    kind,
    rule,
    table_of,
)
from torq_gen.targets.python import prose
from torq_gen.targets.python.codec import Codec, codec


@dataclass(frozen=True, slots=True)
class Definition:
    """A class or constant: its code around its docstring, and the names that others may import."""

    names: tuple[str, ...]
    before: str = ""
    head: str = ""
    docstring: str = ""
    body: str = ""

    @property
    def code(self) -> tuple[str, ...]:
        """The text in which names count as used."""
        return (self.before, self.head, self.body)


@dataclass(frozen=True, slots=True)
class Module:
    """A generated module: its docstring, imports and definitions."""

    summary: str
    imports: str
    definitions: tuple[Definition, ...]


def types_module(system: System) -> Module:
    """Aliases, enums, structs, and the fixed-point types that have no name of their own."""
    definitions = (
        *(_fixed(fixed_name(t), t, fixed_point(t)) for t in unnamed_fixed(system)),
        *(_named_type(t) for t in system.types.values()),
    )
    summary = f"Types of the system {system.name} that its messages share."
    return module_of(summary, definitions, {})


def messages_module(system: System, domain: Domain, types: Mapping[str, str]) -> Module:
    """The messages of one domain; ``types`` says where the types stand."""
    summary = (
        f"Messages of the {domain.name} domain"
        f" (id {domain.id}, types {domain.first_type} to {domain.last_type})."
    )
    definitions = tuple(_message(m, domain) for m in system.messages_of(domain.name))
    return module_of(summary, definitions, types)


def earlier_module(system: System, types: Mapping[str, str]) -> Module:
    """The messages as their earlier versions were, one class a version."""
    definitions = tuple(
        _message(earlier, system.domains[earlier.domain])
        for message in system.messages.values()
        for earlier in earlier_versions(message)
    )
    summary = "Earlier versions of messages, to test that old and new binaries read each other."
    return module_of(summary, definitions, types)


def module_of(summary: str, definitions: tuple[Definition, ...], own: Mapping[str, str]) -> Module:
    """A module whose imports are what its definitions use; ``own`` says where names stand."""
    defined = {name for d in definitions for name in d.names}
    used = imports.words(text for d in definitions for text in d.code) - defined
    return Module(summary, imports.statements(used, own), definitions)


def _message(message: Message, domain: Domain) -> Definition:
    found = codec(message, domain.id)
    size = message.size_at(message.version) if message.fields else None
    facts: list[str | Call] = [
        f"TYPE_ID: ClassVar[int] = {message.type_id}",
        f"VERSION: ClassVar[int] = {message.version}",
        f"DOMAIN: ClassVar[int] = {domain.id}",
        f"TOPIC: ClassVar[str] = {text(message.topic)}",
    ]
    if message.key is not None:
        key = next(f.attribute for f in message.fields if f.name == message.key)
        facts.append(f'KEY: ClassVar[str | None] = "{key}"')
    if message.retain:
        facts.append(f"RETAIN: ClassVar[int] = {message.retain}")
    if size is not None:
        facts.append(f"SIZE: ClassVar[int | None] = {size}")
    members = (*facts, *_field_specs(message.fields), "", *map(_field, message.fields))
    methods = _methods(found)
    return Definition(
        (message.name,),
        before=render(found.constants),
        head=render((Call(f"class {message.name}(", _bases("Message"), "):"),)),
        docstring=prose.message_docstring(message),
        body=render((*members, *(("",) if message.fields else ()), *methods), 1),
    )


def _methods(codec: Codec) -> Code:
    header = "self, *, source: int, sequence: int, timestamp: int"
    value = "cls, data: bytes, at: int, end: int, version: int"
    parser: Code = ()
    if codec.parse_frame:
        head = "def _parse_frame(data: bytes) -> Frame | None:"
        parser = ("", "@staticmethod", Block(head, codec.parse_frame))
    return (
        Block(f"def to_frame({header}) -> bytes:", codec.to_frame),
        *parser,
        "",
        "@classmethod",
        Block(f"def _decode({value}) -> Self:", codec.decode),
    )


def _bases(base: str) -> tuple[str, ...]:
    return (base, "frozen=True", "gc=False")


def _field_specs(fields: Sequence[Field] | Sequence[StructField]) -> Code:
    if not fields:
        return ()
    specs = [_field_spec(f) for f in fields]
    return (tuple_of("FIELDS: ClassVar[tuple[FieldSpec, ...]] = (", specs),)


def _field_spec(field: Field | StructField) -> Call:
    items: list[str | Call] = [f'"{field.name}"', kind(field.type)]
    if isinstance(field, Field) and field.validate is not None:
        items.append(rule(field.validate, field.type))
    if field.attribute != field.name:
        items.append(f'attribute="{field.attribute}"')
    if isinstance(field, Field) and field.since > 1:
        items.append(f"since={field.since}")
    return Call("FieldSpec(", items)


def _field(field: Field) -> str | Call:
    declared = prefixed(f"{field.attribute}: ", annotation(field.type))
    if field.default is None:
        return declared
    head = declared if isinstance(declared, str) else declared.flat()
    return assignment(head, field.type, field.default.value, depth=1)


def _named_type(type_: AliasType | EnumType | StructType) -> Definition:
    match type_:
        case AliasType(name=name, target=FixedType() as target):
            return _fixed(name, target, fixed_point(target, name), type_.doc)
        case AliasType(name=name, target=target):
            return _alias(type_, name, target)
        case EnumType():
            return _enum(type_)
        case StructType():
            return _struct(type_)


def _alias(alias: AliasType, name: str, target: FieldType) -> Definition:
    found = annotation(target)
    made = Call(f"{name} = NewType(", (f'"{name}"', found))
    code = made if is_new_type(alias) else prefixed(f"{name}: TypeAlias = ", found)
    doc = docstring(prose_or(alias.doc, f"`{target}` on the wire."), depth=0)
    return Definition((name,), before=f"{render((code,))}\n{doc}")


def _fixed(name: str, type_: FixedType, constant: str, doc: str = "") -> Definition:
    arguments = (
        name,
        f'name="{name}"',
        f"scale={type_.scale}",
        f"bits={type_.base.bits}",
        f"signed={type_.base.signed}",
    )
    code = (
        Call(f"{name} = NewType(", (f'"{name}"', "int")),
        docstring(prose_or(doc, f"An integer: the number times 10**{type_.scale}."), depth=0),
        Call(f"{constant}: Final = FixedPoint(", arguments),
    )
    return Definition((name, constant), before=render(code))


def _enum(enum: EnumType) -> Definition:
    table = table_of(enum)
    members = tuple(f"{name} = {number}" for name, number in enum.values)
    lookup = Call(f"{table}: Final = kinds.by_value(", (enum.name,))
    return Definition(
        (enum.name, table),
        head=f"class {enum.name}(IntEnum):",
        docstring=prose.enum_docstring(enum),
        body=f"{render(members, 1)}\n\n\n{render((lookup,))}",
    )


def _struct(struct: StructType) -> Definition:
    fields = tuple(prefixed(f"{f.attribute}: ", annotation(f.type)) for f in struct.fields)
    return Definition(
        (struct.name,),
        head=render((Call(f"class {struct.name}(", _bases("Structure"), "):"),)),
        docstring=prose.struct_docstring(struct),
        body=render((*_field_specs(struct.fields), "", *fields), 1),
    )
