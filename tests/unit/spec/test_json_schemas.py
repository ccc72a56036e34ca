"""The shipped JSON Schemas are valid, explain themselves to editors, and their examples hold."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from torq_gen.spec.structure import load_schema

# Through importlib: the package has no type information.
jsonschema: Any = import_module("jsonschema")
BOTH = ("system", "tlv")


def properties(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        for name, value in schema.get("properties", {}).items():
            yield f"{path}.{name}", value
        for key, value in schema.items():
            yield from properties(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from properties(value, f"{path}/{index}")


@pytest.mark.parametrize("name", BOTH)
def test_valid_against_the_metaschema(name: str) -> None:
    schema = load_schema(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", BOTH)
def test_every_key_is_explained(name: str) -> None:
    schema = load_schema(name)
    for path, value in properties(schema):
        if "$ref" in value and "description" not in value:
            value = schema["$defs"][value["$ref"].rpartition("/")[2]]
        assert value.get("description") or value.get("title"), path


@pytest.mark.parametrize("name", BOTH)
def test_every_definition_has_a_title_or_a_description(name: str) -> None:
    for key, value in load_schema(name)["$defs"].items():
        assert "title" in value or "description" in value or "anyOf" in value or "enum" in value, (
            key
        )


@pytest.mark.parametrize("name", BOTH)
def test_examples_are_valid(name: str) -> None:
    schema = load_schema(name)
    seen = 0
    for where in [schema, *schema["$defs"].values(), *(v for _, v in properties(schema))]:
        for example in where.get("examples", ()):
            seen += 1
            part = {**where, "$defs": schema["$defs"]}
            part.pop("$id", None)
            jsonschema.Draft202012Validator(part).validate(example)
    assert seen > 20
