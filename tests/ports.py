"""Ports of this machine that nobody listens at."""

from __future__ import annotations

import contextlib
import random
import socket

_FIRST, _LAST = 20_000, 32_000  # below those that the system gives to who dials
_given: set[int] = set()


def free_ports(count: int) -> int:
    """The first of so many in a row; a random place, so that runs side by side do not collide."""
    while True:
        first = random.randrange(_FIRST, _LAST)
        ports = range(first, first + count)
        if not _given.isdisjoint(ports):
            continue
        with contextlib.ExitStack() as stack:
            try:
                for port in ports:
                    probe = stack.enter_context(socket.socket())
                    probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            _given.update(ports)
            return first
