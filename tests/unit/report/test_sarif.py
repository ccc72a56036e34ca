"""SARIF 2.1.0: what code scanning reads, and nothing that the standard does not have.

``SHAPE`` says of the properties that are used what the standard's own JSON Schema says of them,
and allows no others. Where a package is installed that brings the schema, that judges, too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.unit.report.findings import CLEAN, ERROR, FOUND, RULES, SEVERAL_LINES
from torq_gen import __version__
from torq_gen.cli._shared.rules import all_rules
from torq_gen.diagnostics import Diagnostic
from torq_gen.report.sarif import render
from torq_gen.rule import Rule

jsonschema: Any = import_module("jsonschema")

PACKAGE, SCHEMA = "@microsoft/jest-sarif", "lib/schemas/sarif-2.1.0-rtm.5.json"


def closed(required: str = "", **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


def listed(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 1}
INDEX = {"type": "integer", "minimum": -1}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
MESSAGE = closed("text", text=TEXT, markdown=TEXT)
PLACE = closed(
    artifactLocation=closed(uri={**TEXT, "pattern": r"^[\w./%~-]+$"}, uriBaseId=TEXT),
    region=closed(startLine=COUNT, startColumn=COUNT, endLine=COUNT, endColumn=COUNT),
)
LOCATION = closed(
    id=INDEX,
    physicalLocation=PLACE,
    logicalLocations=listed(closed(name=TEXT, fullyQualifiedName=TEXT)),
    message=MESSAGE,
)
RULE = closed(
    "id",
    id=TEXT,
    name=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=closed(level=LEVEL),
    properties=closed(tags=listed(TEXT)),
)
RESULT = closed(
    "message",
    ruleId=TEXT,
    ruleIndex=INDEX,
    level=LEVEL,
    message=MESSAGE,
    locations=listed(LOCATION),
    relatedLocations=listed(LOCATION),
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
)
DRIVER = closed("name", name=TEXT, version=TEXT, semanticVersion=TEXT, rules=listed(RULE))
RUN = closed(
    "tool",
    tool=closed("driver", driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=listed(RESULT),
)
SHAPE = closed("version runs", **{"$schema": TEXT}, version={"const": "2.1.0"}, runs=listed(RUN))


def log_of(*found: Diagnostic, rules: tuple[Rule, ...] = RULES, base: str = "") -> Any:
    return json.loads(render(found, rules=rules, base=base))


@pytest.mark.parametrize("found", [(), FOUND], ids=["clean", "findings"])
@pytest.mark.parametrize("rules", [(), RULES, tuple(all_rules().values())], ids=len)
def test_it_has_the_shape_of_the_standard(
    found: tuple[Diagnostic, ...], rules: tuple[Rule, ...]
) -> None:
    jsonschema.Draft202012Validator(SHAPE).validate(log_of(*found, rules=rules))


def published_schema() -> Any:
    """The standard's own JSON Schema; the test is skipped where no package brings it."""
    folders = [Path(p) for p in os.environ.get("NODE_PATH", "").split(os.pathsep) if p]
    if npm := shutil.which("npm"):
        root = subprocess.run([npm, "root", "-g"], capture_output=True, text=True, check=False)
        folders.append(Path(root.stdout.strip()))
    for folder in folders:
        if (folder / PACKAGE / SCHEMA).is_file():
            return json.loads((folder / PACKAGE / SCHEMA).read_text("utf-8"))
    pytest.skip(
        f"needs the schema of SARIF 2.1.0: npm install -g {PACKAGE}, or install it in a folder "
        "and name that folder's node_modules in NODE_PATH"
    )


@pytest.mark.parametrize("base", ["", "examples/shop"])
def test_the_standard_s_own_schema_finds_no_fault(base: str) -> None:
    schema = published_schema()
    kind = jsonschema.Draft4Validator
    kind.check_schema(schema)
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    assert list(validator.iter_errors({"version": "2.1.0"})) != []
    for found in ((), FOUND):
        for rules in ((), tuple(all_rules().values())):
            validator.validate(log_of(*found, rules=rules, base=base))


def test_the_tool_and_its_rules_in_order_of_their_codes() -> None:
    (run,) = log_of(ERROR)["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("torq-gen", __version__)
    assert run["columnKind"] == "unicodeCodePoints"
    assert [rule["id"] for rule in driver["rules"]] == ["TQ146", "TQ201", "TQ202"]
    assert driver["rules"][1] == {
        "id": "TQ201",
        "name": "undeclared-publish",
        "shortDescription": {"text": "A summary."},
        "fullDescription": {"text": "A why."},
        "help": {
            "text": "A summary.\n\nA why.\n\nA fix.",
            "markdown": "A summary.\n\n## Why\n\nA why.\n\n## How to mend it\n\nA fix.",
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["flow"]},
    }


def test_a_result_with_all_that_is_known_of_it() -> None:
    (run,) = log_of(ERROR, base="examples/shop")["runs"]
    (result,) = run["results"]
    (mark,) = result.pop("partialFingerprints").items()
    assert mark[0] == "torqFinding/v1"
    assert result == {
        "ruleId": "TQ201",
        "ruleIndex": 1,
        "level": "error",
        "message": {"text": "trader publishes Order: 100%,\nnow\nhelp: declare it"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "examples/shop/services/a%20b/%C3%BC.py",
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": {"startLine": 41, "startColumn": 28, "endLine": 41, "endColumn": 51},
                },
                "logicalLocations": [
                    {"name": "on_quote", "fullyQualifiedName": "trader.Trader.on_quote"}
                ],
            }
        ],
        "relatedLocations": [
            {
                "id": 0,
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "examples/shop/system.yaml",
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": {"startLine": 58, "startColumn": 5, "endLine": 58, "endColumn": 9},
                },
                "message": {"text": "Quote"},
            }
        ],
    }


def test_a_finding_of_a_rule_that_is_not_described_still_has_one() -> None:
    (run,) = log_of(SEVERAL_LINES, rules=(CLEAN,))["runs"]
    assert run["tool"]["driver"]["rules"][0] == {"id": "TQ201", "name": "undeclared-publish"}
    assert run["results"][0]["ruleIndex"] == 0
