"""Run as a script: one role of one run; prints its figures as JSON."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec

from _transport.load import Figures, Load, Meter


def main() -> None:
    """Play the role."""
    role, text = sys.argv[1:]
    load = msgspec.json.decode(text, type=Load)
    sys.path.insert(0, load.package)
    gc.freeze()
    figures = _play(role, load) or Figures()
    figures = msgspec.structs.replace(figures, cpu=Meter.spent(load))
    sys.stdout.write(msgspec.json.encode(figures).decode())


def _play(role: str, load: Load) -> Figures | None:
    if load.contestant.startswith("pyzmq"):
        from _transport import zeromq

        if "asyncio" not in load.contestant:
            found: Figures | None = getattr(zeromq, f"{role}_blocking")(load)
            return found
        return _run(load, getattr(zeromq, role)(load))
    if load.contestant.startswith("nats-py"):
        from _transport import natspy

        return _run(load, getattr(natspy, role)(load))
    if load.contestant.startswith("plain"):
        from _transport import plain

        return _run(load, getattr(plain, role)(load))
    from _transport import ours

    return _run(load, getattr(ours, role)(load))


def _run(load: Load, work: Coroutine[Any, Any, Figures | None]) -> Figures | None:
    factory = None
    if load.loop == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)


if __name__ == "__main__":
    main()
