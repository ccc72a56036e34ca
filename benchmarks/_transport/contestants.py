"""Who takes part: ours on both event loops, and the peers that are installed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from _harness.peers import version_of

BASES = ("pyzmq, asyncio", "pyzmq, blocking")
"""The peers that ratios are to: an event loop like ours, and loops that do nothing else."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """``what`` is what a child process knows it by."""

    name: str
    what: str
    loop: str = "asyncio"


def contestants() -> list[Contestant]:
    """All that can run here."""
    return [*_ours(), *_plain(), *_zeromq()]


def _loops() -> tuple[str, ...]:
    return ("uvloop", "asyncio") if version_of("uvloop") else ("asyncio",)


def _ours() -> list[Contestant]:
    kinds = ["local", "unix", "tcp"]
    if shutil.which("openssl"):  # makes the certificates
        kinds.append("tcp+tls")
    return [Contestant(f"{kind}, {loop}", kind, loop) for kind in kinds for loop in _loops()]


def _plain() -> list[Contestant]:
    return [Contestant(f"asyncio streams, {loop}", "plain", loop) for loop in _loops()]


def _zeromq() -> list[Contestant]:
    if version_of("pyzmq") is None:
        return []
    return [
        Contestant(BASES[0], "pyzmq asyncio"),
        Contestant(BASES[1], "pyzmq"),
        Contestant("pyzmq, blocking, bare msgpack", "pyzmq msgpack"),
    ]
