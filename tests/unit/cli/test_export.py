"""export: every form holds every message, nothing half-written stays, and damage is said."""

from __future__ import annotations

import csv
import errno
import gzip
import io
import json
import os
import signal
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mycelium.protocol import encode_frame
from torq_gen.cli._shared import exporting

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project

pa = pytest.importorskip("pyarrow", reason="pip install 'torq-gen[columns]'")

SYSTEM = """\
system: {name: demo, package: PACKAGE, schemas: [schemas/*.yaml]}
domains: {Market: {id: 1, types: [1, 19]}}
services:
  feeder: {id: 1, publishes: [Quote, Note]}
  taker: {id: 2, subscribes: [Quote, Note]}
"""
SCHEMA = """\
domain: Market
messages:
  Quote: {type: 1, fields: [{venue: u16}, {price: "fixed<2>"}, {size: u256}]}
  Note: {type: 2, fields: [{text: string}, {marks: list<u8>}, {sure: "bool?"}]}
"""
NOTES = ('a "b", ü', "")


def frame(type_id: int, value: bytes, sequence: int) -> bytes:
    tlv = struct.pack("<HBBI", type_id, 1, 0, len(value)) + value
    return encode_frame(tlv, domain=1, source=1, sequence=sequence, timestamp=sequence * 10)


def quote(number: int) -> bytes:
    return frame(1, struct.pack("<Hq", number, 150) + (1 << 200).to_bytes(32, "little"), number)


def note(number: int) -> bytes:
    text = NOTES[number % 2].encode()
    marks = b"\2\0\0\0\1\2" if number % 2 else bytes(4)
    sure = b"\1\1" if number % 2 else b"\0\0"
    return frame(2, struct.pack("<I", len(text)) + text + marks + sure, number)


DAY = b"".join(part for number in (1, 2, 3) for part in (quote(number), note(number)))


@pytest.fixture
def recorded(project: Project, request: pytest.FixtureRequest) -> Iterator[Project]:
    """A generated project whose package no other test imports, and a recording."""
    package = f"export_{abs(hash(request.node.nodeid))}_contracts"
    project.write("system.yaml", SYSTEM.replace("PACKAGE", package))
    project.write("schemas/market.yaml", SCHEMA)
    assert project.run("generate").code == 0
    (project.root / "day.torq").write_bytes(DAY)
    path = list(sys.path)
    yield project
    sys.path[:] = path


def table(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        from pyarrow import parquet

        return list(parquet.read_table(path).to_pylist())
    return list(pa.ipc.open_file(path).read_all().to_pylist())


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_tables_hold_every_message(recorded: Project, form: str) -> None:
    ran = recorded.run("export", "day.torq", "--to", form)
    assert ran == (0, f"day/Quote.{form}: 3 rows\nday/Note.{form}: 3 rows\n", "")
    quotes = table(recorded.root / f"day/Quote.{form}")
    assert [(q["_sequence"], q["venue"], str(q["price"])) for q in quotes] == [
        (1, 1, "1.50"),
        (2, 2, "1.50"),
        (3, 3, "1.50"),
    ]
    assert quotes[0]["size"] == (1 << 200).to_bytes(32, "little")
    notes = table(recorded.root / f"day/Note.{form}")
    assert notes[0] | {"_source": 1} == {
        "_source": 1,
        "_sequence": 1,
        "_timestamp": 10,
        "text": "",
        "marks": [1, 2],
        "sure": True,
    }
    assert (notes[1]["text"], notes[1]["marks"], notes[1]["sure"]) == ('a "b", ü', [], None)


def test_wide_integers_become_decimals(recorded: Project) -> None:
    assert recorded.run("export", "day.torq", "--to", "parquet", "--wide", "decimal").code == 0
    assert table(recorded.root / "day/Quote.parquet")[0]["size"] == 1 << 200


def test_csv_reads_as_json_does(recorded: Project) -> None:
    assert recorded.run("export", "day.torq", "--to", "csv", "--out", "text").code == 0
    text = (recorded.root / "text/Note.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [
        ["_source", "_sequence", "_timestamp", "text", "marks", "sure"],
        ["1", "1", "10", "", "[1,2]", "true"],
        ["1", "2", "20", 'a "b", ü', "[]", ""],
        ["1", "3", "30", "", "[1,2]", "true"],
    ]


def test_json_lines_have_a_file_for_each_message(recorded: Project) -> None:
    assert recorded.run("export", "day.torq", "--to", "jsonl", "--only", "Quote").code == 0
    assert [p.name for p in (recorded.root / "day").iterdir()] == ["Quote.jsonl"]
    first = json.loads((recorded.root / "day/Quote.jsonl").read_text().splitlines()[0])
    assert first == {
        "_message": "Quote",
        "_source": 1,
        "_sequence": "1",
        "_timestamp": "10",
        "venue": 1,
        "price": "1.50",
        "size": str(1 << 200),
    }


def test_json_lines_go_to_standard_output_in_order(recorded: Project) -> None:
    ran = recorded.run("export", "day.torq", "--to", "jsonl", "--out", "-")
    assert ran.code == 0
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [line["_message"] for line in lines] == ["Quote", "Note"] * 3


def test_compressed_recordings_are_read(recorded: Project) -> None:
    (recorded.root / "day.torq.gz").write_bytes(gzip.compress(DAY))
    ran = recorded.run("export", "day.torq.gz", "--to", "arrow", "--only", "Note")
    assert (ran.code, ran.out) == (0, "day/Note.arrow: 3 rows\n")


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_damage_is_passed_over_and_said(recorded: Project, form: str) -> None:
    bad = frame(2, b"\xff\xff\xff\xff", 4)
    (recorded.root / "day.torq").write_bytes(DAY + b"garbage" + bad + quote(5))
    ran = recorded.run("export", "day.torq", "--to", form)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        f"day/Quote.{form}: 4 rows",
        f"day/Note.{form}: 3 rows",
        "  7 bytes skipped, which are no frame",
        "  1 frame could not be read",
        f"  the first problem: bad magic at byte {len(DAY)}: expected efbeadde, found 67617262",
    ]


def test_files_that_are_there_stay_unless_forced(recorded: Project) -> None:
    taken = recorded.write("day/Quote.csv", "mine")
    ran = recorded.run("export", "day.torq", "--to", "csv")
    assert (ran.code, taken.read_text()) == (2, "mine")
    assert ran.err == (
        "torq-gen export: error: day/Quote.csv: expected no file, found one\n"
        "  help: --force replaces it\n"
    )
    assert recorded.run("export", "day.torq", "--to", "csv", "--force").code == 0
    assert taken.read_text() != "mine"


def test_an_export_that_fails_leaves_no_file(recorded: Project) -> None:
    huge = struct.pack("<Hq", 1, 1) + bytes([255] * 32)
    (recorded.root / "day.torq").write_bytes(DAY + frame(1, huge, 9))
    ran = recorded.run("export", "day.torq", "--to", "parquet", "--wide", "decimal")
    assert ran.code == 2
    assert "Quote.size: expected at most 76 digits for a decimal, found " in ran.err
    assert not list(recorded.root.glob("day/*"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is full")
@pytest.mark.parametrize("form", ["parquet", "arrow", "csv", "jsonl"])
def test_a_full_disk_is_one_line_and_leaves_no_file(recorded: Project, form: str) -> None:
    folder = recorded.root / "day"
    folder.mkdir()
    (folder / f"Note.{form}.writing").symlink_to("/dev/full")
    ran = recorded.run("export", "day.torq", "--to", form)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"torq-gen export: error: day/Note.{form}: no space left on device\n"
    assert list(folder.iterdir()) == []


def test_a_folder_that_was_made_for_nothing_goes(
    recorded: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(exporting, "json_line", refuse)
    ran = recorded.run("export", "day.torq", "--to", "jsonl")
    assert ran.err == "torq-gen export: error: day/Quote.jsonl: no space left on device\n"
    assert not (recorded.root / "day").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_no_file(
    recorded: Project, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setattr(exporting, "json_line", lambda _: os.kill(os.getpid(), number))
    before = signal.signal(number, signal.SIG_DFL)  # the tests may run under nohup
    try:
        with pytest.raises(SystemExit) as ended:
            recorded.run("export", "day.torq", "--to", "jsonl")
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)
    assert ended.value.code == 128 + number
    assert not (recorded.root / "day").exists()


def test_a_signal_that_is_ignored_stays_ignored(
    recorded: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hung_up(_: object) -> bytes:
        os.kill(os.getpid(), signal.SIGHUP)
        return b"\n"

    monkeypatch.setattr(exporting, "json_line", hung_up)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert recorded.run("export", "day.torq", "--to", "jsonl").code == 0
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_a_compressed_recording_that_ends_early_is_said(recorded: Project, form: str) -> None:
    (recorded.root / "day.torq.gz").write_bytes(gzip.compress(DAY)[:-4])
    ran = recorded.run("export", "day.torq.gz", "--to", form)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        f"day/Quote.{form}: 3 rows",
        f"day/Note.{form}: 3 rows",
        "  the file ends early: the last gzip member is not whole",
    ]


def test_what_standard_output_lacks_is_said_beside_it(recorded: Project) -> None:
    (recorded.root / "day.torq").write_bytes(b"garbage" + DAY)
    ran = recorded.run("export", "day.torq", "--to", "jsonl", "--out", "-")
    assert (ran.code, len(ran.out.splitlines())) == (1, 6)
    assert ran.err == (
        "7 bytes skipped, which are no frame\n"
        "the first problem: bad magic at byte 0: expected efbeadde, found 67617262\n"
    )


@pytest.mark.parametrize(
    ("out", "found"),
    [
        ((), "a file"),
        (("--out", "day/csv"), "a file"),
        (("--out", "gone"), "a symbolic link to nothing"),
    ],
)
def test_what_is_no_folder_is_not_written_into(
    recorded: Project, out: tuple[str, ...], found: str
) -> None:
    (recorded.root / "day").write_bytes(DAY)  # a recording without a suffix, whose folder is it
    (recorded.root / "gone").symlink_to("nowhere")
    ran = recorded.run("export", "day", "--to", "csv", *out)
    place = "gone" if "gone" in out else "day"
    assert (ran.code, ran.err) == (
        2,
        f"torq-gen export: error: {place}: expected a folder, found {found}\n"
        "  help: --out DIR names another\n",
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.torq", "--to", "csv"), "missing.torq: no such file or directory"),
        (("day.torq", "--to", "csv", "--only", "Qoute"), "no message is named 'Qoute'"),
        (("day.torq", "--to", "csv", "--out", "-"), "expected a folder for csv, found -"),
        (("day.torq",), "--to"),
    ],
)
def test_wrong_calls_are_explained(
    recorded: Project, arguments: tuple[str, ...], said: str
) -> None:
    ran = recorded.run("export", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_recording_of_nothing_makes_no_file(recorded: Project) -> None:
    (recorded.root / "day.torq").write_bytes(b"")
    ran = recorded.run("export", "day.torq", "--to", "arrow")
    assert (ran.code, ran.out) == (0, "none of these messages occurs: no file was written\n")
    assert not (recorded.root / "day").exists()
