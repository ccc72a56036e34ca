from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from mycelium.deadletters import DeadLetterFile
from mycelium.errors import ServiceLoadError, StartTimeoutError, UnknownProcessError
from mycelium.manifest import Restart, RestartStrategy, ServiceSpec
from mycelium.protocol import Message
from mycelium.runner import ExitCode, Process, in_loop, run
from mycelium.service import Service
from mycelium.topology import ProcessPlan, Topology
from mycelium.transports.local import LocalTransport
from tests.unit.mycelium.helpers import FEED, Signal, Tick, asynchronous, manifest, spec, values

ROOT = Path(__file__).resolve().parents[3]
BRAIN = spec("brain", 2, (Signal,), (Tick,), restart=Restart(RestartStrategy.NEVER))
SYSTEM = manifest(FEED, BRAIN)


class Feed(Service):
    """Publishes three ticks, then sends the process what its settings say."""

    SPEC: ClassVar[ServiceSpec] = FEED

    async def on_start(self) -> None:
        self.spawn(self.go())

    async def go(self) -> None:
        for number in range(3):
            await self._publish(Tick(number, number))
        for number in self.settings.get("signals", ()):
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.01)
        if self.settings.get("wait"):
            await asyncio.Event().wait()


class Brain(Service):
    SPEC: ClassVar[ServiceSpec] = BRAIN
    HANDLERS: ClassVar[Mapping[type[Message], str]] = {Tick: "on_tick"}
    seen: ClassVar[list[Tick]] = []

    async def on_tick(self, message: Tick) -> None:
        self.seen.append(message)
        if self.settings.get("hang"):
            await asyncio.Event().wait()
        if self.settings.get("fail"):
            raise ValueError("no")


SERVICES = {"feed": Feed, "brain": Brain}


def topology(**settings: Mapping[str, Any]) -> Topology:
    Brain.seen.clear()
    return Topology.of(SYSTEM, settings=settings, drain_secs=5.0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_cleanly(number: signal.Signals) -> None:
    feed = {"signals": [number], "wait": True}
    assert run(SYSTEM, topology(feed=feed), SERVICES) is ExitCode.CLEAN
    assert len(Brain.seen) == 3


def test_a_second_signal_gives_up_what_waits() -> None:
    code = """
import asyncio, os, signal, threading
from tests.unit.mycelium.test_runner import *

hung = threading.Event()

def impatient():
    hung.wait()
    while True:  # signals that come too fast merge into one
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(0.2)

class Hanging(Brain):
    async def on_tick(self, message):
        hung.set()
        await asyncio.Event().wait()

threading.Thread(target=impatient, daemon=True).start()
slow = Topology.of(SYSTEM, drain_secs=1000.0)
raise SystemExit(run(SYSTEM, slow, {"feed": Feed, "brain": Hanging}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'runtime'}"},
        timeout=30,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.UNCLEAN, done.stderr


def test_a_run_can_end_by_itself() -> None:
    assert run(SYSTEM, topology(), SERVICES, until_finished=True) is ExitCode.CLEAN
    assert [tick.value for tick in Brain.seen] == [0, 1, 2]


def test_uvloop_is_taken_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[asyncio.AbstractEventLoop] = []

    def new_event_loop() -> asyncio.AbstractEventLoop:
        made.append(asyncio.new_event_loop())
        return made[-1]

    async def which() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    monkeypatch.setitem(sys.modules, "uvloop", SimpleNamespace(new_event_loop=new_event_loop))
    assert in_loop(which()) is made[0]
    monkeypatch.setitem(sys.modules, "uvloop", None)  # as if it were not installed
    assert isinstance(in_loop(which()), asyncio.BaseEventLoop)
    assert len(made) == 1


def test_exit_codes_are_those_of_sysexits() -> None:
    assert [int(code) for code in ExitCode] == [0, 74, 75]


def test_a_class_that_cannot_be_used_is_refused_before_anything_starts() -> None:
    with pytest.raises(ServiceLoadError, match=r"brain: services.brain.service:Brain: cannot be"):
        run(SYSTEM, topology(), {"feed": Feed})
    with pytest.raises(ServiceLoadError, match="expected the manifest's spec, found that of feed"):
        run(SYSTEM, topology(), {"feed": Feed, "brain": Feed})


def test_dead_letters_go_to_the_topologys_folder(tmp_path: Path) -> None:
    parts = Topology.of(SYSTEM, settings={"brain": {"fail": True}}, dead_letters=tmp_path)
    assert run(SYSTEM, parts, SERVICES, until_finished=True) is ExitCode.UNCLEAN
    letters = list(DeadLetterFile(tmp_path / "brain.jsonl"))
    assert letters[0].error == "ValueError: no"


async def _note(begun: list[int]) -> None:
    begun.append(1)


@asynchronous
async def test_a_stop_ends_work_that_waits() -> None:
    process = Process(SYSTEM, Topology.of(SYSTEM, services=("brain",)), SERVICES)
    async with process:
        await process.until_stopped(asyncio.sleep(0))
        waiting = asyncio.create_task(process.until_stopped(asyncio.Event().wait()))
        await asyncio.sleep(0)
        process.request_stop()
        await waiting
        begun: list[int] = []
        await process.until_stopped(_note(begun))
        assert begun == []
    assert process.exit_code is ExitCode.CLEAN


@asynchronous
async def test_two_systems_live_in_one_process() -> None:
    one = Process(SYSTEM, Topology.of(SYSTEM, services=("brain",)), SERVICES)
    two = Process(SYSTEM, Topology.of(SYSTEM, services=("brain",)), SERVICES)
    Brain.seen.clear()
    async with one, two:
        await values(one.bus, Tick, 2)
        await one.bus.idle()
        assert two.bus.counts().of("brain", "Tick").handled == 0
        assert one.bus.counts().of("brain", "Tick").handled == 2


def test_the_protocol_alone_does_not_import_asyncio() -> None:
    modules = "mycelium.protocol.stream, mycelium.manifest, mycelium.recording"
    code = f"import sys, {modules}; assert 'asyncio' not in sys.modules"
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "runtime")},
    )


class Far(LocalTransport):
    """Stands for a transport to processes elsewhere; notes what it is told."""

    def __init__(self, *, connects: bool) -> None:
        super().__init__()
        self.said: list[str] = []
        self._connects = connects

    async def start(self) -> None:
        self.said.append("start")

    async def ready(self) -> None:
        self.said.append("ready")
        if not self._connects:
            await asyncio.Event().wait()

    def missing(self) -> tuple[str, ...]:
        return ("brain of b",)

    async def quiet(self, secs: float) -> None:
        self.said.append(f"quiet, {len(Brain.seen)} seen")

    async def stop(self, secs: float) -> None:
        self.said.append(f"stop, {len(Brain.seen)} seen")


def apart(monkeypatch: pytest.MonkeyPatch, transport: Far, **parts: Any) -> Process:
    """A process of a topology of two, joined by the transport."""
    Brain.seen.clear()
    plans = (
        ProcessPlan(name="a", services=("feed", "brain")),
        ProcessPlan(name="b", services=()),
    )
    monkeypatch.setattr("mycelium.transports.of", lambda *_: transport)
    return Process(SYSTEM, Topology(processes=plans, **parts), SERVICES, name="a")


@asynchronous
async def test_services_start_when_their_subscribers_elsewhere_are_connected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    far = Far(connects=True)
    async with apart(monkeypatch, far) as process:
        assert far.said == ["start", "ready"]
        await process.finished()
    assert far.said[2:] == ["quiet, 3 seen", "quiet, 3 seen", "stop, 3 seen"]


@asynchronous
async def test_subscribers_elsewhere_that_do_not_come_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    far = Far(connects=False)
    process = apart(monkeypatch, far, start_secs=0.01)
    with pytest.raises(StartTimeoutError, match=r"brain of b to be connected within 0.01 s"):
        await process.__aenter__()
    assert far.said[-1] == "stop, 0 seen"
    assert Brain.seen == []


@asynchronous
async def test_a_stop_ends_the_wait_for_subscribers_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    process = apart(monkeypatch, Far(connects=False))
    process.request_stop()
    async with process:
        await process.wait()
    assert process.exit_code is ExitCode.CLEAN


def test_a_process_of_several_has_to_be_named() -> None:
    plans = (ProcessPlan(name="a", services=("feed",)), ProcessPlan(name="b", services=("brain",)))
    with pytest.raises(UnknownProcessError, match="expected a topology of one process, found a, b"):
        Process(SYSTEM, Topology(processes=plans), SERVICES)
    with pytest.raises(UnknownProcessError, match=r"\(a, b\), found 'c'"):
        Process(SYSTEM, Topology(processes=plans), SERVICES, name="c")
