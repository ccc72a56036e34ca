"""AsyncAPI 3: channels, operations and payloads become a draft, and the rest is listed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from torq_gen.drafting.checking import built, errors
from torq_gen.drafting.writing import files_of
from torq_gen.scaffolding.asyncapi import read
from torq_gen.scaffolding.imported import Imported, ImportFailedError

INFO = {"title": "Order Service", "version": "1.0.0"}


def nothing(path: str) -> Any:
    raise AssertionError(path)


def document(payload: Any, **more: Any) -> dict[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "info": INFO,
        "channels": {"orders": {"messages": {"Placed": {"payload": payload}}}},
        "operations": {"send": {"action": "send", "channel": {"$ref": "#/channels/orders"}}},
        **more,
    }


def fields(payload: Any) -> tuple[dict[str, str], list[str]]:
    """Types by field, and what was lost."""
    found = read("api.yaml", document(payload), nothing)
    (message,) = found.draft.schemas[0].messages
    return {f.name: f.type for f in message.fields}, [lost.what for lost in found.lost]


def objects(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ({"type": "string"}, "string"),
        ({"type": "boolean"}, "bool"),
        ({"type": "integer"}, "i64"),
        ({"type": "integer", "minimum": 0}, "u64"),
        ({"type": "integer", "format": "int32"}, "i32"),
        ({"type": "number"}, "f64"),
        ({"type": "number", "format": "float"}, "f32"),
        ({"type": "string", "format": "uuid"}, "bytes[16]"),
        ({"type": "string", "format": "date-time"}, "timestamp"),
        ({"type": "string", "format": "byte"}, "bytes"),
        ({"type": ["string", "null"]}, "string?"),
        ({"type": "string", "nullable": True}, "string?"),
        ({"type": "array", "items": {"type": "boolean"}}, "list<bool>"),
        ({"oneOf": [{"type": "null"}, {"type": "boolean"}]}, "bool?"),
        ({"anyOf": [{"type": "boolean"}]}, "bool"),
        ({"enum": ["a", "b"]}, "PlacedX"),
        ({"const": "a"}, "PlacedX"),
        (objects(y={"type": "string"}), "PlacedX"),
        ({"items": {"type": "string"}}, "list<string>"),
    ],
)
def test_a_property_has_the_type(schema: dict[str, Any], type_: str) -> None:
    assert fields(objects(x=schema))[0] == {"x": type_}


@pytest.mark.parametrize(
    ("schema", "lost"),
    [
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "one of several types"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "a map of any keys"),
        ({"type": ["string", "integer"]}, "a value without a type"),
        ({}, "a value without a type"),
        (True, "any value"),
    ],
)
def test_what_has_no_type_here_is_json_text_and_listed(schema: Any, lost: str) -> None:
    found, losses = fields(objects(x=schema))
    assert found == {"x": "string"}
    assert f"{lost}: kept as JSON text" in losses


def test_what_is_not_required_is_optional() -> None:
    schema = {"type": "object", "properties": {"x": {"type": "string"}}}
    assert fields(schema)[0] == {"x": "string?"}


def test_all_of_is_one_object() -> None:
    parts = [objects(a={"type": "string"}), objects(b={"type": "boolean"})]
    assert fields({"allOf": parts})[0] == {"a": "string", "b": "bool"}


def test_keywords_that_nothing_here_says_are_listed() -> None:
    _, lost = fields(objects(x={"type": "string", "maxLength": 3, "default": "a"}))
    assert lost == ["maxLength, default (no counterpart)"]


def test_limits_patterns_and_texts_are_carried_over() -> None:
    numbers = {"type": "integer", "minimum": 1, "maximum": 9, "description": "How many."}
    payload = objects(n=numbers, t={"type": "string", "pattern": "[A-Z]+"})
    (message,) = read("api.yaml", document(payload), nothing).draft.schemas[0].messages
    assert [f.extra for f in message.fields] == [
        {"doc": "How many.", "validate": {"range": [1, 9]}},
        {"validate": {"pattern": "[A-Z]+"}},
    ]


def test_a_type_that_contains_itself_is_cut() -> None:
    tree = objects(children={"type": "array", "items": {"$ref": "#/components/schemas/Tree"}})
    found = read(
        "api.yaml",
        document({"$ref": "#/components/schemas/Tree"}, components={"schemas": {"Tree": tree}}),
        nothing,
    )
    (message,) = found.draft.schemas[0].messages
    assert [f.type for f in message.fields] == ["list<string>"]
    assert "contains itself" in str(found.lost[0])


def test_other_formats_are_bytes() -> None:
    avro = {"schemaFormat": "application/vnd.apache.avro;version=1.9.0", "schema": {}}
    found, lost = fields(avro)
    assert found == {"payload": "bytes"}
    assert lost == ["a payload in application/vnd.apache.avro;version=1.9.0: kept as bytes"]


def test_the_application_sends_and_receives_and_somebody_is_at_the_other_end() -> None:
    described = document(objects(x={"type": "string"}))
    described["channels"]["paid"] = {
        "address": "bank paid",
        "messages": {"Paid": {"payload": objects(n={"type": "integer"}), "headers": {}}},
    }
    operation = {"action": "receive", "channel": {"$ref": "#/channels/paid"}, "bindings": {"a": 1}}
    described["operations"]["paid"] = operation
    found = read("api.yaml", described, nothing)
    service, others = found.draft.services
    assert [e.name for e in service.publishes] == ["Placed"]
    assert [e.name for e in service.subscribes] == ["Paid"]
    assert [e.name for e in others.publishes] == ["Paid"]
    assert [(e.name, e.on_full) for e in others.subscribes] == [("Placed", "drop_oldest")]
    assert [str(lost) for lost in found.lost] == [
        "api.yaml: channels/paid: the address 'bank paid' is 'bank-paid' here",
        "api.yaml: operations/paid: bindings (no counterpart)",
    ]
    assert usable(found)


def test_one_that_hears_itself_only_sends() -> None:
    described = document(objects(x={"type": "string"}))
    described["operations"]["hear"] = {**described["operations"]["send"], "action": "receive"}
    found = read("api.yaml", described, nothing)
    (heard,) = found.draft.services[0].subscribes
    assert heard.left_out == "it publishes this itself (TQ148)"
    assert "only its sending is declared" in str(found.lost[0])
    assert usable(found)


def test_references_lead_into_files_beside() -> None:
    asked: list[str] = []

    def load(path: str) -> Any:
        asked.append(path)
        return {"Order": objects(x={"$ref": "#/X"}), "X": {"type": "boolean"}}

    described = document({"$ref": "types.yaml#/Order"})
    found = read("api.yaml", described, load)
    assert [f.type for f in found.draft.schemas[0].messages[0].fields] == ["bool"]
    assert asked == ["types.yaml"]


@pytest.mark.parametrize(
    ("described", "message"),
    [
        ({}, "api.yaml: expected an AsyncAPI document, found no key 'asyncapi'"),
        ([], "api.yaml: expected an AsyncAPI document, found no key 'asyncapi'"),
        ({"asyncapi": "2.6.0"}, "api.yaml: expected AsyncAPI 3, found 2.6.0"),
        (
            {"asyncapi": "3.0.0", "info": INFO},
            "api.yaml: expected at least one message in its channels, found none",
        ),
        ({"asyncapi": "3.0.0", "info": "x"}, "api.yaml: info: expected a mapping, found 'x'"),
        (
            {"asyncapi": "3.0.0", "channels": [1]},
            "api.yaml: channels: expected a mapping, found a list",
        ),
        (
            document({"$ref": "#/nowhere"}),
            "api.yaml: channels/orders/messages/Placed/payload: nothing stands at #/nowhere",
        ),
        (
            document({"$ref": "#/components/a"}, components={"a": {"$ref": "#/components/a"}}),
            "api.yaml: components/a: the references go round in a circle",
        ),
        (
            document({"$ref": "https://example.com/a.json"}),
            "api.yaml: channels/orders/messages/Placed/payload: expected a reference inside the "
            "project, found https://example.com/a.json",
        ),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(described: Any, message: str) -> None:
    with pytest.raises(ImportFailedError) as error:
        read("api.yaml", described, nothing)
    assert str(error.value) == message


def usable(found: Imported) -> bool:
    """Whether the loader takes the draft."""
    system, findings = built(Path(), files_of(found.draft))
    return system is not None and not errors(findings)
