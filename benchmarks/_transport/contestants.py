"""Who takes part: ours on both event loops, and the peers that are installed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from _harness.peers import version_of

BASES = ("pyzmq, asyncio", "pyzmq, blocking")
"""The peers that ratios are to: an event loop like ours, and loops that do nothing else."""

_KEPT_MOST = 5000  # each waits for the server


@dataclass(frozen=True, slots=True)
class Contestant:
    """``what`` is what a child process knows it by; a run has ``most`` messages at most."""

    name: str
    what: str
    loop: str = "asyncio"
    most: int | None = None


def contestants() -> list[Contestant]:
    """All that can run here."""
    return [*_ours(), *_plain(), *_zeromq(), *_nats()]


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


def _nats() -> list[Contestant]:
    if version_of("nats-py") is None or not shutil.which("nats-server"):
        return []
    core = [Contestant(f"NATS, {loop}", "nats", loop) for loop in _loops()]
    kept = [
        Contestant(f"JetStream, {loop}", "nats+jetstream", loop, _KEPT_MOST) for loop in _loops()
    ]
    return [
        *core,
        Contestant("nats-py, bare msgpack", "nats-py"),
        *kept,
        Contestant("nats-py, JetStream, bare msgpack", "nats-py+jetstream", most=_KEPT_MOST),
    ]
