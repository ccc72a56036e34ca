"""A full disk for dead letters: each letter is kept or counted as lost, and services go on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from mycelium.deadletters import DeadLetter
from tests.faults.conftest import MakeLab
from tests.faults.lab import until

pytestmark = pytest.mark.slow

COUNT, FAIL_EVERY = 400, 100
FAILURES = COUNT // FAIL_EVERY
ROOM = 500
"""Bytes: enough for a letter or two."""


@pytest.fixture
def letters(folder: Path) -> Iterator[Path]:
    """A folder that takes a letter or two of the taker's; none where nothing may be mounted."""
    path = folder / "letters"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(path)]
    if os.getuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        print("no tmpfs: the device that is always full")
        (path / "taker.jsonl").symlink_to("/dev/full")
        yield path
        return
    try:
        (path / "other").write_bytes(b"x" * 4096)
        (path / "taker.jsonl").write_bytes(b"\n" * (4096 - ROOM))
        yield path
    finally:
        subprocess.run(["umount", str(path)], check=True)


def test_letters_are_kept_or_counted(lab: MakeLab, letters: Path) -> None:
    system = lab(
        f'dead_letters = "{letters}"',
        mode="monolith",
        feeder={"rate": 2000, "count": COUNT},
        taker={"fail_every": FAIL_EVERY},
    )
    with system.running() as running:
        until(lambda: system.size("taker") == COUNT - FAILURES, "all others handled")
        counts = system.counts("feeder")  # all are in one process, which has the first port
        kept, lost = counts["dead_letters", "kept"], counts["dead_letters", "lost"]
        print(f"failed {FAILURES}, kept {kept}, lost {lost}")
        assert counts.of("failed", "taker", "Passed") == FAILURES == kept + lost
        assert counts.of("handled", "taker", "Passed") == COUNT - FAILURES
        assert running.stop() == 0, running.said
        assert running.said.count("dead letter not kept") == lost > 0
    file = letters / "taker.jsonl"
    if file.is_symlink():
        assert kept == 0
        return
    assert kept > 0
    lines = [line for line in file.read_bytes().splitlines() if line]
    found = [msgspec.json.decode(line, type=DeadLetter) for line in lines]
    assert len(found) == kept, "whole letters and nothing of the others"
