"""Run as a script: replays a recording to handlers of all its messages; prints figures as JSON."""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any


def main() -> None:
    """Replay."""
    package, folder, recording, loop = sys.argv[1:]
    sys.path.insert(0, folder)
    manifest = import_module(f"{package}.manifest").MANIFEST
    factory = None
    if loop == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    gc.freeze()
    with asyncio.Runner(loop_factory=factory) as runner:
        print(json.dumps(runner.run(_replay(manifest, Path(recording)))))


async def _replay(manifest: Any, recording: Path) -> dict[str, float]:
    from mycelium.bus import Bus
    from mycelium.recording import read_recording
    from mycelium.replay import replay

    handled = 0

    async def handle(message: Any) -> None:
        nonlocal handled
        handled += 1

    async with Bus(manifest) as bus:
        for kind in manifest.registry.messages.values():
            bus.subscribe(kind, handle)
        wall, cpu = time.perf_counter(), time.process_time()
        report = await replay(bus, read_recording(recording))
        await bus.idle()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )
    return {
        "frames": report.delivered,
        "handled": handled,
        "wall": wall,
        "cpu": cpu,
        "peak": peak / 1e6,
    }


if __name__ == "__main__":
    main()
