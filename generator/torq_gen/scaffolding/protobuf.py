"""Protobuf to a draft. protoc itself reads the files: what it accepts, and only that, is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torq_gen.drafting.model import (
    Draft,
    DraftDomain,
    DraftEdge,
    DraftEnum,
    DraftField,
    DraftMessage,
    DraftSchema,
    DraftService,
    DraftStruct,
)
from torq_gen.drafting.names import (
    domain_name,
    field_name,
    message_name,
    package_name,
    service_name,
    type_name,
    value_name,
)
from torq_gen.scaffolding.imported import FIRST_ID, Imported, ImportFailedError, Losses, last_id

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import (
        DescriptorProto,
        EnumDescriptorProto,
        FieldDescriptorProto,
        FileDescriptorProto,
    )

_SCALARS: Mapping[int, str] = {
    **{1: "f64", 2: "f32", 3: "i64", 4: "u64", 5: "i32", 6: "u64", 7: "u32", 8: "bool"},
    **{9: "string", 12: "bytes", 13: "u32", 15: "i32", 16: "i64", 17: "i32", 18: "i64"},
}
_GROUP, _MESSAGE, _ENUM, _REPEATED, _REQUIRED = 10, 11, 14, 3, 2
_WELL_KNOWN = {
    ".google.protobuf.Timestamp": ("timestamp", "nanoseconds, no date before 1970"),
    ".google.protobuf.Duration": ("i64", "a Duration in nanoseconds"),
    ".google.protobuf.Empty": ("bool?", "an Empty: whether it is there"),
    ".google.protobuf.DoubleValue": ("f64?", ""),
    ".google.protobuf.FloatValue": ("f32?", ""),
    ".google.protobuf.Int64Value": ("i64?", ""),
    ".google.protobuf.UInt64Value": ("u64?", ""),
    ".google.protobuf.Int32Value": ("i32?", ""),
    ".google.protobuf.UInt32Value": ("u32?", ""),
    ".google.protobuf.BoolValue": ("bool?", ""),
    ".google.protobuf.StringValue": ("string?", ""),
    ".google.protobuf.BytesValue": ("bytes?", ""),
}


def read(files: Sequence[FileDescriptorProto], wanted: Sequence[str], name: str) -> Imported:
    """The draft of the messages of the ``wanted`` files; ``files`` hold what those import, too.

    Raises:
        ImportFailedError: there is no message in them.
    """
    reader = _Reader(files, frozenset(wanted))
    reader.index()
    if not reader.top:
        listed = ", ".join(wanted)
        raise ImportFailedError(f"{listed}: expected at least one message, found none")
    return reader.draft(name)


@dataclass(slots=True)
class _Found:
    """A message or an enum with its place in a file."""

    file: FileDescriptorProto
    path: tuple[int, ...]
    name: str
    node: DescriptorProto | EnumDescriptorProto


@dataclass(slots=True)
class _Reader:
    files: Sequence[FileDescriptorProto]
    wanted: frozenset[str]
    losses: Losses = field(default_factory=Losses)
    known: dict[str, _Found] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    types: list[DraftEnum | DraftStruct] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    docs: dict[tuple[str, tuple[int, ...]], str] = field(default_factory=dict)

    def index(self) -> None:
        """Know every type, its comments, and which are fields of others."""
        for file in self.files:
            for location in file.source_code_info.location:
                text = location.leading_comments or location.trailing_comments
                self.docs[file.name, tuple(location.path)] = " ".join(text.split())
            prefix = f".{file.package}." if file.package else "."
            for at, message in enumerate(file.message_type):
                self._message(file, (4, at), prefix + message.name, message)
            for at, enum in enumerate(file.enum_type):
                name = prefix + enum.name
                self.known[name] = _Found(file, (5, at), name, enum)

    def _message(
        self, file: FileDescriptorProto, path: tuple[int, ...], name: str, node: DescriptorProto
    ) -> None:
        self.known[name] = _Found(file, path, name, node)
        self.used |= {f.type_name for f in node.field if f.type_name and f.type_name != name}
        for at, nested in enumerate(node.nested_type):
            self._message(file, (*path, 3, at), f"{name}.{nested.name}", nested)
        for at, enum in enumerate(node.enum_type):
            inner = f"{name}.{enum.name}"
            self.known[inner] = _Found(file, (*path, 4, at), inner, enum)

    @property
    def top(self) -> list[_Found]:
        """The messages that are no part of others; all of the files' own when none is."""
        own = [
            f
            for f in self.known.values()
            if f.file.name in self.wanted and len(f.path) == 2 and f.path[0] == 4
        ]
        return [f for f in own if f.name not in self.used] or own

    def draft(self, name: str) -> Imported:
        """The draft, with a service on each side."""
        for file in self.files:
            if file.name in self.wanted:
                self._of_file(file)
        chosen = [(found, message_name(_last(found.name), self.names)) for found in self.top]
        messages = tuple(
            DraftMessage(made, number, self._fields(found, made), doc=self._doc(found))
            for number, (found, made) in enumerate(chosen, FIRST_ID)
        )
        system = service_name(name, set())
        domain = domain_name(system)
        taken: set[str] = set()
        names = tuple(m.name for m in messages)
        publisher = DraftService(
            service_name(f"{system}_publisher", taken, self.names),
            1,
            planned=True,
            description="Whoever publishes these messages: protobuf does not say. Split it.",
            publishes=tuple(map(DraftEdge, names)),
        )
        subscriber = DraftService(
            service_name(f"{system}_subscriber", taken, self.names),
            2,
            planned=True,
            description="Whoever reads these messages: protobuf does not say. Split it.",
            subscribes=tuple(map(DraftEdge, names)),
        )
        draft = Draft(
            system,
            package_name(system),
            (DraftDomain(domain, 1, FIRST_ID, last_id(len(messages))),),
            (publisher, subscriber),
            schemas=(DraftSchema(domain, messages, tuple(self.types)),),
            head=(f"Drafted from {', '.join(sorted(self.wanted))}.",),
        )
        return Imported(draft, tuple(self.losses.found))

    def _of_file(self, file: FileDescriptorProto) -> None:
        self.losses.add(
            file.name, "field numbers: fields stand in their order, and grow at the end"
        )
        for service in file.service:
            calls = ", ".join(method.name for method in service.method)
            self.losses.add(f"{file.name}: {service.name}", f"calls are no messages: {calls}")
        if file.extension:
            self.losses.add(file.name, "extensions")

    def _fields(self, found: _Found, made: str) -> tuple[DraftField, ...]:
        node = found.node
        self.open.append(found.name)
        names: set[str] = set()
        order = sorted(enumerate(node.field), key=lambda pair: pair[1].number)
        fields = [self._field(found, at, one, names) for at, one in order]
        self.open.pop()
        self._of_message(found)
        if not fields:
            self.losses.add(_place(found), "a message without fields: it gets the field `present`")
            fields = [DraftField("present", "bool", "a message has at least one field")]
        return tuple(fields)

    def _of_message(self, found: _Found) -> None:
        node, place = found.node, _place(found)
        groups = {o.name for o in getattr(node, "oneof_decl", ()) if not o.name.startswith("_")}
        for name in sorted(groups):
            self.losses.add(f"{place}.{name}", "a oneof: its fields are optional, each by itself")
        if node.reserved_range or node.reserved_name:
            self.losses.add(place, "reserved numbers and names of fields")
        if getattr(node, "extension_range", ()):
            self.losses.add(place, "extension ranges")

    def _field(
        self, found: _Found, at: int, one: FieldDescriptorProto, names: set[str]
    ) -> DraftField:
        place = f"{_place(found)}.{one.name}"
        name = field_name(one.name, names)
        if name != one.name:
            self.losses.add(place, f"the name is '{name}' here")
        type_, note = self._type(one, place)
        extra: dict[str, object] = {}
        if doc := self.docs.get((found.file.name, (*found.path, 2, at))):
            extra["doc"] = doc
        if one.options.deprecated:
            extra["deprecated"] = True
        if one.default_value:
            self.losses.add(place, f"the default {one.default_value}")
        if one.label == _REPEATED:
            return DraftField(name, type_, note, extra)
        explicit = one.proto3_optional or one.HasField("oneof_index")
        implicit = found.file.syntax in ("", "proto2") and one.label != _REQUIRED
        if (explicit or implicit or one.type == _MESSAGE) and not type_.endswith("?"):
            type_ += "?"
        return DraftField(name, type_, note, extra)

    def _type(self, one: FieldDescriptorProto, place: str) -> tuple[str, str]:
        type_, note = self._single(one, place)
        if one.label != _REPEATED:
            return type_, note
        target = self.known.get(one.type_name)
        if target is not None and getattr(target.node, "options").map_entry:  # noqa: B009
            self.losses.add(place, "a map: it is a list of pairs here, in any order")
        return f"list<{type_.removesuffix('?')}>", note

    def _single(self, one: FieldDescriptorProto, place: str) -> tuple[str, str]:
        if one.type in _SCALARS:
            return _SCALARS[one.type], ""
        if one.type_name in _WELL_KNOWN:
            type_, note = _WELL_KNOWN[one.type_name]
            self.losses.add(place, f"{one.type_name[1:]} is {type_} here")
            return type_, note
        target = self.known.get(one.type_name)
        if target is None or one.type == _GROUP or one.type_name.startswith(".google.protobuf."):
            what = one.type_name[1:] or "a group"
            self.losses.add(place, f"{what}: kept as bytes")
            return "bytes", f"{what} as protobuf encodes it"
        if one.type_name in self.open:
            self.losses.add(place, f"{one.type_name[1:]} contains itself: kept as bytes")
            return "bytes", f"{_last(one.type_name)} as protobuf encodes it: it contains itself"
        if one.type == _ENUM:
            return self._enum(target), ""
        if one.type_name not in self.named:
            made = self.named[one.type_name] = type_name(_nested(target), self.names)
            fields = tuple(_plain(f) for f in self._fields(target, made))
            self.types.append(DraftStruct(made, fields, self._doc(target)))
        return self.named[one.type_name], ""

    def _enum(self, found: _Found) -> str:
        if found.name not in self.named:
            made = self.named[found.name] = type_name(_nested(found), self.names)
            pairs = list(self._values(found, made))
            top = max((number for _, number in pairs), default=0)
            base = "u8" if top < 1 << 8 else "u16" if top < 1 << 16 else "u32"
            self.types.append(DraftEnum(made, base, tuple(pairs), self._doc(found)))
        return self.named[found.name]

    def _values(self, found: _Found, made: str) -> Iterator[tuple[str, int]]:
        """Names without the enum's own before them; no number twice, none below 0."""
        names: set[str] = set()
        numbers: set[int] = set()
        prefix = value_name(made, set()) + "_"
        for value in found.node.value:
            if value.number < 0 or value.number in numbers:
                why = "an alias" if value.number in numbers else "a number below 0"
                self.losses.add(f"{_place(found)}.{value.name}", f"left out: {why}")
                continue
            numbers.add(value.number)
            yield value_name(value.name.removeprefix(prefix), names), value.number

    def _doc(self, found: _Found) -> str:
        return self.docs.get((found.file.name, found.path), "")


def _plain(field: DraftField) -> DraftField:
    """A struct's field has a text, and none of the further keys of a message's."""
    kept = {key: value for key, value in field.extra.items() if key == "doc"}
    return DraftField(field.name, field.type, field.note, kept)


def _nested(found: _Found) -> str:
    package = f".{found.file.package}." if found.file.package else "."
    return found.name.removeprefix(package).replace(".", "_")


def _place(found: _Found) -> str:
    return f"{found.file.name}: {found.name[1:]}"


def _last(name: str) -> str:
    return name.rpartition(".")[2]
