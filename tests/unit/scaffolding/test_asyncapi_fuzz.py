"""Whatever a payload's JSON Schema says, the draft is a spec that loads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from torq_gen.drafting.checking import built, errors
from torq_gen.drafting.writing import files_of
from torq_gen.formatting import format_schema, format_system
from torq_gen.scaffolding.asyncapi import read
from torq_gen.scaffolding.imported import ImportFailedError

NAMES = st.sampled_from(["a", "type", "Ähre", "x-y", "self", "", "on", "Class", "n" * 60, "1st"])
TEXTS = st.text(max_size=8)
SCALARS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(
            ["string", "integer", "number", "boolean", "null", "object", "array", "odd"]
        )
        | st.lists(st.sampled_from(["string", "integer", "null"]), max_size=3),
        "format": st.sampled_from(["uuid", "date-time", "int32", "uint8", "float", "byte", "x"]),
        "enum": st.lists(TEXTS | st.integers() | st.none(), max_size=4),
        "const": TEXTS | st.integers(),
        "minimum": st.integers() | st.floats(allow_nan=False),
        "maximum": st.integers(),
        "pattern": st.sampled_from(["[A-Z]+", "(", "^a$", "\\d"]),
        "description": TEXTS,
        "default": st.integers(),
        "nullable": st.booleans(),
        "deprecated": st.booleans(),
    },
)


def larger(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["object", "array"]),
            "properties": st.dictionaries(NAMES, children, max_size=4),
            "required": st.lists(NAMES, max_size=3),
            "items": children,
            "oneOf": st.lists(children, max_size=2),
            "anyOf": st.lists(children, max_size=2),
            "allOf": st.lists(children, max_size=2),
            "additionalProperties": st.booleans() | children,
        },
    )


SCHEMAS = st.recursive(SCALARS | st.booleans(), larger, max_leaves=12)


def nothing(path: str) -> Any:
    raise AssertionError(path)


@settings(max_examples=50, deadline=None)
@given(payload=SCHEMAS, name=NAMES | TEXTS, title=NAMES | TEXTS, address=TEXTS)
def test_any_payload_becomes_a_spec_that_loads(
    payload: Any, name: str, title: str, address: str
) -> None:
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": title, "version": "1"},
        "channels": {"c": {"address": address, "messages": {name: {"payload": payload}}}},
        "operations": {"o": {"action": "send", "channel": {"$ref": "#/channels/c"}}},
    }
    files = files_of(read("api.yaml", document, nothing).draft)
    system, findings = built(Path(), files)
    assert errors(findings) == ()
    assert system is not None
    for path, content in files.items():
        text = content.decode()
        format_schema(text) if path.startswith("schemas/") else format_system(text, system)


WHOLE: dict[str, Any] = {
    "asyncapi": "3.0.0",
    "info": {"title": "Shop", "version": "1", "description": "Sells."},
    "servers": {"here": {"host": "a", "protocol": "kafka"}},
    "channels": {
        "c": {
            "address": "orders",
            "messages": {
                "Placed": {
                    "name": "OrderPlaced",
                    "summary": "An order.",
                    "payload": {
                        "type": "object",
                        "required": ["n"],
                        "properties": {
                            "n": {"type": "integer", "format": "int32", "minimum": 0},
                            "kind": {"type": "string", "enum": ["a", "b"]},
                            "many": {"type": "array", "items": {"$ref": "#/components/x"}},
                        },
                    },
                }
            },
        }
    },
    "operations": {
        "o": {
            "action": "send",
            "channel": {"$ref": "#/channels/c"},
            "messages": [{"$ref": "#/channels/c/messages/Placed"}],
        }
    },
    "components": {"x": {"allOf": [{"type": "object", "properties": {"d": {"const": "e"}}}]}},
}
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, 0, -1.5, True, "", "x", [], [[]], [{}], {}, {"$ref": 1}, {"a": {}}, {1: 2}]
)


def absent(path: str) -> Any:
    raise ImportFailedError(f"{path}: is not there")


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a document."""
    inside: Iterable[tuple[Any, Any]] = ()
    if isinstance(node, (dict, list)):
        inside = node.items() if isinstance(node, dict) else enumerate(node)
    return [path, *(p for key, value in inside for p in places(value, (*path, key)))]


def changed(node: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A document with another value at a path."""
    if not path:
        return value
    inner = changed(node[path[0]], path[1:], value)
    if isinstance(node, dict):
        return {**node, path[0]: inner}
    return [inner if at == path[0] else item for at, item in enumerate(node)]


@pytest.mark.parametrize("path", places(WHOLE), ids=lambda path: "/".join(map(str, path)) or "all")
@settings(max_examples=20, deadline=None)
@given(value=ODD)
def test_anything_anywhere_is_read_or_refused(path: tuple[Any, ...], value: Any) -> None:
    document = changed(WHOLE, path, value)
    try:
        found = read("api.yaml", document, absent)
    except ImportFailedError:
        return
    system, findings = built(Path(), files_of(found.draft))
    assert errors(findings) == ()
    assert system is not None
