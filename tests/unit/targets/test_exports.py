"""What is generated for other tools says what they would read, and is valid to them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from tests.unit.targets.cases import CASES, system_of
from tests.unit.targets.random_schemas import specs
from torq_gen import targets
from torq_gen.model import System
from torq_gen.spec import load
from torq_gen.spec.build import build
from torq_gen.targets import EXPORTS, asyncapi, codeowners, golden, json_schema
from torq_gen.targets._shared.json_schema import message_schema

ROOT = Path(__file__).parents[3]
PARSER = "@asyncapi/parser"
_SCRIPT = """
const { Parser } = require(process.argv[1]);
const files = process.argv.slice(2);
const { readFileSync } = require("fs");
(async () => {
  for (const file of files) {
    const { document, diagnostics } = await new Parser().parse(readFileSync(file, "utf8"));
    const bad = diagnostics.filter((d) => d.severity < 2);
    if (document === undefined || bad.length) {
      console.log(file, JSON.stringify(bad, null, 1));
      process.exitCode = 1;
    }
  }
})();
"""


def reference() -> System:
    found = load(ROOT).system
    assert found is not None
    return found


def named(case: str) -> System:
    return reference() if case == "torq" else system_of(case)


SYSTEMS = [*CASES, "torq"]


def asyncapi_parser() -> str:
    """The folder of the official parser; the test is skipped where it is not installed."""
    node, npm = shutil.which("node"), shutil.which("npm")
    folders = [Path(p) for p in os.environ.get("NODE_PATH", "").split(os.pathsep) if p]
    if node and npm:
        root = subprocess.run([npm, "root", "-g"], capture_output=True, text=True, check=False)
        folders.append(Path(root.stdout.strip()))
    for folder in folders:
        if (folder / PARSER).is_dir():
            return str(folder / PARSER)
    pytest.skip(
        f"needs Node.js and the official parser: npm install -g {PARSER}, or install it in a "
        "folder and name that folder's node_modules in NODE_PATH"
    )


@pytest.mark.slow
def test_the_official_parser_finds_no_fault(tmp_path: Path) -> None:
    parser = asyncapi_parser()
    files = []
    for case in SYSTEMS:
        for path, content in asyncapi.render(named(case)).items():
            file = tmp_path / f"{case}-{path.replace('/', '-')}"
            file.write_bytes(content)
            files.append(str(file))
    done = subprocess.run(
        ["node", "-e", _SCRIPT, parser, *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("case", SYSTEMS)
def test_an_asyncapi_document_says_who_sends_and_receives_what(case: str) -> None:
    system = named(case)
    document = json.loads(asyncapi.render(system)["generated/asyncapi/asyncapi.json"])
    found: dict[tuple[str, str], set[str]] = {}
    for name, operation in document["operations"].items():
        service = name.split(".")[0]
        assert operation["tags"][0]["name"] == service
        for reference in operation["messages"]:
            message = resolved(document, resolved(document, reference))
            channel = resolved(document, operation["channel"])
            assert channel["address"] == system.messages[message["name"]].topic
            found.setdefault((service, operation["action"]), set()).add(message["name"])
    for service in system.services.values():
        sent = {p.message for p in service.publishes}
        received = {s.message for s in service.subscribes}
        assert found.get((service.name, "send"), set()) == sent
        assert found.get((service.name, "receive"), set()) == received


def resolved(document: Any, reference: dict[str, str]) -> Any:
    here = document
    for step in reference["$ref"].removeprefix("#/").split("/"):
        here = here[step]
    return here


def test_a_service_has_a_document_of_its_own() -> None:
    files = asyncapi.render(system_of("exports"))
    document = json.loads(files["generated/asyncapi/services/market.json"])
    assert document["info"]["title"] == "market"
    assert list(document["operations"]) == [
        "market.send.quotes__REGION",
        "market.receive.orders_new",
    ]
    assert sorted(document["components"]["messages"]) == ["Order", "Report"]
    assert document["channels"]["quotes__REGION"]["parameters"] == {
        "REGION": {"description": "What the setting or environment variable of this name holds."}
    }


def validators(system: System) -> dict[str, Any]:
    made = json_schema.render(system)
    found = {}
    for name in system.messages:
        schema = json.loads(made[f"generated/json_schema/{name}.schema.json"])
        jsonschema_rs.meta.validate(schema)
        found[name] = jsonschema_rs.Draft202012Validator(schema)
    return found


def vectors_of(system: System, name: str) -> list[dict[str, Any]]:
    message = system.messages[name]
    return [vector["values"] for vector in golden.vectors_of(message, message.version)]


@pytest.mark.parametrize("case", SYSTEMS)
def test_examples_are_valid_and_other_fields_are_not(case: str) -> None:
    system = named(case)
    for name, validator in validators(system).items():
        message = system.messages[name]
        for values in vectors_of(system, name)[3:]:
            validator.validate(values)
            assert not validator.is_valid({**values, "not_a_field": 1})
            for field in message.fields:
                left_out = {k: v for k, v in values.items() if k != field.name}
                assert validator.is_valid(left_out) == (field.default is not None)


@pytest.mark.parametrize("base", ["u8", "u32", "u64"])
def test_a_value_that_an_open_enum_does_not_know_is_a_number(base: str) -> None:
    schema = f"""
domain: D
types: {{Kind: {{enum: {base}, values: {{ONE: 1}}}}}}
messages: {{M: {{type: 1, fields: [{{kind: Kind}}]}}}}
"""
    system = b"domains: {D: {id: 1, types: [1, 9]}}\nservices: {}\n"
    contents = {"system.yaml": system, "schemas/d.yaml": schema.encode()}
    found = build(ROOT, contents, assign_ids=False).system
    assert found is not None
    validator = validators(found)["M"]
    top = 2 ** int(base[1:]) - 1
    for value, valid in (("ONE", True), (0, True), (top, True), (top + 1, False), ("0", False)):
        assert validator.is_valid({"kind": value}) is valid


@settings(max_examples=60, deadline=None)
@given(specs())
def test_every_value_that_is_written_is_valid(spec: Any) -> None:
    contents = {
        "system.yaml": json.dumps(spec[0]).encode(),
        "schemas/random.yaml": json.dumps(spec[1]).encode(),
    }
    system = build(ROOT, contents, assign_ids=False).system
    assert system is not None
    for name, validator in validators(system).items():
        for values in vectors_of(system, name):
            validator.validate(values)
            for key in values:
                assert not validator.is_valid({**values, key: {"of": "another type"}})


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("level", [1, 5], [0, 6, "1"]),
        ("venue", [1, 3], [2]),
        ("note", ["abc", None], ["abcdefghi", "A", "a b", ""]),
        ("limit", ["0.0001", "12.5000"], ["12.5", "-1.0000", 12]),
        ("order_id", ["0x" + "0f" * 16], ["0x0f", "0f" * 16, "0x" + "0F" * 16]),
        ("weight", [1, 0.5, "NaN"], ["nan", None]),
        ("sent", ["0", "17"], [17, "-1", "01"]),
    ],
)
def test_rules_of_a_field_stand_in_its_schema(field: str, good: list[Any], bad: list[Any]) -> None:
    system = system_of("exports")
    validator = validators(system)["Order"]
    example = vectors_of(system, "Order")[3]
    assert [v for v in good if not validator.is_valid({**example, field: v})] == []
    assert [v for v in bad if validator.is_valid({**example, field: v})] == []


def test_what_json_schema_cannot_say_is_said_in_words() -> None:
    messages = system_of("exports").messages
    order, quote, report = (
        message_schema(messages[name], "#/")["properties"] for name in ("Order", "Quote", "Report")
    )
    assert order["limit"]["description"] == "Unit: USD. From 0.0001 to 1000.0000."
    assert quote["symbol"]["description"] == (
        "Matches the Python expression (?P<base>[A-Z]+)-[A-Z]+"
    )
    assert report["even"]["description"] == "Accepted by operator:index."


def test_owners_of_services() -> None:
    (text,) = codeowners.render(system_of("exports")).values()
    assert [line for line in text.decode().splitlines() if "generated" not in line.lower()][2:] == [
        "",
        "/services/desk/ @acme/trading desk@acme.example",
        "# market: not a user, a team or an address: the market team",
        "/tools/archive/ @acme/data",
    ]


def test_nothing_is_exported_that_system_yaml_does_not_ask_for() -> None:
    system = replace(system_of("exports"), exports=("codeowners",))
    folders = {path.split("/")[1] for path in targets.render(system)}
    assert folders & EXPORTS == {"codeowners"}
