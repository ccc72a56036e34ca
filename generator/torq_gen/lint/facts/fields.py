"""Fields as class bodies state them: of dataclasses, attrs, pydantic, msgspec and named tuples."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from torq_gen.immutable import immutable
from torq_gen.lint.facts.values import Class, Value

_NO_FIELDS = ("ClassVar", "KW_ONLY")
_WITHOUT_ANNOTATION = ("ib", "attrib")
"""Functions of attrs that make a field of a variable without an annotation."""
_ALIASES = ("alias", "validation_alias")
_NAME = re.compile(r"[\w.]+")


@immutable
class Field:
    """How a constructor takes a field: by which words, none if not at all, and whether by place."""

    words: tuple[str, ...]
    by_place: bool = True
    annotated: bool = True


def of(order: Sequence[Value], name: str) -> Field:
    """How the constructor of a class with this ancestry takes a field."""
    for base in order:
        if isinstance(base, Class):
            found = stated(base.code.node).get(name)
            if found is not None:
                return found
    return Field((name,))


def stated(node: ast.ClassDef) -> Mapping[str, Field | None]:
    """The variables of a class's body, None for what is no field; kept in its node."""
    known: dict[str, Field | None] | None = getattr(node, "stated", None)
    if known is None:
        known = dict(_stated(node))
        node.stated = known  # type: ignore[attr-defined]
    return known


def last_name(node: ast.expr) -> str:
    """The last part of a dotted name, of what is subscripted or called, or of a text of such."""
    match node:
        case ast.Subscript(value=inner) | ast.Call(func=inner):
            return last_name(inner)
        case ast.Constant(value=str() as text):
            found = _NAME.match(text.strip())
            return found[0].rpartition(".")[2] if found is not None else ""
    return getattr(node, "attr", getattr(node, "id", ""))


def _stated(node: ast.ClassDef) -> Iterator[tuple[str, Field | None]]:
    calls = (one for one in node.decorator_list if isinstance(one, ast.Call))
    keywords = [*node.keywords, *(word for call in calls for word in call.keywords)]
    by_place = not _is(keywords, "kw_only", truth=True)
    for part in _parts(node.body):
        match part:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                kind = last_name(annotation)
                by_place = by_place and kind != "KW_ONLY"
                yield name, None if kind in _NO_FIELDS else _field(name, value, by_place=by_place)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                if last_name(call) in _WITHOUT_ANNOTATION:
                    yield name, _field(name, call, by_place=by_place, annotated=False)


def _parts(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a class's body, also under conditions."""
    for part in body:
        yield part
        if isinstance(part, ast.If):
            yield from _parts((*part.body, *part.orelse))


def _field(name: str, value: ast.expr | None, *, by_place: bool, annotated: bool = True) -> Field:
    keywords = value.keywords if isinstance(value, ast.Call) else []
    if _is(keywords, "init", truth=False):
        return Field((), by_place=False, annotated=annotated)
    aliases = [
        word.value.value
        for word in keywords
        if word.arg in _ALIASES
        and isinstance(word.value, ast.Constant)
        and isinstance(word.value.value, str)
    ]
    words = (name, name.lstrip("_"), *aliases)
    by_place = by_place and not _is(keywords, "kw_only", truth=True)
    return Field(tuple(dict.fromkeys(words)), by_place, annotated)


def _is(keywords: Sequence[ast.keyword], name: str, *, truth: bool) -> bool:
    """Whether a keyword is given the constant."""
    return any(
        word.arg == name and isinstance(word.value, ast.Constant) and word.value.value is truth
        for word in keywords
    )
