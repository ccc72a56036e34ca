"""JSON Schema, as AsyncAPI holds it, to fields and named types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from torq_gen.drafting.model import DraftEnum, DraftField, DraftStruct
from torq_gen.drafting.names import field_name, type_name, value_name
from torq_gen.spec.type_text import INTEGERS

if TYPE_CHECKING:
    from torq_gen.scaffolding.imported import Losses
    from torq_gen.scaffolding.references import Node, References

JSON_TEXT = "string"
_INTEGERS = {"int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64", "uint8": "u8"} | {
    f"uint{bits}": f"u{bits}" for bits in (16, 32, 64)
}
_TEXTS = {"uuid": "bytes[16]", "byte": "bytes", "binary": "bytes", "date-time": "timestamp"}
_SHAPE = frozenset(
    (
        *("$ref", "$id", "$schema", "$comment", "type", "title", "description", "properties"),
        *("required", "items", "enum", "const", "format", "oneOf", "anyOf", "allOf", "nullable"),
        *("example", "examples", "minimum", "maximum", "pattern", "minItems", "maxItems"),
        *("deprecated", "additionalProperties", "x-parser-schema-id", "readOnly", "writeOnly"),
    )
)
_MAX_ENUM = 255


class Types:
    """Named types as they come up, each schema once."""

    def __init__(self, references: References, losses: Losses, taken: set[str]) -> None:
        self.references = references
        self.losses = losses
        self.taken = taken
        self.made: list[DraftEnum | DraftStruct] = []
        self._known: dict[int, str] = {}
        self._open: list[int] = []

    def fields(self, node: Node, hint: str) -> tuple[DraftField, ...]:
        """The fields of an object's schema; of anything else one field ``value``."""
        node = self.references.follow(node)
        schema = node.value
        if not isinstance(schema, Mapping) or not _properties(self, node):
            if isinstance(schema, Mapping) and _kind(schema)[0] == "object":
                self.losses.add(node.place, "an object without properties is kept as JSON text")
            return (DraftField("value", *self._typed(node, hint)),)
        self._open.append(id(schema))
        found, names = [], set[str]()
        required, properties = _required(self, node), _properties(self, node)
        for key, child in properties.items():
            found.append(self._field(key, child, hint, key in required, names))
        self._open.pop()
        self._unknown(node)
        return tuple(found)

    def _field(
        self, key: str, node: Node, hint: str, required: bool, names: set[str]
    ) -> DraftField:
        name = field_name(key, names)
        if name != key:
            self.losses.add(node.place, f"the name '{key}' is '{name}' here")
        type_, note = self._typed(node, f"{hint}_{key}")
        if not required and not type_.endswith("?"):
            type_ += "?"
        return DraftField(name, type_, note, self._extra(self.references.follow(node), type_))

    def _extra(self, node: Node, type_: str) -> dict[str, object]:
        schema = node.value
        if not isinstance(schema, Mapping):
            return {}
        extra: dict[str, object] = {}
        if isinstance(doc := schema.get("description"), str) and doc.strip():
            extra["doc"] = " ".join(doc.split())
        if schema.get("deprecated") is True:
            extra["deprecated"] = True
        extra |= self._validation(node, type_.removesuffix("?"))
        return extra

    def _validation(self, node: Node, plain: str) -> dict[str, object]:
        """The limits of an integer or the pattern of a text, as far as they can be carried over."""
        low, high = node.value.get("minimum"), node.value.get("maximum")
        pattern = node.value.get("pattern")
        if plain in INTEGERS and all(v is None or type(v) is int for v in (low, high)):
            type_ = INTEGERS[plain]
            least = max(type_.minimum, type_.minimum if low is None else low)
            most = min(type_.maximum, type_.maximum if high is None else high)
            if least <= most and (least, most) != (type_.minimum, type_.maximum):
                return {"validate": {"range": [least, most]}}
            if least <= most:
                return {}
        if low is not None or high is not None:
            self.losses.add(node.place, "its limits minimum and maximum")
        if isinstance(pattern, str) and plain == "string":
            if _compiles(pattern):
                return {"validate": {"pattern": pattern}}
            self.losses.add(node.place, f"the pattern {pattern}, which Python does not take")
        return {}

    def _typed(self, node: Node, hint: str) -> tuple[str, str]:
        """The type's text and a note about what is a guess."""
        found = self.references.follow(node)
        schema = found.value
        if id(schema) in self._open:
            self.losses.add(found.place, "a type that contains itself is kept as JSON text")
            return JSON_TEXT, "JSON text: the type contains itself"
        if not isinstance(schema, Mapping):
            self.losses.add(found.place, "any value: kept as JSON text")
            return JSON_TEXT, "JSON text: any value"
        choices, nullable = self._choices(found)
        if len(choices) == 1:
            type_, note = self._typed(choices[0], hint)
            return (f"{type_}?" if nullable and not type_.endswith("?") else type_), note
        if choices:
            self.losses.add(found.place, "one of several types: kept as JSON text")
            return JSON_TEXT, "JSON text: one of several types"
        kind, optional = _kind(schema)
        type_, note = self._plain(found, kind, self.references.name_of(node) or hint)
        return (f"{type_}?" if optional and not type_.endswith("?") else type_), note

    def _choices(self, node: Node) -> tuple[list[Node], bool]:
        """The types of which a value has one, and whether it may be null."""
        for key in ("oneOf", "anyOf"):
            if isinstance(found := node.value.get(key), list):
                choices = [node.child(key, index) for index in range(len(found))]
                real = [c for c in choices if not _is_null(self.references.follow(c).value)]
                return real, len(real) < len(choices)
        return [], False

    def _plain(self, node: Node, kind: str, hint: str) -> tuple[str, str]:
        schema = node.value
        form = str(schema.get("format") or "")
        self._unknown(node)
        if "enum" in schema or "const" in schema:
            return self._enum(node, hint)
        match kind:
            case "boolean":
                return "bool", ""
            case "integer":
                return self._integer(schema), ""
            case "number":
                return ("f32" if form == "float" else "f64"), ""
            case "array":
                item, note = self._typed(node.child("items"), f"{hint}_item")
                return f"list<{item}>", note
            case "object":
                return self._object(node, hint)
            case "string":
                if form in _TEXTS:
                    self.losses.add(node.place, f"the text form {form}: it is {_TEXTS[form]} here")
                elif form:
                    self.losses.add(node.place, f"the format {form} is not checked")
                return _TEXTS.get(form, "string"), ""
        self.losses.add(node.place, "a value without a type: kept as JSON text")
        return JSON_TEXT, "JSON text: its schema has no type"

    def _integer(self, schema: Mapping[str, Any]) -> str:
        if (known := _INTEGERS.get(str(schema.get("format")))) is not None:
            return known
        low = schema.get("minimum", schema.get("exclusiveMinimum"))
        return "u64" if isinstance(low, int) and low >= 0 else "i64"

    def _object(self, node: Node, hint: str) -> tuple[str, str]:
        known = self._known.get(id(node.value))
        if known is not None:
            return known, ""
        if not _properties(self, node):
            self.losses.add(node.place, "a map of any keys: kept as JSON text")
            return JSON_TEXT, "JSON text: a map of any keys"
        name = type_name(hint, self.taken)
        self._known[id(node.value)] = name
        fields = self.fields(node, name)
        kept = tuple(
            DraftField(f.name, f.type, f.note, {k: v for k, v in f.extra.items() if k == "doc"})
            for f in fields
        )
        for field in fields:
            self.losses.keys(
                f"{node.place}/properties/{field.name}",
                (k for k in field.extra if k != "doc"),
                "not possible in a struct",
            )
        doc = " ".join(str(node.value.get("description", "")).split())
        self.made.append(DraftStruct(name, kept, doc))
        return name, ""

    def _enum(self, node: Node, hint: str) -> tuple[str, str]:
        schema = node.value
        listed = schema.get("enum", [schema.get("const")])
        values = listed if isinstance(listed, list) else []
        texts = [v for v in dict.fromkeys(filter(_is_text, values)) if v]
        if not texts or len(texts) != len(values) - values.count(None) or len(texts) > _MAX_ENUM:
            self.losses.add(node.place, "an enum of values that are not all text: its base type")
            bare = {k: v for k, v in schema.items() if k not in ("enum", "const")}
            kind = _kind(bare)[0] or (_type_of(values[0]) if values else "")
            return self._plain(node.replaced({**bare, "type": kind}), kind, hint)
        known = self._known.get(id(schema))
        if known is None:
            known = self._known[id(schema)] = type_name(hint, self.taken)
            names: set[str] = set()
            pairs = tuple((value_name(t, names), n) for n, t in enumerate(texts, 1))
            self.made.append(DraftEnum(known, "u8", pairs, note="numbers are new"))
        return (f"{known}?" if None in values else known), ""

    def _unknown(self, node: Node) -> None:
        schema = node.value
        extra = [k for k in schema if k not in _SHAPE]
        self.losses.keys(node.place, extra, "no counterpart")
        if schema.get("additionalProperties") not in (None, False):
            self.losses.add(node.place, "additional properties")
        limits = [k for k in ("minItems", "maxItems") if k in schema]
        self.losses.keys(node.place, limits, "a list's length is not checked")


def _properties(types: Types, node: Node) -> dict[str, Node]:
    """An object's properties, those of all that it is made of (``allOf``) included."""
    found: dict[str, Node] = {}
    for part in _parts(types, node):
        properties = part.value.get("properties")
        if isinstance(properties, Mapping):
            found |= {str(key): part.child("properties", key) for key in properties}
    return found


def _required(types: Types, node: Node) -> set[str]:
    found: set[str] = set()
    for part in _parts(types, node):
        required = part.value.get("required", [])
        found |= set(filter(_is_text, required)) if isinstance(required, list) else set()
    return found


def _parts(types: Types, node: Node, depth: int = 0) -> list[Node]:
    node = types.references.follow(node)
    if not isinstance(node.value, Mapping) or depth > 8:
        return []
    merged = node.value.get("allOf")
    inner = range(len(merged)) if isinstance(merged, list) else ()
    children = (p for i in inner for p in _parts(types, node.child("allOf", i), depth + 1))
    return [*children, node]


def _kind(schema: Mapping[str, Any]) -> tuple[str, bool]:
    """The type and whether null may stand there."""
    found = schema.get("type")
    kinds = found if isinstance(found, list) else [found] if isinstance(found, str) else []
    real = [kind for kind in kinds if kind != "null"]
    optional = "null" in kinds or schema.get("nullable") is True
    if len(real) > 1:
        return "", optional
    if not real:
        shaped = "properties" in schema or "allOf" in schema
        real = ["object"] if shaped else ["array"] if "items" in schema else [""]
    return real[0], optional


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return pattern.isprintable()


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_null(schema: object) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "null"


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = {int: "integer", float: "number", str: "string"}
    return names.get(type(value), "")
