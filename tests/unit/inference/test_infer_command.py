"""infer as a command: what it shows, what it leaves alone, what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.unit.inference.conftest import SHOP

if TYPE_CHECKING:
    from tests.unit.inference.conftest import Run


def test_print_and_json_write_nothing(run: Run) -> None:
    shown = run(SHOP, "--print").out
    assert shown.startswith("# system.yaml\n# Drafted by torq-gen infer.")
    assert "# schemas/shop.yaml\n" in shown
    record = json.loads(run(SHOP, "--format", "json").out)
    (billing, orders) = record["services"]
    assert orders["flows"][1] == {
        "does": "publish",
        "topic": "orders.created",
        "message": None,
        "payload": orders["flows"][1]["payload"],
        "library": "faststream.nats",
        "sure": "proved",
        "file": "services/orders/main.py",
        "line": 20,
    }
    assert billing["externals"][0]["url"] == "https://pay.example/charge"
    assert orders["unresolved"][0]["line"] == 25
    assert not (run.folder / "system.yaml").exists()


def test_a_spec_that_is_there_is_never_overwritten(run: Run) -> None:
    run(SHOP)
    before = run.text
    ran = run(SHOP)
    assert ran.code == 2
    assert "expected a project without a spec, found system.yaml\n  help: --print" in ran.err
    assert run.text == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "expected code that speaks to a broker, found none"),
        (["--service", "x"], "--service: expected NAME=DIR, found 'x'"),
        (["--service", "X=lib"], "--service: expected a service name in snake_case, found 'X'"),
        (["--service", "x=../.."], "--service x: expected a folder of the project, found ../.."),
    ],
)
def test_a_call_that_can_do_nothing(run: Run, arguments: list[str], message: str) -> None:
    ran = run({"lib/a.py": "import json\n"}, *arguments)
    assert ran.code == 2
    assert message in ran.err
    assert [p.name for p in run.folder.iterdir()] == ["lib"]


def test_schemas_that_are_there_have_to_be_usable(run: Run) -> None:
    schema = "domain: Shop\nmessages:\n  Sold: {type: 1, fields: [{n: u7}]}\n"
    ran = run({**SHOP, "schemas/shop.yaml": schema})
    assert ran.code == 2
    assert "schemas/shop.yaml:3:32: TQ115 unknown-type: " in ran.err
    assert ran.err.endswith(
        "error: the schemas that are there cannot be used: mend them first\n"
        "  help: schemas/*.yaml are torq-gen's; move files of another kind elsewhere\n"
    )
    assert not (run.folder / "system.yaml").exists()


def test_a_schema_of_types_alone_has_a_domain(run: Run) -> None:
    schema = "domain: Base\ntypes: {Price: fixed<2>}\n"
    assert run({**SHOP, "schemas/base.yaml": schema}).code == 0
    assert list(yaml.safe_load(run.text)["domains"]) == ["Base"]


def test_only_what_is_there_is_blamed(run: Run) -> None:
    ran = run({**SHOP, "schemas/shop.yaml": "domain: ["})
    assert ran.code == 2
    assert "schemas/shop.yaml:2:1: TQ102 invalid-yaml: " in ran.err
    assert "system.yaml" not in ran.err


def test_schemas_that_are_there_are_kept_and_matched_by_topic(run: Run) -> None:
    schema = (
        "domain: Sales\nmessages:\n"
        "  Wish: {type: 5, topic: orders.requested, fields: [{n: u8}]}\n"
        "  Made: {type: 7, topic: orders.created, fields: [{n: u8}]}\n"
    )
    ran = run({**SHOP, "schemas/sales.yaml": schema})
    assert ran.code == 0, ran.err
    found = yaml.safe_load(run.text)
    assert found["domains"] == {"Sales": {"id": 1, "types": [1, 19]}}
    assert found["services"]["orders"]["publishes"] == ["Made"]
    assert found["services"]["orders"]["subscribes"] == ["Wish"]
    assert "services/orders/main.py:21: publishes to {AUDIT_TOPIC}, which no schema has" in run.text
    assert (run.folder / "schemas/sales.yaml").read_text() == schema


def test_a_file_that_does_not_parse_is_unresolved(run: Run) -> None:
    run({"services/a/m.py": "import nats\nclass (\n"})
    assert "    #   services/a/m.py:2: the file " in run.text
