"""Run as a script: the service brain in a process of its own, which dies of certain messages.

``python -m tests.transports.nats_child URL MAX_DELIVER`` prints the value of each message before it
handles it; at the value 3 it kills itself.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from mycelium.protocol import Message
from mycelium.service import Service
from tests.transports.nats_buses import nats_topology, services_on
from tests.transports.streams import SECOND
from tests.unit.mycelium.helpers import BRAIN, Meta, Pair, Tick

DEADLY = 3


class Mortal(Service):
    """Prints what it gets."""

    SPEC = BRAIN
    HANDLERS = {Tick: "die", Meta: "die"}  # noqa: RUF012 - as generated code has it

    async def die(self, message: Message) -> None:
        assert isinstance(message, Pair)
        sys.stdout.write(f"{message.value}\n")
        sys.stdout.flush()
        if message.value == DEADLY:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, max_deliver: int) -> None:
    """Runs until it is killed."""
    plan = nats_topology(url, jetstream=True, max_deliver=max_deliver)
    async with services_on(plan, SECOND, {BRAIN: Mortal}):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
