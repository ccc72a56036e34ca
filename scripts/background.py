"""Runs the services in the background: up, down, restart, status, logs.

Whether they run is told by a lock on the project's folder that their process inherits and the
system frees when it ends, however it ends. So a process id that was given to somebody else since is
never mistaken for ours, and never sent a signal; and whatever is removed from ``.torq``, a second
copy does not start.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(".torq")
PID = FOLDER / "run.pid"
LOG = FOLDER / "run.log"
STATUS = FOLDER / "status.json"
START_SECONDS = 30.0
STOP_SECONDS = 30.0
_POLL = 0.05
_STALE_SECONDS = 10.0  # the services write their status each second
_PIPE_CLOSED = 141  # 128 + SIGPIPE


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
        code = _run(given)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader has gone; what is left in the buffer must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except KeyboardInterrupt:
        return 130


def _run(given: argparse.Namespace) -> int:
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


def up(topology: str) -> int:
    """Start the services, and wait until they say that they run."""
    FOLDER.mkdir(exist_ok=True)
    with _locked() as held:
        if held is None:
            print(f"already running (process {_pid() or 'unknown'})")
            return 0
        STATUS.unlink(missing_ok=True)
        if LOG.exists():
            LOG.replace(LOG.with_suffix(".log.1"))
        process = _start(held, topology)
        PID.write_text(f"{process.pid}\n")
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
    if pid is None:
        return _fail(f"expected the process id in {PID} or {STATUS}, found none: find and stop it")
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
        print("not running" if _state() in ("", "stopped") else f"not running; {_last()}")
        return 1
    pid = _pid()
    print(f"{_state() or 'running'} (process {pid or 'unknown'}), {STATUS}:")
    if _report().get("pid") not in (None, pid):
        print(f"  not of this process, but of {_report()['pid']}: {STATUS} is old")
        return 0
    if _age() > _STALE_SECONDS:
        print(f"  old: nothing was said for {_age():,.0f} s; this is how they were")
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


def _last() -> str:
    """How a run that is no more ended, as far as its last status tells."""
    failed = [n for n, s in _report().get("services", {}).items() if s.get("state") == "failed"]
    if failed:
        return f"it ended uncleanly: {', '.join(failed)} failed"
    return f"it ended uncleanly; its last word was {_state()!r} at {_report().get('time', '?')}"


def _age() -> float:
    """Seconds since the services wrote their status."""
    try:
        said = datetime.fromisoformat(str(_report().get("time")))
        return (datetime.now(UTC) - said).total_seconds()
    except (ValueError, TypeError):
        return 0.0


def _start(held: int, topology: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "torq_gen", "run", "--topology", topology]
    with LOG.open("wb") as log:
        return subprocess.Popen(
            [*command, "--status", str(STATUS)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[held],
        )


@contextmanager
def _locked() -> Iterator[int | None]:
    """The project's folder, open and locked; None when the services have it."""
    folder = os.open(".", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        yield None
        return
    try:
        yield folder
    finally:
        os.close(folder)


def _running() -> bool:
    with _locked() as held:
        return held is None


def _pid() -> int | None:
    """The process that runs; its own status knows it, too, when the file was removed."""
    try:
        return int(PID.read_text())
    except (FileNotFoundError, ValueError):
        pid = _report().get("pid")
        return pid if isinstance(pid, int) else None


def _report() -> dict[str, Any]:
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
