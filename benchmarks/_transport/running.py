"""Runs of two processes, and what comes out of them."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from _transport.load import Figures, Load, Pace

_CHILD = Path(__file__).with_name("child.py")
_PATIENCE = 120.0


class FailedRunError(Exception):
    """A process of a run ended with an error."""


def run(contestant: str, loop: str, pace: Pace, count: int, package: Path) -> Figures:
    """One run in processes of its own.

    Raises:
        FailedRunError: one of them failed
    """
    with tempfile.TemporaryDirectory() as folder:
        load = Load(contestant, pace, count, folder, str(package), loop)
        _prepare(load, Path(folder))
        if contestant == "local":
            return _figures(_start("both", load))
        server = _server(Path(folder)) if contestant.startswith("nats") else None
        subscriber, publisher = _start("subscribe", load), _start("publish", load)
        try:
            sent = _figures(publisher)
            received = _figures(subscriber)
            return msgspec.structs.replace(received, cpu=received.cpu + sent.cpu)
        finally:
            subscriber.kill()
            publisher.kill()
            if server is not None:
                server.kill()
                server.wait()


def _prepare(load: Load, folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        (folder / "port").write_text(str(probe.getsockname()[1]), "ascii")
    if load.contestant.endswith("+tls"):
        for command in _certificates():
            subprocess.run(
                ["openssl", *command.split()], cwd=folder, check=True, capture_output=True
            )


def _server(folder: Path) -> subprocess.Popen[bytes]:
    """A NATS server; those who come before it is ready try again."""
    port = (folder / "port").read_text("ascii")
    command = ["nats-server", "-a", "127.0.0.1", "-p", port, "-js", "-sd", str(folder / "store")]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int(port))):
            return server
        time.sleep(0.01)


def _certificates() -> list[str]:
    key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    return [
        f"req -x509 {key} -keyout ca.key -out ca.pem -subj /CN=authority -days 1",
        *(
            f"req -x509 {key} -keyout {name}.key -out {name}.pem -subj /CN={name} -days 1 "
            f"-addext subjectAltName=DNS:{name} -CA ca.pem -CAkey ca.key"
            for name in ("feeder", "taker")
        ),
    ]


def _start(role: str, load: Load) -> subprocess.Popen[str]:
    command = [sys.executable, str(_CHILD), role, msgspec.json.encode(load).decode()]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _figures(process: subprocess.Popen[str]) -> Figures:
    printed, errors = process.communicate(timeout=_PATIENCE)
    if process.returncode:
        raise FailedRunError(errors)
    return msgspec.json.decode(printed, type=Figures)
