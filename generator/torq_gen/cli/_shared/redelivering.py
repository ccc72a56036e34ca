"""Gives dead letters to their service once more, in a process of its own."""

from __future__ import annotations

import asyncio
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from mycelium.redelivery import Fate, Outcome, Redelivery
from mycelium.runner import Process
from mycelium.topology import MONOLITH, Mode, Monitoring, ProcessPlan, Topology
from torq_gen.cli._shared import running
from torq_gen.cli._shared.failures import CommandError, UsageError
from torq_gen.cli._shared.project import find_root, load_project
from torq_gen.cli._shared.terminal import count

if TYPE_CHECKING:
    from argparse import Namespace

    from mycelium.deadletters import StoredLetter
    from mycelium.deadletters.reading import Remove
    from mycelium.manifest import Manifest

Note: TypeAlias = "Callable[[StoredLetter, Outcome], None]"


class Replayer:
    """Replays letters, one service after the other, and tells what became of them.

    Raises:
        CommandError: there are letters of a service that the topology does not have
        UsageError: ``--with`` names one that it does not have
    """

    def __init__(self, arguments: Namespace, services: Sequence[str]) -> None:
        project = load_project(find_root(arguments.root), color=arguments.color)
        self._manifest = running.manifest_of(project)
        self._topology = running.topology_of(
            self._manifest, project.root, arguments.topology, [], say=arguments.folder is not None
        )
        running.log_as_told(self._topology, self._manifest, MONOLITH)
        self._others = tuple(arguments.others)
        self._fates: Counter[Fate] = Counter()
        self._published = 0
        self._stopped = False
        self._check(services)
        os.chdir(project.root)

    def replay(self, service: str, letters: Iterable[StoredLetter], remove: Remove) -> None:
        """Gives the letters to the service; what it handles is removed.

        A service that crashes is restarted as its spec says; once it is given up, a new process
        goes on with the next letter.

        Raises:
            CommandError: the service does not start
        """

        def note(stored: StoredLetter, outcome: Outcome) -> None:
            self._fates[outcome.fate] += 1
            if outcome.fate is Fate.HANDLED:
                remove(stored)
            else:
                print(f"{stored.id} {outcome.fate.value}: {outcome.reason}")

        queue = deque(letters)
        topology = _alone(self._topology, [service, *self._others])
        while queue and not self._stopped:
            before = len(queue)
            run = _Run(self._manifest, topology, service, queue, note)
            self._stopped = running.serve(run.make, run.give, None).signal is not None
            self._published += run.settle()
            if len(queue) == before and not self._stopped:
                raise CommandError(f"{service} does not start: see what was logged")
        self._fates[Fate.NOT_GIVEN] += len(queue)

    def tell(self) -> int:
        """Print what became of the letters; 1 unless all were handled."""
        fates = self._fates
        left = [
            f"{n:,} {fate.value}" for fate, n in fates.items() if n and fate is not Fate.HANDLED
        ]
        handled = f"{count(fates[Fate.HANDLED], 'letter')} handled and removed"
        print(", ".join([handled, *left]))
        if self._published and not self._others:
            said = count(self._published, "message")
            print(f"{said} published, to nobody: --with names services that get them")
        return 1 if left else 0

    def _check(self, services: Sequence[str]) -> None:
        known = self._topology.services
        help = f"services: {', '.join(known) or 'none'}"
        for name in services:
            if name not in known:
                raise CommandError(
                    f"expected letters of active services of the topology, found some of {name}",
                    help,
                )
        for name in self._others:
            if name not in known:
                raise UsageError(f"--with: no active service {name!r} in the topology", help)


class _Run:
    """One process that takes letters from a queue until that is empty or the service given up."""

    def __init__(
        self,
        manifest: Manifest,
        topology: Topology,
        service: str,
        queue: deque[StoredLetter],
        note: Note,
    ) -> None:
        self._manifest = manifest
        self._topology = topology
        self._service = service
        self._queue = queue
        self._note = note
        self._in_hand: StoredLetter | None = None
        self._process: Process | None = None
        self._redelivery: Redelivery | None = None

    def make(self) -> Process:
        """The process, not yet started."""
        process = self._process = Process(self._manifest, self._topology)
        self._redelivery = Redelivery(process.bus, process.supervisor.workers[self._service])
        return process

    async def give(self, process: Process) -> None:
        """Gives letters, each after the one before was handled, until a stop is requested.

        Raises:
            CommandError: the service does not start
        """
        worker = process.supervisor.workers[self._service]
        if worker.given_up is not None:
            raise CommandError(f"{self._service} does not start: {worker.given_up}")
        assert self._redelivery is not None, "make comes before give"
        stop = asyncio.create_task(process.wait())
        try:
            while self._queue and worker.given_up is None and not stop.done():
                stored = self._in_hand = self._queue.popleft()
                giving = asyncio.create_task(self._redelivery.give(stored.letter))
                await asyncio.wait([giving, stop], return_when=asyncio.FIRST_COMPLETED)
                if not giving.done() and worker.given_up is None:
                    giving.cancel()  # what is in hand gets the time that stopping takes
                    return
                self._settle(await giving)
        finally:
            stop.cancel()

    def settle(self) -> int:
        """Notes the letter that was in hand when the process was stopped.

        Returns how many messages the service has published.
        """
        if self._process is None or self._redelivery is None:
            return 0
        if self._in_hand is not None:
            self._settle(self._redelivery.outcome)
        rows = self._process.bus.counts().rows
        return sum(row.published for (name, _), row in rows.items() if name == self._service)

    def _settle(self, outcome: Outcome) -> None:
        stored, self._in_hand = self._in_hand, None
        assert stored is not None, "a letter is in hand"
        self._note(stored, outcome)


def _alone(topology: Topology, services: Sequence[str]) -> Topology:
    """The services in one process that nobody reaches, with the settings that they have."""
    plan = ProcessPlan(name=MONOLITH, services=tuple(dict.fromkeys(services)))
    return replace(
        topology,
        mode=Mode.MONOLITH,
        processes=(plan,),
        links={},
        dead_letters=None,
        monitors=Monitoring(),  # what is replayed is out of its order
    )
