"""JSON Schema errors in plain words, at the exact key or value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.rule import Rule
from torq_gen.spec import rules
from torq_gen.spec.findings import listed, near
from torq_gen.spec.integers import integer_in

if TYPE_CHECKING:
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.findings import Findings

_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}
Path: TypeAlias = tuple[str | int, ...]
_ENTRY_SIZE = ("maxProperties", "minProperties")
_MISMATCH = 100  # a branch for another kind of value is never the one that was meant


class Explainer:
    """Turns the errors of one document into findings."""

    def __init__(self, document: Document, schema: dict[str, Any], findings: Findings) -> None:
        self.document = document
        self.schema = schema
        self.findings = findings
        self.unknown: list[tuple[dict[str, Raw], str]] = []
        self.untyped: list[Diagnostic] = []  # messages that lack their type id

    def explain_all(self, errors: list[Any]) -> list[Path]:
        """Reports all errors; the paths of what cannot be used."""
        # An entry of two keys is one mistake, whatever its second key's value is.
        entries = {tuple(e.instance_path) for e in errors if e.kind.name in _ENTRY_SIZE}
        used: list[Path] = []
        for error in errors:
            path = tuple(error.instance_path)
            inside = any(path[:n] in entries for n in range(len(path)))
            if not inside and (unusable := self.explain(error)) is not None:
                used.append(unusable)
        return used

    def explain(self, error: Any) -> Path | None:
        """Reports one error; the path of what cannot be used, or None when ignoring a key does."""
        path = tuple(error.instance_path)
        name = error.kind.name
        if name in ("anyOf", "oneOf"):
            return self._branches(error, path)
        if name == "additionalProperties":
            return self._unknown_keys(error, path)
        if name == "required":
            return self._missing_key(error, path)
        return self._wrong_value(error, path)

    def _branches(self, error: Any, path: Path) -> Path | None:
        branches = [list(branch) for branch in error.kind.context]
        distances = [self._distance(branch, path) for branch in branches]
        best = min(distances)
        if best < _MISMATCH:
            if distances.count(best) == 1:
                return self._together(branches[distances.index(best)])
            return self._undecided(error, path)
        kinds = [t for b in branches for e in b for t in getattr(e.kind, "types", ())]
        expected = " or ".join(_TYPES[t] for t in dict.fromkeys(kinds))
        self._at_value(path, f"expected {expected}{self._place(path)}", rules.WRONG_SHAPE)
        return path

    def _undecided(self, error: Any, path: Path) -> Path:
        """A mapping that could be several things: each branch's first missing key would decide."""
        missing = [
            next((e.kind.property for e in branch if e.kind.name == "required"), None)
            for branch in error.kind.context
        ]
        keys = ", ".join(f"'{key}'" for key in missing if key is not None)
        name = f" '{path[-1]}'" if isinstance(path[-1], str) else ""
        self.findings.add(
            rules.MISSING_KEY,
            self._owner(path),
            f"expected one of the keys {keys}{f' in{name}' if name else ''}",
        )
        return path

    def _together(self, errors: list[Any]) -> Path | None:
        """Several errors of one branch; a misspelt key is not also reported as missing."""
        unknown = {k for e in errors for k in getattr(e.kind, "unexpected", ())}
        damaged: Path | None = None
        for error in errors:
            missing = getattr(error.kind, "property", None)
            if missing is not None and any(near(k, [missing]) for k in unknown):
                damaged = tuple(error.instance_path)
                continue
            damaged = self.explain(error) or damaged
        return damaged

    def _distance(self, errors: list[Any], path: Path) -> int:
        total = 0
        for error in errors:
            kind, here = error.kind, tuple(error.instance_path) == path
            if kind.name == "type" and here:
                total += _MISMATCH
            elif kind.name == "required" and here:
                total += 3
            elif kind.name == "additionalProperties":
                total += 2 * len(kind.unexpected)
            else:
                total += 1
        return total

    def _unknown_keys(self, error: Any, path: Path) -> Path | None:
        container, parent = self._container(path), self._parent(error)
        title = parent.get("title", "mapping")
        allowed = list(parent.get("properties", ()))
        for key in error.kind.unexpected:
            span = self.document.key(container, key)
            if not allowed:
                message = f"expected a message name in PascalCase, found '{key}'"
                self.findings.add(rules.WRONG_NAME, span, message, help=near(key, ["type"]))
                return path
            if key.endswith(">") and container[key] is None:
                message = f"a comma within braces ends the value: '{key}' is read as a key"
                help = f'quote the type: "…, {key}"'
                self.findings.add(rules.UNKNOWN_KEY, span, message, help=help)
                return path
            hint = near(key, allowed)
            keys = f"keys of a {title}: {listed(allowed, most=30)}"
            self.findings.add(
                rules.UNKNOWN_KEY, span, f"unknown key '{key}' in {title}", help=hint or keys
            )
            self.unknown.append((container, key))
        return None

    def _missing_key(self, error: Any, path: Path) -> Path:
        container, parent = self._container(path), self._parent(error)
        missing = error.kind.property
        title = parent.get("title", "mapping")
        name = f" '{path[-1]}'" if path and isinstance(path[-1], str) else ""
        unknown = [k for k in container if k not in parent.get("properties", ())]
        if any(near(key, [missing]) for key in unknown):
            return path
        message = f"{title}{name} lacks the key '{missing}'"
        found = self.findings.add(rules.MISSING_KEY, self._owner(path), message)
        if missing == "type" and len(path) == 2 and path[0] == "messages":
            self.untyped.append(found)
        return path

    def _wrong_value(self, error: Any, path: Path) -> Path:
        kind = error.kind
        if kind.name in _ENTRY_SIZE:
            return self._entry(error, path)
        help: str | None = None
        expected = _expected(kind)
        if kind.name == "enum" and isinstance(error.instance, str):
            help = near(error.instance, [str(o) for o in kind.options])
        if kind.name == "type" and error.instance is None:
            help = {"array": "write [] for none", "object": "write {} for none"}.get(kind.types[0])
        if kind.name == "type" and kind.types == ["string"] and _is_plain(error.instance):
            container = self._container(path[:-1])
            help = f'quote it: "{self.document.source(container, path[-1])}"'
        if kind.name == "type" and kind.types == ["integer"] and isinstance(error.instance, str):
            number = integer_in(error.instance)
            help = f"write {number}" if number is not None else None
        rule = rules.WRONG_NAME if kind.name == "pattern" else rules.WRONG_SHAPE
        examples = self._parent(error).get("examples")
        if kind.name == "pattern" and examples:
            expected = f"a text like '{examples[0]}'"
        counted = kind.name in ("minItems", "maxItems")
        place = f"expected {expected}{self._place(path)}"
        self._at_value(path, place, rule, help, counted=counted)
        return path

    def _entry(self, error: Any, path: Path) -> Path:
        title = self._parent(error).get("title", "mapping")
        container = self._container(path)
        keys = list(container)
        if not keys:
            message = f"expected an entry{self._place(path)}, found none"
            self.findings.add(rules.WRONG_SHAPE, self._owner(path), message)
            return path
        span = self.document.key(container, keys[-1 if len(keys) == 1 else 1])
        message = f"expected one name with its value as {title}, found {len(keys)} keys"
        help = "begin each entry with a dash of its own, or put its keys in braces after the name"
        if any(k.endswith(">") and container[k] is None for k in keys):
            help = "quote a type that holds a comma"
        self.findings.add(rules.WRONG_SHAPE, span, message, help=help)
        return path

    def _at_value(
        self,
        path: Path,
        expected: str,
        rule: Rule,
        help: str | None = None,
        *,
        counted: bool = False,
    ) -> None:
        from torq_gen.spec.structure import describe

        value = self._container(path)
        span = self._owner(path)
        if path:
            container = self._container(path[:-1])
            found = str(len(value)) if counted else describe(value)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                found = self.document.source(container, path[-1])
            if value is not None and not self.document.block(container, path[-1]):
                span = self.document.value(container, path[-1])
        else:
            found = describe(value)
        self.findings.add(rule, span, f"{expected}, found {found}", help=help)

    def _owner(self, path: Path) -> Span:
        """The key that the thing at ``path`` stands under, or where the list's item begins."""
        if not path:
            return self.document.whole()
        container, last = self._container(path[:-1]), path[-1]
        if isinstance(last, str):
            return self.document.key(container, last)
        return self.document.value(container, last)

    def _place(self, path: Path) -> str:
        if not path:
            return ""
        if isinstance(path[-1], str):
            return f" for '{path[-1]}'"
        names = [p for p in path if isinstance(p, str)]
        return f" as item of '{names[-1]}'" if names else ""

    def _container(self, path: Path) -> Raw:
        value = self.document.root
        for step in path:
            value = value[step]
        return value

    def _parent(self, error: Any) -> dict[str, Any]:
        """The schema that the failed keyword stands in."""
        schema: Any = self.schema
        for step in list(error.schema_path)[:-1]:
            schema = schema[step]
        return schema if isinstance(schema, dict) else {}


def _is_plain(value: Raw) -> bool:
    return isinstance(value, (bool, int, float))


def _expected(kind: Any) -> str:
    match kind.name:
        case "type":
            return " or ".join(_TYPES[t] for t in kind.types)
        case "enum":
            return "one of " + ", ".join(str(o) for o in kind.options)
        case "const":
            value = kind.expected_value
            return {True: "true", False: "false"}.get(value, str(value))
        case "minimum":
            return f"at least {kind.limit}"
        case "maximum":
            return f"at most {kind.limit}"
        case "minItems":
            return f"at least {kind.limit} item{'s' if kind.limit > 1 else ''}"
        case "maxItems":
            return f"at most {kind.limit} items"
        case "minLength":
            return "a text that is not empty"
        case "pattern":
            return f"a text that matches {kind.pattern}"
        case _:
            return "another value"
