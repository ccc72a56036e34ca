"""Real NATS servers, started by tests."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.transports.streams import free_port

_PATIENCE_SECS = 10.0
_NEEDED = "needs: apt-get install nats-server"


class NatsServer:
    """One server on a port of its own; with JetStream its storage outlives restarts."""

    def __init__(self, folder: Path, config: str = "") -> None:
        self.port = free_port()
        self._folder = folder
        self._log = folder / "server.log"
        self._config = folder / "server.conf"
        self._config.write_text(
            f'listen: "127.0.0.1:{self.port}"\n'
            f'jetstream {{ store_dir: "{folder / "store"}" }}\n{config}\n'
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        program = shutil.which("nats-server")
        assert program is not None, _NEEDED
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [program, "-c", str(self._config)], stdout=log, stderr=log
            )
        self._starts += 1
        ends = time.monotonic() + _PATIENCE_SECS
        while self._log.read_bytes().count(b"Server is ready") < self._starts:
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < ends, self._log.read_text()
            time.sleep(0.005)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.wait()


@contextlib.contextmanager
def nats_server(folder: Path, config: str = "") -> Iterator[NatsServer]:
    """A running server, or a skipped test where there is none on this machine."""
    if shutil.which("nats-server") is None and not os.environ.get("CI"):
        pytest.skip(_NEEDED)  # in CI a test that is left out would go unnoticed
    server = NatsServer(folder, config)
    server.start()
    try:
        yield server
    finally:
        server.stop()
