"""Whatever a payload's JSON Schema says, the draft is a spec that loads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from torq_gen.drafting.checking import built, errors
from torq_gen.drafting.writing import files_of
from torq_gen.formatting import format_schema, format_system
from torq_gen.scaffolding.asyncapi import read

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


@settings(max_examples=100, deadline=None)
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
