"""Classes that are sent, as drafted fields: what is a guess is marked as one."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torq_gen.drafting.model import DraftEnum, DraftField, DraftStruct
from torq_gen.drafting.names import field_name, type_name, value_name

if TYPE_CHECKING:
    from torq_gen.inference.classes import Attribute, Classes, Found

_EXACT = {"str": "string", "bool": "bool", "float": "f64", "bytes": "bytes"}
_GUESSED = {
    "int": ("i64", "int has no size"),
    "bytearray": ("bytes", ""),
    "decimal.Decimal": ("fixed<8, i128>", "Decimal has no scale"),
    "datetime.datetime": ("timestamp", "nanoseconds since 1970, in UTC"),
    "datetime.date": ("string", "a date as ISO 8601"),
    "datetime.time": ("string", "a time as ISO 8601"),
    "datetime.timedelta": ("i64", "a timedelta in nanoseconds"),
    "uuid.UUID": ("bytes[16]", "a UUID's bytes"),
    "typing.Any": ("string", "any value, as JSON"),
    "object": ("string", "any value, as JSON"),
    "dict": ("string", "a dict, as JSON"),
    "typing.Dict": ("string", "a dict, as JSON"),
    "collections.abc.Mapping": ("string", "a mapping, as JSON"),
    "typing.Mapping": ("string", "a mapping, as JSON"),
}
_PYDANTIC = {
    **dict.fromkeys(("EmailStr", "HttpUrl", "AnyUrl", "AnyHttpUrl", "SecretStr"), "string"),
    **dict.fromkeys(("NonEmptyStr", "StrictStr", "constr"), "string"),
    **dict.fromkeys(("StrictBool",), "bool"),
    **dict.fromkeys(("StrictFloat", "FiniteFloat", "NonNegativeFloat", "PositiveFloat"), "f64"),
    **dict.fromkeys(("PositiveInt", "NonNegativeInt"), "u64"),
    **dict.fromkeys(("StrictInt", "NegativeInt", "NonPositiveInt", "conint"), "i64"),
}
_LISTS = {"list", "List", "Sequence", "Iterable", "set", "Set", "frozenset", "FrozenSet", "tuple"}
_LISTS |= {"Tuple", "Collection", "deque", "Deque", "MutableSequence", "AbstractSet"}
_WRAPPERS = {"Annotated", "Required", "NotRequired", "Final", "ReadOnly"}
_OTHER = "as JSON: nothing like it here"


@dataclass(slots=True)
class Payloads:
    """Drafts named types as they come up; ``taken`` are the names of types and messages."""

    classes: Classes
    taken: set[str]
    types: list[DraftEnum | DraftStruct] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)

    def fields(self, found: Found) -> tuple[DraftField, ...]:
        """The fields of a class; none when its attributes cannot be told."""
        names: set[str] = set()
        self.open.append(found.qualified)
        fields = [self._field(a, names) for a in self.classes.attributes(found)]
        self.open.pop()
        return tuple(fields)

    def of_parameters(self, parameters: list[Attribute]) -> tuple[DraftField, ...]:
        """The fields of a task that takes these parameters."""
        names: set[str] = set()
        return tuple(self._field(parameter, names) for parameter in parameters)

    def _field(self, attribute: Attribute, names: set[str]) -> DraftField:
        name = field_name(attribute.name, names)
        type_, guess = self._type(attribute.annotation, attribute.module, attribute.name)
        notes = [f"guess: {guess}"] if guess else []
        if name != attribute.name:
            notes.append(f"`{attribute.name}` in the code")
        return DraftField(name, type_, "; ".join(notes))

    def _type(self, node: ast.expr, module: str, hint: str) -> tuple[str, str]:
        """The type's text, and what about it is a guess."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value, mode="eval").body
            except (SyntaxError, ValueError):
                return "string", _OTHER
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._union(_members(node), module, hint)
        if isinstance(node, ast.Subscript):
            return self._generic(node, module, hint)
        if isinstance(node, ast.Call):  # conint(gt=0)
            node = node.func
        return self._name(ast.unparse(node), module, hint)

    def _generic(self, node: ast.Subscript, module: str, hint: str) -> tuple[str, str]:
        outer = ast.unparse(node.value).rpartition(".")[2]
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not inner:  # tuple[()]
            return "string", f"{ast.unparse(node)} {_OTHER}"
        if outer == "Optional":
            return _optional(*self._type(inner[0], module, hint))
        if outer == "Union":
            return self._union(inner, module, hint)
        if outer in _WRAPPERS:
            return self._type(inner[0], module, hint)
        if outer == "Literal":
            return self._literal(inner, hint)
        if outer in _LISTS:
            same = [n for n in inner if not (isinstance(n, ast.Constant) and n.value is Ellipsis)]
            if len(same) == 1:
                item, guess = self._type(same[0], module, hint)
                return f"list<{item}>", guess
            return "string", f"{ast.unparse(node)} {_OTHER}"
        if outer in ("dict", "Dict", "Mapping", "MutableMapping", "defaultdict"):
            return "string", f"{ast.unparse(node)} as JSON"
        return self._name(ast.unparse(node.value), module, hint)

    def _union(self, members: list[ast.expr], module: str, hint: str) -> tuple[str, str]:
        real = [m for m in members if ast.unparse(m) != "None"]
        if len(real) == 1:
            found = self._type(real[0], module, hint)
            return _optional(*found) if len(real) < len(members) else found
        shown = " | ".join(map(ast.unparse, real))
        found = "string", f"{shown} {_OTHER}"
        return _optional(*found) if len(real) < len(members) else found

    def _literal(self, values: list[ast.expr], hint: str) -> tuple[str, str]:
        texts = [v.value for v in values if isinstance(v, ast.Constant)]
        words = [t for t in texts if isinstance(t, str) and t]
        if len(words) != len(values) or len(words) > 255:
            return "string", f"Literal {_OTHER}"
        names: set[str] = set()
        pairs = tuple((value_name(w, names), n) for n, w in enumerate(words, 1))
        made = type_name(hint, self.taken)
        self.types.append(DraftEnum(made, "u8", pairs, note="guess: the numbers are new"))
        return made, ""

    def _name(self, text: str, module: str, hint: str) -> tuple[str, str]:
        if text in _EXACT:
            return _EXACT[text], ""
        qualified = self.classes.qualified(module, text)
        last = qualified.rpartition(".")[2]
        if qualified in _GUESSED:
            return _GUESSED[qualified]
        if last in _PYDANTIC:
            return _PYDANTIC[last], f"{last} is checked by pydantic, not here"
        if last in _LISTS:
            return "list<string>", f"{text} says nothing of its items"
        if qualified in self.open:  # an alias of itself
            return "string", f"{last} contains itself: as JSON"
        known = self.classes.module(module)
        if known is not None and text in known.values:
            self.open.append(qualified)
            alias = self._alias(known.values[text], module, text)
            self.open.pop()
            return alias
        found = self.classes.find(qualified)
        return self._class(found) if found is not None else ("string", f"{text} {_OTHER}")

    def _alias(self, value: ast.expr, module: str, name: str) -> tuple[str, str]:
        """``UserId = NewType("UserId", int)`` or ``Ids = list[int]``."""
        if isinstance(value, ast.Call) and len(value.args) == 2:
            if ast.unparse(value.func).endswith("NewType"):
                return self._type(value.args[1], module, name)
            return "string", f"{name} {_OTHER}"
        if isinstance(value, (ast.Name, ast.Subscript, ast.Attribute, ast.BinOp)):
            return self._type(value, module, name)
        return "string", f"{name} {_OTHER}"

    def _class(self, found: Found) -> tuple[str, str]:
        qualified = found.qualified  # by whatever name the code calls it
        if qualified in self.named:
            return self.named[qualified], ""
        if qualified in self.open:
            return "string", f"{found.node.name} contains itself: as JSON"
        members = self.classes.members(found)
        if members is not None:
            return self._enum(found, members)
        fields = self.fields(found) if found.kind else ()
        if not fields:
            return "string", f"{found.node.name} {_OTHER}"
        made = self.named[qualified] = type_name(found.node.name, self.taken)
        self.types.append(DraftStruct(made, fields, note=f"{found.kind}, {found.place}"))
        return made, ""

    def _enum(self, found: Found, members: object) -> tuple[str, str]:
        assert isinstance(members, dict)
        if not members:
            return "string", f"{found.node.name} has no members that are known"
        values = list(members.values())
        whole = all(isinstance(v, int) and not isinstance(v, bool) and v >= 0 for v in values)
        whole = whole and len(set(values)) == len(values) and max(values) < 1 << 32
        names: set[str] = set()
        numbers = values if whole else range(1, len(values) + 1)
        pairs = tuple((value_name(n, names), i) for n, i in zip(members, numbers, strict=True))
        top = max(number for _, number in pairs)
        base = "u8" if top < 1 << 8 else "u16" if top < 1 << 16 else "u32"
        note = found.place if whole else f"{found.place}; guess: the numbers are new"
        made = self.named[found.qualified] = type_name(found.node.name, self.taken)
        self.types.append(DraftEnum(made, base, pairs, note=note))
        return made, ""


def _members(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_members(node.left), *_members(node.right)]
    return [node]


def _optional(type_: str, guess: str) -> tuple[str, str]:
    return (type_ if type_.endswith("?") else f"{type_}?"), guess
