"""trace check: breaches of a recording with both frames, flows that never came, exit codes."""

from __future__ import annotations

import gzip
import json
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mycelium.protocol import encode_frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.cli.conftest import Project, Ran

SYSTEM = """\
system: {name: demo, package: PACKAGE, schemas: [schemas/*.yaml]}
domains:
  Market: {id: 1, types: [1, 19]}
services:
  feeder:
    id: 1
    publishes: [Venue: {at_most_once_per: venue}, Quote: {sequential_per: venue, by: price}, Halt]
    invariants:
      - id: venue-first
        text: a venue comes before its quotes
        precedes: {first: Venue.venue, then: [Quote.venue]}
  taker:
    id: 2
    publishes: [Order]
    subscribes: [Quote, Venue, Halt]
    invariants:
      - id: quick-order
        text: each quote is answered
        within: {after: Quote.venue, then: [Order.venue], time: 500ms}
  sink: {id: 3, subscribes: [Order]}
  planned: {id: 4, status: planned, publishes: [Later]}
  ledger: {id: 5, status: planned, subscribes: [Later]}
"""
SCHEMA = """\
domain: Market
messages:
  Venue: {type: 1, fields: [{venue: u16}]}
  Quote: {type: 2, fields: [{venue: u16}, {price: "fixed<2>"}]}
  Order: {type: 3, fields: [{venue: u16}]}
  Halt: {type: 4, fields: [{text: string}]}
  Later: {type: 5, fields: [{venue: u16}]}
"""
VENUE, QUOTE, ORDER, HALT = 1, 2, 3, 4
START = 10**18
MS = 10**6


def frame(type_id: int, *values: int, sequence: int, at: int, source: int = 1) -> bytes:
    form = {VENUE: "<H", QUOTE: "<Hq", ORDER: "<H"}[type_id]
    value = struct.pack(form, *values)
    tlv = struct.pack("<HBBI", type_id, 1, 0, len(value)) + value
    return encode_frame(tlv, domain=1, source=source, sequence=sequence, timestamp=START + at * MS)


VENUE_1 = frame(VENUE, 1, sequence=1, at=1)
VENUE_2 = frame(VENUE, 2, sequence=2, at=2)
QUOTE_1 = frame(QUOTE, 1, 100, sequence=1, at=3)
QUOTE_2 = frame(QUOTE, 2, 100, sequence=2, at=4)
ORDER_1 = frame(ORDER, 1, sequence=1, at=5, source=2)
ORDER_2 = frame(ORDER, 2, sequence=2, at=6, source=2)
GOOD = (VENUE_1, VENUE_2, QUOTE_1, QUOTE_2, ORDER_1, ORDER_2)


@pytest.fixture
def traced(project: Project, request: pytest.FixtureRequest) -> Iterator[Project]:
    """A generated project whose package no other test imports."""
    package = f"trace_{abs(hash(request.node.nodeid))}_contracts"
    project.write("system.yaml", SYSTEM.replace("PACKAGE", package))
    project.write("schemas/market.yaml", SCHEMA)
    assert project.run("generate").code == 0
    path = list(sys.path)
    yield project
    sys.path[:] = path


def check(project: Project, *frames: bytes, options: tuple[str, ...] = ()) -> Ran:
    (project.root / "day.frames").write_bytes(b"".join(frames))
    return project.run("trace", "check", "day.frames", *options)


def found(project: Project, *frames: bytes, options: tuple[str, ...] = ()) -> dict[str, Any]:
    ran = check(project, *frames, options=("--format", "json", *options))
    content: dict[str, Any] = json.loads(ran.out)
    assert ran.code == (1 if content["breaches"] or content["undeclared"] else 0)
    return content


def test_a_recording_that_keeps_every_promise(traced: Project) -> None:
    ran = check(traced, *GOOD)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "never observed: feeder -> Halt\n"
        "day.frames: 6 frames, 4 promises: 0 breaches, 0 unknown; "
        "1 of 4 declared flows never observed\n"
    )


def test_frames_out_of_order_are_a_breach_with_both_frames(traced: Project) -> None:
    ran = check(traced, VENUE_1, QUOTE_1, QUOTE_2, VENUE_2, ORDER_1, ORDER_2)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "breach: feeder venue-first: a venue comes before its quotes",
        "  no Venue.venue 2 came before",
        f"  frame at byte {42 + 50}: Quote of feeder, sequence 2, "
        "1000000000004000000 (2001-09-09T01:46:40.004000000Z)",
        "    venue = 2",
        '    price = "1.00"',
        f"  frame at byte {42 + 100}: Venue of feeder, sequence 2, "
        "1000000000002000000 (2001-09-09T01:46:40.002000000Z)",
        "    venue = 2",
        "",
        "never observed: feeder -> Halt",
        "day.frames: 6 frames, 4 promises: 1 breach, 0 unknown; "
        "1 of 4 declared flows never observed",
    ]


def test_the_first_frame_of_all_moved_back_is_a_breach_too(traced: Project) -> None:
    content = found(traced, VENUE_2, QUOTE_1, VENUE_1, QUOTE_2, ORDER_1, ORDER_2)
    (breach,) = content["breaches"]
    assert (breach["service"], breach["promise"], breach["key"]) == ("feeder", "venue-first", "1")
    assert breach["form"] == "precedes"
    assert [f["offset"] for f in breach["frames"]] == [42, 92]
    assert breach["frames"][1] == {
        "offset": 92,
        "source": 1,
        "service": "feeder",
        "message": "Venue",
        "sequence": 1,
        "timestamp": START + MS,
        "fields": {"venue": 1},
    }


def test_gzip_is_read_and_json_has_every_sum(traced: Project) -> None:
    late = frame(ORDER, 1, sequence=1, at=600, source=2)
    (traced.root / "day.gz").write_bytes(gzip.compress(b"".join((VENUE_1, QUOTE_1, late))))
    ran = traced.run("trace", "check", "day.gz", "--format", "json")
    content = json.loads(ran.out)
    assert ran.code == 1
    (breach,) = content["breaches"]
    assert breach["found"] == "Quote.venue 1 was answered after 597 ms, not within 500 ms"
    assert [f["message"] for f in breach["frames"]] == ["Quote", "Order"]
    assert content["never_observed"] == [{"publisher": "feeder", "message": "Halt"}]
    quick = next(p for p in content["promises"] if p["promise"] == "quick-order")
    assert quick["frames"] == 2
    assert quick["breaches"] == 1
    assert content["summary"] == {
        "frames": 3,
        "promises": 4,
        "breaches": 1,
        "unknown": 0,
        "repeats": 0,
        "unreadable": 0,
        "skipped_bytes": 0,
        "declared": 4,
        "never_observed": 1,
    }


def test_what_may_lie_outside_of_the_recording_is_unknown(traced: Project) -> None:
    ran = check(traced, VENUE_2, QUOTE_1)
    assert ran.code == 0
    assert "unknown: feeder venue-first: a venue comes before its quotes" in ran.out
    assert "no Venue.venue 1 was seen before, and not every Venue was" in ran.out
    assert "unknown: taker quick-order: each quote is answered" in ran.out
    assert ran.out.endswith(
        "day.frames: 2 frames, 4 promises: 0 breaches, 2 unknown; "
        "2 of 4 declared flows never observed\n"
    )


def test_frames_that_come_twice_are_one(traced: Project) -> None:
    content = found(traced, *GOOD, VENUE_2, VENUE_1)
    assert content["breaches"] == [], "also one that is not the last of its stream"
    assert content["summary"]["repeats"] == 1


def test_what_nobody_declares_is_named(traced: Project) -> None:
    ran = check(traced, *GOOD, frame(QUOTE, 1, 1, sequence=1, at=9, source=2))
    assert ran.code == 1
    assert ran.out.splitlines()[0] == "undeclared: taker -> Quote (1 frame)"
    assert "breach" not in ran.out.splitlines()[0]


def test_a_monitor_with_little_memory_says_unknown(traced: Project) -> None:
    again = frame(VENUE, 1, sequence=3, at=7)
    content = found(traced, *GOOD, again, options=("--keys", "1"))
    assert content["breaches"] == []
    once = next(p for p in content["promises"] if p["promise"] == "Venue-at-most-once-per-venue")
    assert (once["breaches"], once["unknown"]) == (0, 1)
    assert len(found(traced, *GOOD, again)["breaches"]) == 1


def test_only_so_many_are_shown_and_all_are_counted(traced: Project) -> None:
    lower = (frame(QUOTE, 1, 50 - n, sequence=3 + n, at=7 + n) for n in range(3))
    ran = check(traced, *GOOD, *lower, options=("--show", "1"))
    assert ran.out.count("breach: ") == 1
    assert "… and 2 breaches more\n" in ran.out
    assert "4 promises: 3 breaches" in ran.out


def test_damage_is_told_and_what_follows_is_checked(traced: Project) -> None:
    ran = check(traced, VENUE_1, b"junk", VENUE_1[:20], *GOOD[1:])
    assert ran.code == 1
    assert "24 bytes skipped, which are no frame\n" in ran.out
    assert "0 breaches, 0 unknown" in ran.out
    ran = check(traced, *GOOD, encode_frame(b"\1", domain=1, source=1, sequence=9, timestamp=START))
    assert ran.code == 1
    assert f"frame at byte {sum(map(len, GOOD))} cannot be read: " in ran.out


def test_a_file_that_is_no_recording(traced: Project) -> None:
    ran = check(traced, b"no frames at all, but more bytes than a header has")
    assert ran.code == 2
    assert ran.err.startswith(
        "torq-gen trace: error: day.frames: expected a recording with at least one whole frame"
    )
    assert traced.run("trace", "check", "absent.frames").err == (
        "torq-gen trace: error: absent.frames: no such file or directory\n"
    )


def test_wrong_calls(traced: Project) -> None:
    assert (
        "found 'chek'\n  help: did you mean 'check'?\n"
        in traced.run("trace", "chek", "day.frames").err
    )
    ran = check(traced, *GOOD, options=("--show", "0"))
    assert ran.code == 2
    assert "expected a number from 1 on, found '0'" in ran.err


def test_a_project_that_was_not_generated(traced: Project) -> None:
    text = (traced.root / "system.yaml").read_text()
    (traced.root / "system.yaml").write_text(text.replace("_contracts,", "_other_contracts,"))
    ran = check(traced, *GOOD)
    assert ran.code == 2
    assert "run `torq-gen generate`" in ran.err


def test_the_recording_may_be_named_by_any_path(traced: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "far" / "day.frames"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(b"".join(GOOD))
    assert traced.run("trace", "check", str(elsewhere)).code == 0
