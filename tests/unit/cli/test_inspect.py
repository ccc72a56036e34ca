"""inspect: files, hex, standard input and gzip; broken input is shown with its place."""

from __future__ import annotations

import gzip
import io
import json
import struct
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project


from mycelium.protocol import encode_frame

VALUE = struct.pack("<Hq", 7, 12345)
TLV = struct.pack("<HBBI", 16, 1, 0, len(VALUE)) + VALUE
FRAME = encode_frame(TLV, domain=1, source=1, sequence=1, timestamp=10**18)


def broken() -> bytes:
    flipped = bytearray(FRAME)
    flipped[45] ^= 1
    return bytes(flipped)


def test_a_file_of_frames(project: Project) -> None:
    (project.root / "frames.torq").write_bytes(FRAME * 2)
    ran = project.run("inspect", "frames.torq")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == "frame 1 at byte 0: 50 bytes"
    assert "  6..8      source u16 = 1 (feeder)  [01 00]" in lines
    assert "  42..50    price fixed<2, i64> = 123.45  [39 30 00 00 00 00 00 00]" in lines
    assert lines[-1] == "2 frames, 0 broken, 0 bytes skipped"


@pytest.mark.parametrize("separator", ["", " ", ":"])
def test_hex(project: Project, separator: str) -> None:
    text = FRAME.hex(separator) if separator else "0x" + FRAME.hex()
    ran = project.run("inspect", text)
    assert ran.code == 0
    assert "1 frame, 0 broken" in ran.out


def test_standard_input_and_gzip(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(gzip.compress(FRAME)))
    monkeypatch.setattr(sys, "stdin", stream)
    assert "1 frame, 0 broken" in project.run("inspect", "-").out


def test_a_torn_gzip_file_is_shown_up_to_its_tear(project: Project) -> None:
    torn = gzip.compress(FRAME * 2) + gzip.compress(FRAME)[:-9]
    (project.root / "torn.gz").write_bytes(torn)
    ran = project.run("inspect", "torn.gz")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.splitlines()[-2:] == [
        "3 frames, 0 broken, 0 bytes skipped",
        "the file ends early: the last gzip member is not whole",
    ]
    ran = project.run("inspect", "torn.gz", "--format", "json")
    assert ran.code == 1
    assert json.loads(ran.out)["summary"]["damage"] == "the last gzip member is not whole"


def test_a_gzip_file_of_which_nothing_is_left_is_one_line(project: Project) -> None:
    (project.root / "torn.gz").write_bytes(gzip.compress(FRAME)[:9])
    ran = project.run("inspect", "torn.gz")
    assert ran.code == 2
    assert ran.err.endswith("torn.gz: not a whole gzip file: the last gzip member is not whole\n")


def test_after_a_broken_frame_the_next_good_one_is_read(project: Project) -> None:
    (project.root / "frames.torq").write_bytes(FRAME + broken() + FRAME)
    ran = project.run("inspect", "frames.torq")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert "frame 2 at byte 50: 50 bytes" in lines
    assert any(line.endswith("  <- broken") and "checksum u32" in line for line in lines)
    assert any("  92..100" in line and "price fixed<2, i64> = " in line for line in lines)
    assert "  broken: checksum mismatch at byte 78: expected 0x" in ran.out
    assert "frame 3 at byte 100: 50 bytes" in lines
    assert lines[-1] == "3 frames, 1 broken, 0 bytes skipped"


def test_json_names_offset_expected_and_found(project: Project) -> None:
    (project.root / "frames.torq").write_bytes(broken() + FRAME)
    ran = project.run("inspect", "frames.torq", "--format", "json")
    assert ran.code == 1
    found = json.loads(ran.out)
    assert [p["kind"] for p in found["parts"]] == ["frame", "frame"]
    assert found["parts"][0]["problem"]["offset"] == 28
    assert found["parts"][0]["problem"]["kind"] == "checksum mismatch"
    assert found["parts"][1]["tree"][1]["children"][5]["value"] == "123.45"
    assert found["summary"] == {"frames": 2, "broken": 1, "skipped": 0}


def test_count_stops_early(project: Project) -> None:
    (project.root / "frames.torq").write_bytes(FRAME * 9)
    assert "2 frames, 0 broken" in project.run("inspect", "frames.torq", "--count", "2").out


def test_what_is_neither_a_file_nor_hex(project: Project) -> None:
    ran = project.run("inspect", "nothere.torq")
    assert ran.code == 2
    assert ran.err.startswith(
        "torq-gen inspect: error: 'nothere.torq' is neither a file nor hex digits\n"
    )
    project.write("folder/x", "")
    assert "is a directory" in project.run("inspect", "folder").err
    assert project.run("inspect", "ab" * 5000).code == 1


@pytest.mark.parametrize("count", ["0", "-1", "x", "1.5"])
def test_a_count_that_is_none_is_refused(project: Project, count: str) -> None:
    ran = project.run("inspect", "frames.torq", f"--count={count}")
    assert ran.code == 2
    assert f"-n/--count: expected a number of frames from 1 on, found '{count}'\n" in ran.err


@pytest.mark.parametrize("source", ["", "  "])
def test_nothing_to_inspect_is_said(project: Project, source: str) -> None:
    ran = project.run("inspect", source)
    assert ran.code == 2
    assert ran.err.startswith(
        "torq-gen inspect: error: expected a file, hex digits, or - for standard input, "
        "found nothing\n"
    )


def test_a_closed_standard_input_is_one_line(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    ran = project.run("inspect", "-")
    assert (ran.code, ran.err) == (2, "torq-gen inspect: error: standard input is closed\n")
