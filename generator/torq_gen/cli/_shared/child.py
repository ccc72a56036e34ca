"""One process of a topology as a child of this one."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

_CHUNK = 1 << 16
_LINE = 1 << 20  # of a line that is longer, each part gets a prefix


class Child:
    """Starts a process, passes on what it says, and knows when it is ready.

    What it says stands behind its name in ``width`` characters; as it is where that is None.

    It is told to stop by signals alone: it has a session of its own, so that Ctrl-C reaches it
    through its parent, in order. ``lifeline`` is the reading end of a pipe that this process holds.
    """

    def __init__(
        self, name: str, command: Sequence[str], *, notify: Path, lifeline: int, width: int | None
    ) -> None:
        self.name = name
        self.restarts = 0
        self.code: int | None = None
        self.ready = asyncio.Event()
        self._command = (*command, "--lifeline", str(lifeline))
        self._lifeline = lifeline
        self._socket = notify
        self._stopping = False
        self._label = f"{name:{width}} | " if width is not None else ""
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process is not None and self.alive else None

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.returncode is None

    async def live(self, environment: Mapping[str, str]) -> int:
        """Start it and wait for its end; its exit code, or a negative signal number.

        Raises:
            OSError: the system has no room for another process
        """
        self.ready.clear()
        self.code = None
        with self._listening():
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**environment, "NOTIFY_SOCKET": str(self._socket)},
                pass_fds=[self._lifeline],
                start_new_session=True,
            )
            if self._stopping:
                self.stop()
            out, err = self._process.stdout, self._process.stderr
            assert out is not None
            assert err is not None
            pumps = asyncio.gather(self._pump(out, sys.stdout), self._pump(err, sys.stderr))
            self.code = await self._process.wait()
            # what it started in its turn may keep the pipes open
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(pumps, 1.0)
        return self.code

    def stop(self) -> None:
        """Ask it to stop; again, to give up what still waits. One that starts just now hears it."""
        self._stopping = True
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self._process is not None and self.alive:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
            heard.setblocking(False)
            heard.bind(str(self._socket))
            self._socket.chmod(0o666)  # whatever user the process becomes, as systemd's
            loop.add_reader(heard, self._hear, heard)
            try:
                yield
            finally:
                loop.remove_reader(heard)
                self._socket.unlink(missing_ok=True)

    def _hear(self, heard: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            if b"READY=1" in heard.recv(_CHUNK).split(b"\n"):
                self.ready.set()

    async def _pump(self, source: asyncio.StreamReader, target: TextIO) -> None:
        """Pass on whole lines; the last one may lack its end."""
        rest = b""
        while data := await source.read(_CHUNK):
            *lines, rest = (rest + data).split(b"\n")
            if len(rest) > _LINE:
                lines, rest = [*lines, rest], b""
            self._say(lines, target)
        self._say([rest] if rest else [], target)

    def _say(self, lines: Sequence[bytes], target: TextIO) -> None:
        if lines:
            text = "".join(f"{self._label}{line.decode(errors='replace')}\n" for line in lines)
            # nobody reads any more, or the disk is full: what is said is lost, the process goes on
            with contextlib.suppress(OSError):
                target.write(text)
                target.flush()
