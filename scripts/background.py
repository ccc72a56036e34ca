"""Runs the services in the background: up, down, restart, status, logs.

Whether they run is told by a lock on ``.torq/run.pid`` that their process inherits and the system
frees when it ends, however it ends. So a process id that was given to somebody else since is never
mistaken for ours, and never sent a signal.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

FOLDER = Path(".torq")
PID = FOLDER / "run.pid"
LOG = FOLDER / "run.log"
STATUS = FOLDER / "status.json"
START_SECONDS = 30.0
STOP_SECONDS = 30.0
_POLL = 0.05


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it did what its name says, 1 when not."""
    parser = argparse.ArgumentParser(prog="manage.sh", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "restart"):
        commands.add_parser(name).add_argument("--topology", default="config/dev.toml")
    commands.add_parser("down")
    commands.add_parser("status")
    commands.add_parser("logs").add_argument("-f", "--follow", action="store_true")
    given = parser.parse_args(arguments)
    try:
        match given.command:
            case "up":
                return up(given.topology)
            case "down":
                return down()
            case "restart":
                return down() or up(given.topology)
            case "status":
                return status()
            case _:
                return logs(given.follow)
    except KeyboardInterrupt:
        return 130


def up(topology: str) -> int:
    """Start the services, and wait until they say that they run."""
    FOLDER.mkdir(exist_ok=True)
    with PID.open("a+") as file:
        if not _lock(file):
            print(f"already running (process {_pid()})")
            return 0
        STATUS.unlink(missing_ok=True)
        if LOG.exists():
            LOG.replace(LOG.with_suffix(".log.1"))
        process = _start(file, topology)
        file.truncate(0)
        file.write(f"{process.pid}\n")
    print(f"starting {topology} (process {process.pid})", flush=True)
    if not _wait(lambda: _state() == "running" or process.poll() is not None, START_SECONDS):
        return _fail(f"not running after {START_SECONDS:.0f} s; it goes on: see logs, or stop it")
    if process.poll() is not None:
        return _fail(f"ended with exit code {process.returncode} while starting")
    return status()


def down() -> int:
    """Ask the services to finish what they have in hand, and wait until they have."""
    if not _running():
        print("not running")
        return 0
    pid, began = _pid(), time.monotonic()
    os.kill(pid, signal.SIGTERM)
    print(f"stopping (process {pid})", flush=True)
    if not _wait(lambda: not _running(), STOP_SECONDS):
        return _fail(f"still stopping after {STOP_SECONDS:.0f} s; the last resort: kill -9 {pid}")
    took = time.monotonic() - began
    if _state() != "stopped":
        return _fail(f"ended after {took:.1f} s, but not cleanly")
    print(f"stopped cleanly after {took:.1f} s")
    return 0


def status() -> int:
    """Show what runs; 1 when nothing does."""
    if not _running():
        print("not running" if _state() in ("", "stopped") else "not running; it ended uncleanly")
        return 1
    print(f"running (process {_pid()}), {STATUS}:")
    services = _report().get("services", {})
    width = max(map(len, services), default=0)
    for name, facts in services.items():
        shown = ", ".join(f"{value:,} {key}" for key, value in facts.items() if key != "state")
        print(f"  {name:{width}}  {facts.get('state', 'unknown'):8}  {shown}".rstrip())
    return 0


def logs(follow: bool) -> int:
    """Show the end of what the services said."""
    if not LOG.exists():
        print("no log yet: ./scripts/manage.sh up writes it")
        return 1
    return subprocess.call(["tail", "-n", "100", *(["-f"] if follow else []), str(LOG)])


def _start(held: TextIO, topology: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "torq_gen", "run", "--topology", topology]
    with LOG.open("wb") as log:
        return subprocess.Popen(
            [*command, "--status", str(STATUS)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[held.fileno()],
        )


def _lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _running() -> bool:
    try:
        with PID.open("a+") as file:
            return not _lock(file)
    except FileNotFoundError:
        return False


def _pid() -> int:
    return int(PID.read_text())


def _report() -> dict[str, dict[str, dict[str, int | str]]]:
    try:
        found = json.loads(STATUS.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _state() -> str:
    return str(_report().get("state", ""))


def _wait(done: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(_POLL)
    return done()


def _fail(message: str) -> int:
    print(f"manage.sh: error: {message}", file=sys.stderr)
    if LOG.exists():
        lines = LOG.read_text(errors="replace").splitlines()
        print("\n".join(f"  | {line}" for line in lines[-15:]), file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
