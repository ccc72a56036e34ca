"""deadletters: what a service did not handle is listed, shown, given once more and dropped."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import mycelium
import torq_gen
from mycelium.deadletters import DeadLetter, FolderDeadLetters, LetterBox, boxes_of
from mycelium.protocol import encode_frame

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project

TAKER = """\
from pathlib import Path

from demo_contracts.services import TakerBase


class Taker(TakerBase):
    async def on_quote(self, message):
        if message.venue == 13:
            raise ValueError("unlucky")
        with Path("taken.txt").open("a") as file:
            file.write(f"{message.venue}\\n")
"""
HANGING = """\
import asyncio
from pathlib import Path

from demo_contracts.services import TakerBase


class Taker(TakerBase):
    async def on_quote(self, message):
        Path("taken.txt").write_text("begun")
        await asyncio.sleep(3600)
"""
TOPOLOGY = '[deployment]\nmode = "monolith"\ndead_letters = "letters"\ndrain_secs = 0.2\n'
NOON = 1_704_456_000_000_000_000  # 2024-01-05T12:00Z


def quote(venue: int) -> bytes:
    value = struct.pack("<Hq", venue, 5)
    tlv = struct.pack("<HBBI", 16, 1, 0, len(value)) + value
    return encode_frame(tlv, domain=1, source=1, sequence=venue, timestamp=venue)


def letter(venue: int, service: str = "taker") -> DeadLetter:
    error = f"ValueError: {venue}"
    return DeadLetter(service, error, NOON + venue * 1_000_000, "Quote", quote(venue).hex())


@pytest.fixture
def folder(project: Project) -> Path:
    """Where the project, which can run, has its dead letters."""
    project.run("generate")
    project.write("services/taker/service.py", TAKER)
    project.write("config/dev.toml", TOPOLOGY)
    return project.root / "config" / "letters"


def put(folder: Path, *letters: DeadLetter) -> list[str]:
    """Writes the letters; their ids."""
    writer = FolderDeadLetters(folder)
    for each in letters:
        writer.add(each)
    return [stored.id for box in boxes_of(folder) for stored in box.letters()]


def venues(folder: Path) -> list[int]:
    """Of the letters that are there."""
    times = (stored.letter.time for box in boxes_of(folder) for stored in box.letters())
    return [(at - NOON) // 1_000_000 for at in times]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "torq_gen", "deadletters", *arguments]


def environment() -> dict[str, str]:
    """Finds the packages under test, and no `services` but the project's."""
    kept = {k: v for k, v in os.environ.items() if k.startswith("COVERAGE")}
    folders = (str(Path(package.__path__[0]).parent) for package in (torq_gen, mycelium))
    return {**kept, "PYTHONPATH": os.pathsep.join(folders), "PATH": os.defpath}


def call(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        cwd=project.root,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def test_list_shows_a_line_a_letter_oldest_first(project: Project, folder: Path) -> None:
    first, second = put(folder, letter(1), letter(2))
    ran = project.run("deadletters", "list", "--folder", str(folder))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "id            time                      service  message  error\n"
        f"{first}  2024-01-05 12:00:00.001Z  taker    Quote    ValueError: 1\n"
        f"{second}  2024-01-05 12:00:00.002Z  taker    Quote    ValueError: 2\n"
        "2 dead letters of 1 service\n"
    )


def test_list_finds_the_folder_by_the_topology(project: Project, folder: Path) -> None:
    put(folder, letter(1))
    ran = call(project, "list")
    assert (ran.returncode, ran.stderr) == (0, "topology: config/dev.toml\n")
    assert ran.stdout.endswith("\n1 dead letter of 1 service\n")


def test_list_as_json_cuts_nothing(project: Project, folder: Path) -> None:
    error = "ValueError: " + "x" * 100 + "\nand more"
    long = DeadLetter("taker", error, NOON, "Quote", "", "Quote(…)")
    (id,) = put(folder, long)
    ran = project.run("deadletters", "list", "--folder", str(folder), "--format", "json")
    assert json.loads(ran.out) == {
        "letters": [
            {
                "id": id,
                "service": "taker",
                "message": "Quote",
                "time": "2024-01-05 12:00:00.000Z",
                "error": error,
                "frame": "",
                "text": "Quote(…)",
            }
        ],
        "summary": {"letters": 1, "torn": 0},
    }
    shown = project.run("deadletters", "list", "--folder", str(folder)).out.splitlines()[1]
    assert shown.endswith("  ValueError: " + "x" * 48 + "…")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([], [1, 2, 3, 4]),
        (["taker"], [1, 2]),
        (["feeder", "taker"], [1, 2, 3, 4]),
        (["--error", "ValueError: 2"], [2]),
        (["--message", "Quote"], [1, 2, 3, 4]),
        (["--message", "Other"], []),
        (["--since", "2024-01-05T12:00:00+00:00", "--before", "2024-01-05T12:00:01"], [1, 2, 3, 4]),
        (["--since", "1d"], []),
        (["taker", "--before", "2024-01-05"], []),
    ],
)
def test_filters(project: Project, folder: Path, filters: list[str], expected: list[int]) -> None:
    put(folder, letter(1), letter(2), letter(3, "feeder"), letter(4, "feeder"))
    ran = project.run("deadletters", "list", *filters, "--folder", str(folder), "--format", "json")
    found = json.loads(ran.out)["letters"]
    assert [int(each["error"].split()[1]) for each in found] == expected


def test_a_line_that_is_no_letter_is_told(project: Project, folder: Path) -> None:
    put(folder, letter(1))
    with (folder / "taker.jsonl").open("ab") as file:
        file.write(b'{"service": "ta')
    ran = project.run("deadletters", "list", "--folder", str(folder))
    assert ran.code == 1
    told = "1 dead letter of 1 service; 1 line skipped, which are no letters\n"
    assert ran.out.endswith(told)


def test_show_has_the_error_and_every_field(project: Project, folder: Path) -> None:
    (id,) = put(folder, letter(7))
    ran = project.run("deadletters", "show", id[:4], "--folder", str(folder))
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[:3] == [
        f"{id}: Quote at taker, 2024-01-05 12:00:00.007Z",
        "  ValueError: 7",
        "frame 1 at byte 0: 50 bytes",
    ]
    assert "venue u16 = 7" in ran.out


def test_show_of_what_could_not_be_encoded_has_its_text(project: Project, folder: Path) -> None:
    put(folder, DeadLetter("taker", "E", NOON, "Quote", "", "Quote(venue=-1)"))
    ran = project.run("deadletters", "show", "taker", "--folder", str(folder))
    assert "  no frame, its values cannot be encoded: Quote(venue=-1)\n" in ran.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["list", "takr"],
            "expected a service that has dead letters, or an id of one, found 'takr'\n"
            "  help: did you mean 'taker'?",
        ),
        (
            ["show", "ffff"],
            "expected a service that has dead letters, or an id of one, found 'ffff'\n"
            "  help: services that have letters: taker",
        ),
        (
            ["drop"],
            "drop expects services or ids, found none\n  help: `torq-gen deadletters list` shows "
            "them; --all takes all that the filters leave",
        ),
        (["list", "--since", "noon"], "found 'noon'"),
    ],
)
def test_a_call_that_cannot_be_used_says_why(
    project: Project, folder: Path, arguments: list[str], message: str
) -> None:
    put(folder, letter(1))
    ran = project.run("deadletters", *arguments, "--folder", str(folder))
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert venues(folder) == [1]


def test_no_folder_says_what_was_expected(project: Project) -> None:
    ran = project.run("deadletters", "list", "--folder", "none")
    assert ran.code == 2
    assert "--folder none: expected a folder of dead letters, found none" in ran.err


def test_letters_in_memory_only_are_told(project: Project, folder: Path) -> None:
    project.write("config/dev.toml", '[deployment]\nmode = "monolith"\n')
    ran = call(project, "list")
    assert ran.returncode == 2
    assert "error: the topology keeps dead letters in memory only\n" in ran.stderr


def test_drop_asks_first_and_refuses_where_nobody_can_be_asked(
    project: Project, folder: Path
) -> None:
    put(folder, letter(1), letter(2))
    ran = call(project, "drop", "taker", "--folder", str(folder))
    assert ran.returncode == 2
    assert "error: drop removes 2 letters for good\n  help: say --yes" in ran.stderr
    assert venues(folder) == [1, 2]


@pytest.mark.parametrize(("answer", "left"), [("y", []), ("n", [1, 2]), ("", [1, 2])])
def test_drop_does_what_a_person_answers(
    project: Project, folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, left: list[int]
) -> None:
    put(folder, letter(1), letter(2))
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return answer

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", ask)
    ran = project.run("deadletters", "drop", "--all", "--folder", str(folder))
    assert ran.code == 0
    assert asked == ["Remove 2 letters for good? [y/N] "]
    assert venues(folder) == left


def test_who_goes_away_when_asked_has_removed_nothing(
    project: Project, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(_: str) -> str:
        raise EOFError

    put(folder, letter(1))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", ask)
    ran = project.run("deadletters", "drop", "--all", "--folder", str(folder))
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "nothing was removed")
    assert venues(folder) == [1]


def test_drop_removes_the_named_ones_alone(project: Project, folder: Path) -> None:
    first, *_ = put(folder, letter(1), letter(2), letter(3))
    ran = project.run("deadletters", "drop", first, "--yes", "--folder", str(folder))
    assert (ran.code, ran.out) == (0, "1 letter removed\n")
    assert venues(folder) == [2, 3]


def test_replay_gives_each_once_and_removes_what_was_handled(
    project: Project, folder: Path
) -> None:
    put(folder, letter(1), letter(2))
    ran = call(project, "replay", "taker")
    assert (ran.returncode, ran.stdout) == (0, "2 letters handled and removed\n"), ran.stderr
    assert (project.root / "taken.txt").read_text().split() == ["1", "2"]
    assert venues(folder) == []
    again = call(project, "replay", "--all")
    assert (again.returncode, again.stdout) == (0, "0 letters handled and removed\n")


def test_what_fails_again_stays_and_is_told(project: Project, folder: Path) -> None:
    """More of them than the restart policy allows: a new process goes on with the rest."""
    unlucky = [DeadLetter("taker", "E", NOON + n, "Quote", quote(13).hex()) for n in range(5)]
    ids = put(folder, *unlucky, letter(1))
    ran = call(project, "replay", "taker")
    assert ran.returncode == 1
    told = [f"{id} failed: ValueError: unlucky" for id in ids[:5]]
    assert ran.stdout.splitlines() == [*told, "1 letter handled and removed, 5 failed"]
    assert [s.id for s in LetterBox(folder, "taker").letters()] == ids[:5]


def test_letters_of_nobody_cannot_be_replayed(project: Project, folder: Path) -> None:
    put(folder, letter(1, "refused"))
    ran = call(project, "replay", "--all")
    assert ran.returncode == 2
    assert (
        "expected letters of active services of the topology, found some of refused\n"
        "  help: services: feeder, taker" in ran.stderr
    )


def test_a_signal_ends_a_replay_and_what_was_not_handled_stays(
    project: Project, folder: Path
) -> None:
    project.write("services/taker/service.py", HANGING)
    put(folder, letter(1), letter(2))
    process = subprocess.Popen(
        command("replay", "taker"),
        cwd=project.root,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    deadline = time.monotonic() + 30
    while not (project.root / "taken.txt").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert out.splitlines()[-1] == "0 letters handled and removed, 1 failed, 1 not given"
    assert venues(folder) == [1, 2]


def test_a_service_that_does_not_start_ends_a_replay(project: Project, folder: Path) -> None:
    project.write(
        "services/taker/service.py", TAKER + "\n    async def on_start(self):\n        1 / 0\n"
    )
    put(folder, letter(1))
    ran = call(project, "replay", "taker")
    assert ran.returncode == 2
    assert "error: taker does not start: division by zero" in ran.stderr
    assert venues(folder) == [1]


def test_a_service_that_takes_too_long_to_start_ends_a_replay(
    project: Project, folder: Path
) -> None:
    slow = (
        "\n    async def on_start(self):\n        import asyncio\n        await asyncio.sleep(60)\n"
    )
    project.write("services/taker/service.py", TAKER + slow)
    project.write("config/dev.toml", TOPOLOGY + "start_secs = 0.1\n")
    put(folder, letter(1))
    ran = call(project, "replay", "taker")
    assert ran.returncode == 2
    assert "error: taker does not start: see what was logged" in ran.stderr
    assert venues(folder) == [1]
