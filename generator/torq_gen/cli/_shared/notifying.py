"""Tells the process manager how this process is, as systemd's sd_notify(3) does.

``NOTIFY_SOCKET`` names the socket that it listens at: systemd sets it for ``Type=notify``, and
`torq-gen run --all` for each process that it starts. Without one nothing is told.
"""

from __future__ import annotations

import contextlib
import os
import socket


def notify(*lines: str) -> None:
    """Tell assignments such as ``READY=1``; nobody who listens is no reason to fail."""
    name = os.environ.get("NOTIFY_SOCKET", "")
    if not name:
        return
    where = "\0" + name[1:] if name.startswith("@") else name
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
        sending.setblocking(False)
        sending.sendto("\n".join(lines).encode(), where)
