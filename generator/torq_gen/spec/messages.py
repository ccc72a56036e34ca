"""Message definitions of the schemas to the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Related
from torq_gen.model.messages import Default, Field, Message, Validation
from torq_gen.model.names import kebab_case
from torq_gen.model.types import (
    ArrayType,
    FieldType,
    FloatType,
    ListType,
    OptionalType,
    StructType,
    resolved,
)
from torq_gen.spec import rules
from torq_gen.spec.field_names import FieldNames
from torq_gen.spec.findings import nearest
from torq_gen.spec.money import EXACT, inexact
from torq_gen.spec.named_types import NamedTypes, Weight, oversized, text_of
from torq_gen.spec.validations import broken_rule, read_validation
from torq_gen.spec.values import Place, WrongValueError, read_value

if TYPE_CHECKING:
    from torq_gen.diagnostics import Span
    from torq_gen.model.values import Value
    from torq_gen.rule import Rule
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.findings import Findings

_NO_KEYS = (FloatType, ListType, ArrayType, StructType, OptionalType)
_PLAIN: dict[str, Raw] = {}


def read_message(
    name: str, domain: str, document: Document, section: dict[str, Raw], types: NamedTypes
) -> Message | None:
    """The message ``section[name]``, or None when one of its fields has no usable type."""
    return _MessageReader(name, document, section, types).read(domain)


class _MessageReader:
    def __init__(
        self, name: str, document: Document, section: dict[str, Raw], types: NamedTypes
    ) -> None:
        self.name = name
        self.document = document
        self.raw: dict[str, Raw] = section[name]
        self.section = section
        self.types = types
        self.findings: Findings = types.findings

    def read(self, domain: str) -> Message | None:
        fields, raw = self._fields(), self.raw
        if fields is None:
            return None
        self._order(fields)
        self._version(fields)
        self._key(fields)
        return Message(
            self.name,
            raw["type"],
            domain,
            raw.get("topic") or kebab_case(domain),
            fields,
            text_of(raw.get("doc")),
            raw.get("key"),
            raw["retain"]["last"] if "retain" in raw else 0,
            self._examples(fields),
            self.document.key(self.section, self.name),
        )

    def _fields(self) -> tuple[Field, ...] | None:
        names = FieldNames(self.document, self.findings)
        fields = [self._field(entry, names) for entry in self.raw["fields"]]
        found = [f for f in fields if f is not None]
        if len(found) < len(fields):
            return None
        size = nodes = 0
        for field in found:
            weight = self.types.weight(field.type)
            size, nodes = size + weight.size, nodes + weight.nodes
        if problem := oversized(Weight(size, nodes, 1)):
            span = self.document.key(self.section, self.name)
            self.findings.add(rules.OVERSIZED_TYPE, span, problem)
            return None
        return tuple(found)

    def _field(self, entry: dict[str, Raw], names: FieldNames) -> Field | None:
        ((name, spec),) = entry.items()
        document = self.document
        if spec.__class__ is str:
            type_ = self.types.at(document, entry, name)
            names.check(entry, name, _PLAIN)
            return None if type_ is None else Field(name, type_, span=document.key(entry, name))
        type_ = self.types.at(document, spec, "type")
        names.check(entry, name, spec)
        if type_ is None:
            return None
        if spec.get("money") and (wrong := inexact(type_)):
            span = document.value(spec, "type")
            self.findings.add(rules.INEXACT_MONEY, span, wrong, help=EXACT)
        validate = self._validation(spec, type_) if "validate" in spec else None
        return Field(
            name,
            type_,
            text_of(spec.get("doc")),
            spec.get("unit", ""),
            spec.get("money", False),
            validate,
            spec.get("since", 1),
            self._default(spec, type_, validate) if "default" in spec else None,
            spec.get("deprecated", False),
            spec.get("python_name"),
            document.key(entry, name),
        )

    def _validation(self, spec: dict[str, Raw], type_: FieldType) -> Validation | None:
        if not spec["validate"]:  # its only key was an unknown one, and reported
            return None
        try:
            return read_validation(type_, self.document, spec["validate"])
        except WrongValueError as error:
            self._wrong(rules.WRONG_VALIDATION, error)
            return None

    def _default(
        self, spec: dict[str, Raw], type_: FieldType, validate: Validation | None
    ) -> Default | None:
        place = Place(self.document, spec, "default")
        try:
            value = read_value(type_, place)
            if validate is not None and (expected := broken_rule(validate, value)):
                place.fail(expected, "a default has to satisfy the field's own validate")
        except WrongValueError as error:
            self._wrong(rules.WRONG_DEFAULT, error)
            # The field has a default, if not this one: nothing more follows from it.
            return Default(None)
        return Default(value)

    def _wrong(self, rule: Rule, error: WrongValueError) -> None:
        self.findings.add(rule, error.span, error.message, help=error.help)

    def _order(self, fields: tuple[Field, ...]) -> None:
        latest, defaulted = 1, None
        for field in fields:
            assert field.span is not None
            if field.since < latest:
                message = (
                    f"'{field.name}' is of version {field.since} and stands after a field of "
                    f"version {latest}"
                )
                help = "a message grows at its end: new fields are appended"
                self.findings.add(rules.WRONG_VERSION, field.span, message, help=help)
            latest = max(latest, field.since)
            if field.default is not None:
                defaulted = field
            elif field.since > 1:
                message = f"'{field.name}' was added in version {field.since} and has no default"
                optional = isinstance(resolved(field.type), OptionalType)
                help = "add a default: older writers do not send the field"
                help = "add default: null" if optional else help
                self.findings.add(rules.MISSING_DEFAULT, field.span, message, help=help)
            elif defaulted is not None and defaulted.span is not None:
                message = f"'{field.name}' has no default and follows '{defaulted.name}', which has"
                related = (Related(defaulted.span, defaulted.name),)
                help = "give it a default too, or take the default away"
                self.findings.add(
                    rules.MISSING_DEFAULT, field.span, message, help=help, related=related
                )

    def _version(self, fields: tuple[Field, ...]) -> None:
        largest = max(f.since for f in fields)
        stated = self.raw.get("version", largest)
        if stated == largest:
            return
        newest = next(f for f in fields if f.since == largest)
        assert newest.span is not None
        self.findings.add(
            rules.WRONG_VERSION,
            self.document.value(self.raw, "version"),
            f"version {stated} is stated, the newest field is of version {largest}",
            help=f"state version: {largest}, leave it out, or give a new field since: {stated}",
            related=(Related(newest.span, f"{newest.name}, since {largest}"),),
        )

    def _key(self, fields: tuple[Field, ...]) -> None:
        raw, key = self.raw, self.raw.get("key")
        if key is None:
            if "retain" in raw:
                message = "retain keeps the last value of each key, and the message has no key"
                span = self.document.key(raw, "retain")
                self.findings.add(rules.WRONG_KEY, span, message, help="add key: <field>")
            return
        span = self.document.value(raw, "key")
        field = next((f for f in fields if f.name == key), None)
        if field is None:
            help = nearest(key, [f.name for f in fields], "fields")
            message = f"the key '{key}' is not a field of {self.name}"
            self.findings.add(rules.WRONG_KEY, span, message, help=help)
        elif isinstance(resolved(field.type), _NO_KEYS):
            message = f"a field of type {field.type} cannot be a key"
            help = "take an integer, bytes, a text or an enum"
            self.findings.add(rules.WRONG_KEY, span, message, help=help)

    def _examples(self, fields: tuple[Field, ...]) -> tuple[tuple[Value, ...], ...]:
        found: list[tuple[Value, ...]] = []
        examples: list[dict[str, Raw]] = self.raw.get("examples", [])
        for index, example in enumerate(examples):
            try:
                found.append(self._example(fields, example, self.document.value(examples, index)))
            except WrongValueError as error:
                self._wrong(rules.WRONG_EXAMPLE, error)
        return tuple(found)

    def _example(
        self, fields: tuple[Field, ...], example: dict[str, Raw], span: Span
    ) -> tuple[Value, ...]:
        names = [f.name for f in fields]
        for name in example:
            if name not in names:
                key = self.document.key(example, name)
                message = f"{self.name} has no field '{name}'"
                raise WrongValueError(key, message, nearest(name, names, "fields"))
        return tuple(self._example_value(f, example, span) for f in fields)

    def _example_value(self, field: Field, example: dict[str, Raw], span: Span) -> Value:
        if field.name not in example:
            if field.default is None:
                raise WrongValueError(span, f"the example lacks the field '{field.name}'")
            return field.default.value
        place = Place(self.document, example, field.name)
        value = read_value(field.type, place)
        if field.validate is not None and (expected := broken_rule(field.validate, value)):
            place.fail(expected)
        return value
