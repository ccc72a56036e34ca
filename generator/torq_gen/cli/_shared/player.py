"""Plays a recording into a process, and tells what became of it."""

from __future__ import annotations

from pathlib import Path

from mycelium.recording import RecordingReader
from mycelium.replay import ReplayReport, replay
from mycelium.runner import Process
from torq_gen.cli._shared.failures import CommandError
from torq_gen.cli._shared.running import states_of
from torq_gen.cli._shared.terminal import count


class Player:
    """Plays a recording that has ``frames`` frames.

    ``whole`` says whether all of it was given and handled.
    """

    def __init__(self, recording: RecordingReader, frames: int) -> None:
        self.whole = False
        self._recording = recording
        self._frames = frames
        self._given = 0
        self._process: Process | None = None
        self._report: ReplayReport | None = None

    async def play(self, process: Process) -> None:
        """Give every frame and wait for the consequences, unless a stop is requested first.

        Raises:
            CommandError: a service could not start; nothing was given.
        """
        self._process = process
        for name, worker in process.supervisor.workers.items():
            if worker.given_up is not None:
                raise CommandError(
                    f"{name} could not start: {worker.given_up}",
                    "name the services that are to run: torq-gen replay FILE SERVICE ...",
                )
        await process.until_stopped(self._give(process))

    async def _give(self, process: Process) -> None:
        self._report = await replay(process.bus, self._recording, self._take)
        await process.finished()
        self.whole = True

    def _take(self, frames: int) -> None:
        self._given = frames

    def tell(self, file: Path) -> bool:
        """Print what became of the recording; whether all of it was handled."""
        failed = self._tell_services(file)
        report, skipped = self._report, self._recording.skipped_bytes
        if report is not None and report.own:
            print(f"  {count(report.own, 'frame')} left out: their services run here")
        for offset, error in report.problems if report is not None else ():
            print(f"  frame at byte {offset} cannot be read: {error}")
        if skipped:
            print(f"  {count(skipped, 'byte')} skipped, which are no frame")
        if (damage := self._recording.damage) is not None:
            print(f"  the file ends early: {damage}")
        if failed:
            print(f"  {count(failed, 'message')} refused, dropped or failed")
        lost = skipped or failed or damage is not None
        return self.whole and report is not None and not (report.unreadable or lost)

    def _tell_services(self, file: Path) -> int:
        if self._report is None:
            print(f"{file}: stopped after {self._given:,} of {count(self._frames, 'frame')}")
        else:
            print(f"{file}: {count(self._report.delivered, 'frame')} replayed")
        if self._process is None:
            return 0
        for name, facts in states_of(self._process).items():
            print(
                f"  {name}: {facts['handled']:,} handled, {facts['published']:,} published, "
                f"{facts['crashes']:,} crashes"
            )
        total = self._process.bus.counts().total()
        return total.failed + total.dropped + total.refused
