"""Shares services among processes; these are forked, and so have all that is loaded already."""

from __future__ import annotations

import os
import pickle
import select
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torq_gen.lint.running import Job, Result
    from torq_gen.model import Service

_CHUNKS_EACH = 4
"""Portions a process: more even out what services take, fewer share more parsed modules."""
_TICKET = 4  # bytes
_MOST = 128
"""Processes, whatever is asked for: of more, neither the tickets nor the pipes fit."""
_AT_ONCE = 1 << 20

_ENDED = (
    "a process that analysed services was ended from outside, as systems do that are short of "
    "memory: --jobs 1 takes the least"
)


def shared(job: Job, services: Sequence[Service], count: int) -> Iterator[Result]:
    """Each service's result, as the processes get ready.

    Raises:
        ChildProcessError: a process was ended before it was done
    """
    count = min(count, _MOST)
    size = max(1, -(-len(services) // (count * _CHUNKS_EACH)))
    portions = [services[at : at + size] for at in range(0, len(services), size)]
    _import_all()
    tickets = _tickets(len(portions))
    running: dict[int, int] = {}
    found: dict[int, list[bytes]] = {}
    try:
        for _ in range(min(count, len(portions))):
            results, process = _fork(job, portions, tickets)
            running[results], found[results] = process, []
        while running:
            for results in select.select(list(running), [], [])[0]:
                if data := os.read(results, _AT_ONCE):
                    found[results].append(data)
                    continue
                failed = _ended(running.pop(results))
                os.close(results)
                if failed:
                    raise ChildProcessError(_ENDED)
                yield from _received(b"".join(found.pop(results)))
    finally:
        os.close(tickets)
        for results, process in running.items():  # nobody waits for what it is at
            os.close(results)
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            _ended(process)


def _ended(process: int) -> int:
    """Waits for a process, and says how it ended; 0 where the system keeps no account of that,
    as whoever started this one may have told it.
    """
    try:
        return os.waitpid(process, 0)[1]
    except ChildProcessError:
        return 0


def _import_all() -> None:
    """Imports what every process needs, before they part."""
    from torq_gen.lint import packing  # noqa: F401
    from torq_gen.lint.facts import collecting  # noqa: F401
    from torq_gen.lint.rules import checks

    checks()


def _tickets(count: int) -> int:
    """A pipe that holds the number of each portion: whoever is free reads the next one."""
    tickets, into = os.pipe()
    os.write(into, b"".join(number.to_bytes(_TICKET, "big") for number in range(count)))
    os.close(into)
    return tickets


def _fork(job: Job, portions: Sequence[Sequence[Service]], tickets: int) -> tuple[int, int]:
    """The pipe with a new process's results, and its id."""
    results, into = os.pipe()
    parent = os.getpid()
    process = os.fork()
    if process:
        os.close(into)
        return results, process
    try:
        os.close(results)
        with open(into, "wb") as pipe:  # noqa: PTH123 - it has no path
            pipe.write(_work(job, portions, tickets, parent))
        os._exit(0)
    finally:
        os._exit(1)  # what else the parent would do is its own


def _work(job: Job, portions: Sequence[Sequence[Service]], tickets: int, parent: int) -> bytes:
    """The results of the portions that this process gets, or the error that ended it, packed.

    Ctrl-C is the parent's to heed, which ends its processes; they end when it is gone, too.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    found: list[Result] = []
    try:
        while os.getppid() == parent and (ticket := os.read(tickets, _TICKET)):
            found += job.run(portions[int.from_bytes(ticket, "big")])
    except Exception as error:  # noqa: BLE001 - the parent raises it
        return pickle.dumps(error)
    return pickle.dumps(found)


def _received(packed: bytes) -> list[Result]:
    """The results of one process; what it failed with is raised.

    Raises:
        ChildProcessError: the process did not come to the end of them
    """
    try:
        found: Any = pickle.loads(packed)
    except (EOFError, pickle.UnpicklingError) as error:
        raise ChildProcessError(_ENDED) from error
    if isinstance(found, Exception):
        raise found
    results: list[Result] = found
    return results
