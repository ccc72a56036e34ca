"""The named types of all schemas, each after the types that it mentions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torq_gen.diagnostics import Related
from torq_gen.model.types import (
    AliasType,
    ArrayType,
    EnumType,
    FieldType,
    IntType,
    ListType,
    NamedType,
    OptionalType,
    StructField,
    StructType,
    minimum_size,
)
from torq_gen.spec import rules
from torq_gen.spec.field_names import FieldNames
from torq_gen.spec.findings import nearest
from torq_gen.spec.money import EXACT, inexact
from torq_gen.spec.naming import (
    enum_value_problem,
)
from torq_gen.spec.type_text import (
    BUILT_IN,
    INTEGERS,
    TypeTextError,
    UnknownTypeError,
    UnusableTypeError,
    parse,
)

if TYPE_CHECKING:
    from torq_gen.diagnostics import Span
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.findings import Findings
    from torq_gen.spec.structure import Damage

MAX_VALUE_SIZE = (1 << 20) - 40  # a frame of 1 MiB without its header and the TLV header
MAX_NODES = 4096  # scalars that one value of a type is made of, lists and arrays counted once
MAX_LEVELS = 12


class Definition(NamedTuple):
    """A named type as the schema gives it."""

    document: Document
    section: dict[str, Raw]  # the ``types`` mapping that it stands in


class Weight(NamedTuple):
    """How large a type is: fewest bytes on the wire, scalars, levels."""

    size: int
    nodes: int
    levels: int


class NamedTypes:
    """Resolves names to model types, each once; cycles and unknown names become findings."""

    def __init__(
        self,
        definitions: dict[str, Definition],
        messages: set[str],
        findings: Findings,
        damage: Damage,
    ) -> None:
        self.definitions = definitions
        self.messages = messages
        self.findings = findings
        self.damage = damage
        self.resolved: dict[str, NamedType] = {}
        self.unusable: set[str] = set()
        self.open: list[str] = []
        self.texts: dict[str, FieldType] = {}
        self.weights: dict[str, Weight] = {}

    def resolve_all(self) -> dict[str, NamedType]:
        """Every usable named type, after those that it mentions."""
        for name in self.definitions:
            try:
                self._named(name)
            except UnusableTypeError:
                continue
        return self.resolved

    def at(
        self, document: Document, container: dict[str, Raw] | list[Raw], key: str | int
    ) -> FieldType | None:
        """The type that is written there, or None after a finding."""
        text: str = container[key]  # type: ignore[index]
        if (known := self.texts.get(text)) is not None:
            return known
        try:
            found = parse(text, self._named)
            if (weight := self.weight(found)).levels > MAX_LEVELS:
                raise TypeTextError(f"a type of more than {MAX_LEVELS} levels", 0, len(text))
        except UnusableTypeError:
            return None
        except TypeTextError as error:
            self._report(error, document.part(container, key, error.at, error.to))
            return None
        if problem := oversized(weight):
            self.findings.add(rules.OVERSIZED_TYPE, document.value(container, key), problem)
            return None
        self.texts[text] = found
        return found

    def weight(self, type_: FieldType) -> Weight:
        """The type's weight; that of a named type is known already."""
        match type_:
            case AliasType() | StructType() | EnumType():
                return self.weights[type_.name]
            case ListType(item=item):
                inner = self.weight(item)
                return Weight(4, inner.nodes + 1, inner.levels + 1)
            case ArrayType(item=item, length=length):
                inner = self.weight(item)
                return Weight(inner.size * length, inner.nodes + 1, inner.levels + 1)
            case OptionalType(item=item):
                inner = self.weight(item)
                return Weight(inner.size + 1, inner.nodes + 1, inner.levels + 1)
            case _:
                return Weight(minimum_size(type_), 1, 1)

    def _report(self, error: TypeTextError, span: Span) -> None:
        if not isinstance(error, UnknownTypeError):
            self.findings.add(rules.MALFORMED_TYPE, span, error.message, help=error.help)
            return
        if self.damage.hit("types", error.name):
            return
        help = nearest(error.name, [*self.definitions, *BUILT_IN], "types")
        if error.name in self.messages:
            help = f"{error.name} is a message; declare a struct under types for what both carry"
        self.findings.add(rules.UNKNOWN_TYPE, span, error.message, help=help)

    def _named(self, name: str) -> NamedType | None:
        if name in self.resolved:
            return self.resolved[name]
        if name in self.unusable:
            raise UnusableTypeError
        if name not in self.definitions:
            return None
        if name in self.open:
            self._cycle(name)
        if len(self.open) > MAX_LEVELS:
            # Deeper chains are refused where they start; going on would exhaust the stack.
            raise TypeTextError(f"a type of more than {MAX_LEVELS} levels", 0, len(name))
        self.open.append(name)
        try:
            found = self._build(name, *self.definitions[name])
        finally:
            self.open.pop()
        if found is None:
            self.unusable.add(name)
            raise UnusableTypeError
        self.resolved[name] = found
        return found

    def _cycle(self, name: str) -> None:
        cycle = [*self.open[self.open.index(name) :], name]
        document, section = self.definitions[name]
        related = tuple(
            Related(self.definitions[n].document.key(self.definitions[n].section, n), n)
            for n in cycle[1:-1]
        )
        if name not in self.unusable:
            self.findings.add(
                rules.CYCLIC_TYPE,
                document.key(section, name),
                f"the type contains itself: {' → '.join(cycle)}",
                help="refer to the other value by a key, or hold it in a message of its own",
                related=related,
            )
        self.unusable.update(cycle)
        raise UnusableTypeError

    def _build(self, name: str, document: Document, section: dict[str, Raw]) -> NamedType | None:
        raw, span = section[name], document.key(section, name)
        if isinstance(raw, str):
            target = self.at(document, section, name)
            return self._alias(name, target, "", span)
        doc = text_of(raw.get("doc"))
        if "enum" in raw:
            return self._enum(name, document, raw, span, doc)
        if "struct" in raw:
            return self._struct(name, document, raw, span, doc)
        return self._alias(name, self.at(document, raw, "type"), doc, span)

    def _alias(self, name: str, target: FieldType | None, doc: str, span: Span) -> NamedType | None:
        if target is None:
            return None
        inner = self.weight(target)
        self.weights[name] = inner._replace(levels=inner.levels + 1)
        return AliasType(name, target, doc, span)

    def _enum(
        self, name: str, document: Document, raw: dict[str, Raw], span: Span, doc: str
    ) -> NamedType | None:
        base = INTEGERS.get(raw["enum"])
        if base is None or base.signed:
            *most, last = (n for n, t in INTEGERS.items() if not t.signed)
            bases = f"{', '.join(most)} or {last}"
            message = f"expected {bases} as base of an enum, found {raw['enum']}"
            self.findings.add(rules.WRONG_ENUM, document.value(raw, "enum"), message)
            return None
        values = tuple(raw["values"].items())
        if not self._enum_values(document, raw["values"], base):
            return None
        self.weights[name] = Weight(base.bits // 8, 1, 1)
        return EnumType(name, base, values, raw.get("closed", False), doc, span)

    def _enum_values(self, document: Document, values: dict[str, Raw], base: IntType) -> bool:
        seen: dict[int, str] = {}
        before = len(self.findings.all)
        for name, value in values.items():
            if problem := enum_value_problem(name):
                span = document.key(values, name)
                self.findings.add(problem.rule, span, problem.message, help=problem.help)
            if not base.minimum <= value <= base.maximum:
                message = f"expected 0 to {base.maximum} for {base}, found {value}"
                self.findings.add(rules.WRONG_ENUM, document.value(values, name), message)
            elif value in seen:
                other = Related(document.value(values, seen[value]), f"{seen[value]}: {value}")
                self.findings.add(
                    rules.WRONG_ENUM,
                    document.value(values, name),
                    f"'{name}' and '{seen[value]}' have one value, {value}",
                    related=(other,),
                )
            seen.setdefault(value, name)
        return len(self.findings.all) == before

    def _struct(
        self, name: str, document: Document, raw: dict[str, Raw], span: Span, doc: str
    ) -> NamedType | None:
        fields: list[StructField] = []
        names = FieldNames(document, self.findings)
        complete = True
        size, nodes, levels = 0, 1, 1
        for entry in raw["struct"]:
            ((field, spec),) = entry.items()
            short = isinstance(spec, str)
            type_ = self.at(document, entry if short else spec, field if short else "type")
            more = {} if short else spec
            names.check(entry, field, more)
            if type_ is None:
                complete = False
                continue
            if more.get("money") and (wrong := inexact(type_)):
                self.findings.add(
                    rules.INEXACT_MONEY, document.value(more, "type"), wrong, help=EXACT
                )
            inner = self.weight(type_)
            size, nodes = size + inner.size, nodes + inner.nodes
            levels = max(levels, inner.levels + 1)
            fields.append(
                StructField(
                    field,
                    type_,
                    text_of(more.get("doc")),
                    more.get("unit", ""),
                    more.get("money", False),
                    more.get("python_name"),
                    document.key(entry, field),
                )
            )
        weight = Weight(size, nodes, levels)
        if complete and (problem := oversized(weight)):
            self.findings.add(rules.OVERSIZED_TYPE, span, problem)
            return None
        self.weights[name] = weight
        return StructType(name, tuple(fields), doc, span) if complete else None


def oversized(weight: Weight) -> str | None:
    """Why values of this weight cannot be sent, or None."""
    if weight.size > MAX_VALUE_SIZE:
        return f"expected at most {MAX_VALUE_SIZE:,} bytes, its smallest value has {weight.size:,}"
    if weight.nodes > MAX_NODES:
        return f"expected at most {MAX_NODES:,} scalars in a value, found {weight.nodes:,}"
    return None


def text_of(raw: str | None) -> str:
    """A documentation text without the line end that a block scalar leaves."""
    return (raw or "").strip()
