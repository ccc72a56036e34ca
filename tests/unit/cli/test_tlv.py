"""tlv: the registry, one message, and what was meant by a name that is not there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project


def test_the_registry_shows_messages_and_free_and_reserved_ids(project: Project) -> None:
    ran = project.run("tlv")
    assert ran == (
        0,
        "Market  domain 1, types 1 to 19\n"
        "     16  Quote  v1     10 bytes  feeder -> taker\n"
        "  free: 1-15, 18-19\n"
        "  reserved: 17\n\n",
        "",
    )


@pytest.mark.parametrize("wanted", ["16", "0x10", "Quote"])
def test_one_message_field_by_field(project: Project, wanted: str) -> None:
    ran = project.run("tlv", wanted)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "Quote  type 16, version 1",
        "  A price.",
        "  domain  Market (1)",
        "  topic   market",
        "  value   10 bytes",
        "  route   feeder -> taker",
        "  fields",
        "        0 +2    venue  u16",
        "        2 +8    price  fixed<2, i64>  USD",
    ]


@pytest.mark.parametrize(
    ("wanted", "message", "help"),
    [
        ("qoute", "no message is named 'qoute'", "did you mean 'Quote'?"),
        ("zzzzz", "no message is named 'zzzzz'", "torq-gen tlv lists them"),
        ("5", "no message has type 5", "it is free in Market"),
        ("17", "no message has type 17", "it is reserved: it was used once"),
        ("900", "no message has type 900", "it lies in no domain: Market 1-19"),
    ],
)
def test_what_is_not_there(project: Project, wanted: str, message: str, help: str) -> None:
    ran = project.run("tlv", wanted)
    assert ran.code == 2
    assert ran.err.startswith(f"torq-gen tlv: error: {message}\n  help: {help}")


def test_json(project: Project) -> None:
    (domain,) = json.loads(project.run("tlv", "--format", "json").out)["domains"]
    assert domain["free"] == [[1, 15], [18, 19]]
    assert domain["reserved"] == [17]
    assert domain["messages"][0]["publishers"] == ["feeder"]
    message = json.loads(project.run("tlv", "16", "--format", "json").out)
    assert [f["offset"] for f in message["fields"]] == [0, 2]


def test_an_offset_after_a_field_of_varying_size_is_unknown(project: Project) -> None:
    project.edit("schemas/market.yaml", "- venue: u16", "- venue: string")
    assert "        ? +8    price" in project.run("tlv", "Quote").out


def test_defaults_are_shown(project: Project) -> None:
    fields = """\
      - lot: {type: u8, since: 2, default: 1}
      - digest: {type: "bytes[20]", since: 2, default: "0x0000000000000000000000000000000000000000"}
      - fee: {type: "u16?", since: 2, default: null}
reserved:"""
    project.edit("schemas/market.yaml", "reserved:", fields)
    ran = project.run("tlv", "Quote")
    assert ran.code == 0, ran.err
    assert [line.split("since version 2")[1] for line in ran.out.splitlines()[-3:]] == [
        ", default 1",
        ", default 0x000000000000000000…",
        ", default absent",
    ]
    found = json.loads(project.run("tlv", "Quote", "--format", "json").out)["fields"]
    assert [f.get("default", "none") for f in found] == ["none", "none", 1, "0x" + "00" * 20, None]
