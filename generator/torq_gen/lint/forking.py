"""Shares services among processes."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torq_gen.lint.running import Job, Result
    from torq_gen.model import Service

_CHUNKS_EACH = 4
"""Portions a process: more even out what services take, fewer share more parsed modules."""

_ENDED = (
    "a process that analysed services was ended from outside, as systems do that are short of "
    "memory: --jobs 1 takes the least"
)

_job: Job | None = None


def shared(job: Job, services: Sequence[Service], count: int) -> Iterator[Result]:
    """Each service's result, as it gets ready.

    Raises:
        ChildProcessError: a process was ended before it was done
    """
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool

    size = max(1, -(-len(services) // (count * _CHUNKS_EACH)))
    portions = [services[at : at + size] for at in range(0, len(services), size)]
    _import_all()
    # Forked processes have the job and the imported modules already; others are given the job.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    others = multiprocessing.active_children()
    workers = min(count, len(portions))
    with ProcessPoolExecutor(workers, context, initializer=_start, initargs=(job,)) as pool:
        try:
            for done in as_completed([pool.submit(_run, portion) for portion in portions]):
                yield from done.result()
        except BrokenProcessPool as error:
            raise ChildProcessError(_ENDED) from error
        except BaseException:
            for process in set(multiprocessing.active_children()).difference(others):
                process.terminate()  # nobody waits for what it is at
            raise


def _import_all() -> None:
    """Imports what every process needs, before they part."""
    from torq_gen.lint import packing  # noqa: F401
    from torq_gen.lint.facts import collecting  # noqa: F401
    from torq_gen.lint.rules import checks

    checks()


def _start(job: Job) -> None:
    """Begins a process; Ctrl-C is its parent's to heed, which ends it."""
    global _job
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _job = job


def _run(services: Sequence[Service]) -> list[Result]:
    if _job is None:
        raise RuntimeError("a process of the pool was given no job")
    return list(_job.run(services))
