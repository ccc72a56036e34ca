"""Processes under one parent: order, restarts, ends, and what they say."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mycelium.manifest import Restart, RestartStrategy
from torq_gen.cli._shared import fleet as fleets
from torq_gen.cli._shared.child import Child
from torq_gen.cli._shared.fleet import Fleet

HEAD = """
import os, pathlib, signal, socket, sys
journal, name = pathlib.Path(sys.argv[1]), sys.argv[2]

def note(what):
    with journal.open("a") as file:
        file.write(f"{what} {name}\\n")

def ready():
    note("ready")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
        sending.sendto(b"STATUS=up\\nREADY=1", os.environ["NOTIFY_SOCKET"])

def until_stopped():
    signal.sigwait([signal.SIGTERM])
    note("stops")

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
note("starts")
life = journal.read_text().count(f"starts {name}\\n")
"""
SERVES = "ready(); print('up'); until_stopped()"
TELLS_PARENT = "ready(); os.kill(os.getppid(), signal.SIGTERM); until_stopped()"
GIVES_UP_ONCE = "ready()\nif life == 1: sys.exit(75)\nprint('again')\n" + TELLS_PARENT
IS_KILLED_ONCE = "ready()\nif life == 1: os.kill(os.getpid(), 9)\n" + TELLS_PARENT
GIVES_UP = "ready(); sys.exit(75)"
FAILS = "print('no', file=sys.stderr); sys.exit(3)"
FINISHES = "ready(); note('finishes')"
IS_STUBBORN = "ready(); os.kill(os.getppid(), signal.SIGTERM)\nwhile True: signal.pause()"


class Bench:
    """Makes children of short scripts, and reads what they noted."""

    def __init__(self, folder: Path, lifeline: int) -> None:
        self._folder = folder
        self._lifeline = lifeline
        self.journal = folder / "journal"

    def child(self, name: str, script: str) -> Child:
        command = [sys.executable, "-u", "-c", HEAD + script, str(self.journal), name]
        notify = self._folder / f"{name}.notify"
        return Child(name, command, notify=notify, lifeline=self._lifeline, width=5)

    def run(
        self,
        *steps: Sequence[Child],
        grace_secs: float = 20.0,
        finite: Sequence[str] = (),
        stop: bool = False,
    ) -> tuple[int, list[str]]:
        """Runs them; with ``stop`` a signal follows as soon as all are ready."""
        fleet = Fleet(steps, grace_secs=grace_secs, finite=frozenset(finite))
        states: list[str] = []

        def tell() -> None:
            states.append(fleet.state)
            if stop and fleet.state == "running":
                os.kill(os.getpid(), signal.SIGTERM)

        async def limited() -> int:
            async with asyncio.timeout(50):
                return await fleet.run(tell)

        return asyncio.run(limited()), states

    @property
    def notes(self) -> list[str]:
        return self.journal.read_text().splitlines()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    reading, writing = os.pipe()
    yield Bench(tmp_path, reading)
    os.close(reading)
    os.close(writing)


def test_subscribers_start_first_and_stop_last(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    sink, pipe, feed = (
        bench.child("sink", SERVES),
        bench.child("pipe", SERVES),
        bench.child("feed", SERVES),
    )
    code, states = bench.run([sink], [pipe], [feed], stop=True)
    assert (code, states) == (0, ["running", "stopping", "stopped"])
    assert bench.notes == [
        *("starts sink", "ready sink", "starts pipe", "ready pipe", "starts feed", "ready feed"),
        *("stops feed", "stops pipe", "stops sink"),
    ]
    assert capfd.readouterr().out == "sink  | up\npipe  | up\nfeed  | up\n"


@pytest.mark.parametrize("script", [GIVES_UP_ONCE, IS_KILLED_ONCE])
def test_one_that_escalates_or_is_killed_is_started_again(bench: Bench, script: str) -> None:
    sink, feed = bench.child("sink", SERVES), bench.child("feed", script)
    assert bench.run([sink], [feed])[0] == 0
    assert bench.notes.count("starts feed") == 2
    assert bench.notes.count("starts sink") == 1
    assert (sink.restarts, feed.restarts) == (0, 1)


def test_one_that_gives_up_too_often_ends_all_with_its_code(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleets, "RESTARTS", Restart(RestartStrategy.ONE_FOR_ONE, 2, 60))
    code, states = bench.run([bench.child("sink", SERVES)], [bench.child("feed", GIVES_UP)])
    assert (code, states[-1]) == (75, "ended uncleanly")
    assert bench.notes.count("starts feed") == 3
    assert bench.notes[-1] == "stops sink"


def test_any_other_end_stops_all(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    sink, feed = bench.child("sink", SERVES), bench.child("feed", FAILS)
    assert bench.run([sink], [feed])[0] == 3
    assert bench.notes[-1] == "stops sink"
    assert "feed  | no\n" in capfd.readouterr().err


def test_one_that_cannot_start_keeps_its_publishers_from_starting(bench: Bench) -> None:
    code, states = bench.run([bench.child("sink", FAILS)], [bench.child("feed", SERVES)])
    assert (code, states) == (3, ["stopping", "ended uncleanly"])
    assert bench.notes == ["starts sink"]


def test_one_that_does_not_stop_is_killed(bench: Bench) -> None:
    code, _ = bench.run([bench.child("feed", IS_STUBBORN)], grace_secs=0.2)
    assert code == 74


def test_the_run_is_over_when_all_sources_have_finished(bench: Bench) -> None:
    sources = [bench.child("feed", FINISHES), bench.child("news", FINISHES)]
    code, states = bench.run([bench.child("sink", SERVES)], sources, finite=["feed", "news"])
    assert (code, states[-1]) == (0, "stopped")
    assert bench.notes[-1] == "stops sink"


def test_a_source_that_was_to_finish_and_failed_ends_all(bench: Bench) -> None:
    steps = [[bench.child("sink", SERVES)], [bench.child("feed", FAILS)]]
    assert bench.run(*steps, finite=["feed"])[0] == 3


def test_a_second_signal_tells_the_children_once_more(bench: Bench) -> None:
    twice = (
        "ready(); os.kill(os.getppid(), signal.SIGTERM); signal.sigwait([signal.SIGTERM]); "
        "os.kill(os.getppid(), signal.SIGTERM); until_stopped()"
    )
    assert bench.run([bench.child("feed", twice)])[0] == 0
    assert bench.notes[-1] == "stops feed"


def test_what_a_child_says_is_passed_on_line_by_line(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    says = "ready(); print('a\\n\\nb'); os.write(1, b'\\xff'); os.kill(os.getppid(), 15)"
    bench.run([bench.child("feed", f"{says}; until_stopped(); os.write(1, b'!')")])
    assert (
        capfd.readouterr().out
        == "feed  | a\nfeed  | \nfeed  | b\nfeed  | \N{REPLACEMENT CHARACTER}!\n"
    )


def test_a_full_disk_under_the_log_stops_nobody(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    much = "os.write(1, b'x' * 300_000 + b'\\n'); note('said'); "
    feed = bench.child("feed", f"{much}ready(); os.kill(os.getppid(), 15); {much}until_stopped()")
    assert bench.run([feed])[0] == 0
    assert bench.notes.count("said feed") == 2  # a pipe that nobody reads would hold it up
    assert bench.notes[-1] == "stops feed"


def test_one_that_the_system_has_no_room_for_is_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begin, tries = asyncio.create_subprocess_exec, []

    async def at_times(*command: str, **options: Any) -> asyncio.subprocess.Process:
        tries.append(command)
        if len(tries) == 1:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        return await begin(*command, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", at_times)
    feed = bench.child("feed", TELLS_PARENT)
    assert bench.run([feed])[0] == 0
    assert (len(tries), feed.restarts) == (2, 1)
    reason = f"[Errno {errno.EAGAIN}] Resource temporarily unavailable"
    assert f"feed cannot be started: {reason}" in caplog.text


HOLDS = """
import os, signal, sys
from torq_gen.cli._shared.lifeline import hold
signal.signal(signal.SIGTERM, {handler})
hold(int(sys.argv[1]), {grace})
print("held", flush=True)
while True: signal.pause()
"""


@pytest.mark.parametrize(
    ("handler", "grace", "code"),
    [("signal.SIG_DFL", 60.0, -signal.SIGTERM), ("signal.SIG_IGN", 0.01, 74)],
)
def test_a_child_ends_when_nobody_holds_its_lifeline(handler: str, grace: float, code: int) -> None:
    async def scenario() -> int:
        reading, writing = os.pipe()
        script = HOLDS.format(handler=handler, grace=grace)
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", script, str(reading)),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            pass_fds=[reading],
            stdout=asyncio.subprocess.PIPE,
        )
        os.close(reading)
        assert child.stdout is not None
        assert await child.stdout.readline() == b"held\n"
        os.close(writing)
        return await child.wait()

    assert asyncio.run(asyncio.wait_for(scenario(), 30)) == code
