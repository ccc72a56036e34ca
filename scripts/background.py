"""Runs the services of a topology in the background: up, down, restart, status, logs.

Whether they run is told by a lock on the topology's folder in ``.torq`` that their process inherits
and the system frees when it ends, however it ends. So a process id that was given to
somebody else since is never mistaken for ours, and never sent a signal; and whatever is removed
from that folder, a second copy does not start.
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

CONFIG = Path("config")
START_SECONDS = 60.0
STOP_SECONDS = 90.0
GIVE_UP_SECONDS = 10.0
_POLL = 0.05
_STALE_SECONDS = 10.0  # the services write their status each second
_PIPE_CLOSED = 141  # 128 + SIGPIPE


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it did what its name says, 1 when not, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="manage.sh", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "down", "restart", "status", "logs"):
        command = commands.add_parser(name)
        command.add_argument("topology", nargs="?", default="dev", help="a name in config/")
        if name == "logs":
            command.add_argument("-f", "--follow", action="store_true")
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
    name = given.topology.removesuffix(".toml").removeprefix("config/")
    known = sorted(path.stem for path in CONFIG.glob("*.toml"))
    if name not in known:
        shown = ", ".join(known) or "none"
        print(f"manage.sh: error: no topology {name!r} in config/: {shown}", file=sys.stderr)
        return 2
    topology = Deployment(name)
    match given.command:
        case "up":
            return topology.up()
        case "down":
            return topology.down()
        case "restart":
            return topology.down() or topology.up()
        case "status":
            return topology.status()
        case _:
            return topology.logs(given.follow)


class Deployment:
    """One topology that runs in the background, and its files."""

    def __init__(self, name: str) -> None:
        self.topology = CONFIG / f"{name}.toml"
        self.folder = Path(".torq") / name
        self.pid_file = self.folder / "run.pid"
        self.log = self.folder / "run.log"
        self.status_file = self.folder / "status.json"

    def up(self) -> int:
        """Start the services, and wait until they say that they run."""
        with self._locked() as held:
            if held is None:
                print(f"already running (process {self._pid() or 'unknown'})")
                return 0
            self._forget()
            if self.log.exists():
                self.log.replace(self.log.with_suffix(".log.1"))
            process = self._start(held)
            self.pid_file.write_text(f"{process.pid}\n")
        print(f"starting {self.topology} (process {process.pid})", flush=True)
        if not _wait(
            lambda: self._state() == "running" or process.poll() is not None, START_SECONDS
        ):
            return self._fail(
                f"not running after {START_SECONDS:.0f} s; it goes on: see logs, or stop it"
            )
        failed = self._failed(_read(self.status_file))
        if failed:  # it may take the others down with it
            _wait(lambda: process.poll() is not None, GIVE_UP_SECONDS)
        if process.poll() is not None:
            return self._fail(f"ended with exit code {process.returncode} while starting")
        return self.status() or (self._fail(f"{', '.join(failed)} failed") if failed else 0)

    def down(self) -> int:
        """Ask the services to finish what they have in hand, and wait until they have."""
        if not self._running():
            print("not running")
            return 0
        pid, began = self._pid(), time.monotonic()
        if pid is None:
            where = f"{self.pid_file} or {self.status_file}"
            return self._fail(f"expected the process id in {where}, found none: find and stop it")
        os.kill(pid, signal.SIGTERM)
        print(f"stopping (process {pid})", flush=True)
        if not _wait(lambda: not self._running(), STOP_SECONDS):
            return self._fail(
                f"still stopping after {STOP_SECONDS:.0f} s; the last resort: kill -9 {pid}"
            )
        took = time.monotonic() - began
        if self._state() != "stopped":
            return self._fail(f"ended after {took:.1f} s, but not cleanly")
        print(f"stopped cleanly after {took:.1f} s")
        return 0

    def status(self) -> int:
        """Show what runs; 1 when nothing does."""
        report = _read(self.status_file)
        if not self._running():
            clean = self._state() in ("", "stopped")
            print("not running" if clean else f"not running; {self._last(report)}")
            return 1
        pid = self._pid()
        print(f"{self._state() or 'running'} (process {pid or 'unknown'}), {self.status_file}:")
        if report.get("pid") not in (None, pid):
            print(f"  not of this process, but of {report['pid']}: {self.status_file} is old")
            return 0
        _warn_of_age(report, "  ")
        _show_services(report, "  ")
        for name, facts in report.get("processes", {}).items():
            counted = f", {facts['restarts']} restarts" if facts.get("restarts") else ""
            print(f"  {name}: {facts.get('state')} (process {facts.get('pid') or 'none'}){counted}")
            _show_services(self._report_of(name), "    ")
        return 0

    def logs(self, follow: bool) -> int:
        """Show the end of what the services said."""
        if not self.log.exists():
            print("no log yet: ./scripts/manage.sh up writes it")
            return 1
        return subprocess.call(["tail", "-n", "100", *(["-f"] if follow else []), str(self.log)])

    def _last(self, report: dict[str, Any]) -> str:
        """How a run that is no more ended, as far as its last status tells."""
        failed = self._failed(report)
        if failed:
            return f"it ended uncleanly: {', '.join(failed)} failed"
        return (
            f"it ended uncleanly; its last word was {self._state()!r} at {report.get('time', '?')}"
        )

    def _failed(self, report: dict[str, Any]) -> list[str]:
        """The services that were given up."""
        parts = [report, *map(self._report_of, report.get("processes", {}))]
        services = [item for part in parts for item in part.get("services", {}).items()]
        return [name for name, facts in services if facts.get("state") == "failed"]

    def _start(self, held: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "torq_gen", "run", "--all"]
        command += ["--topology", str(self.topology), "--status", str(self.status_file)]
        with self.log.open("wb") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[held],
            )

    @contextmanager
    def _locked(self) -> Iterator[int | None]:
        """The topology's folder, open and locked; None when the services have it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        folder = os.open(self.folder, os.O_RDONLY)
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

    def _running(self) -> bool:
        if not self.folder.exists():
            return False
        with self._locked() as held:
            return held is None

    def _forget(self) -> None:
        """Take away what an earlier run said of itself."""
        for path in self.folder.glob("status*.json"):
            path.unlink()

    def _pid(self) -> int | None:
        """The process that runs; its own status knows it, too, when the file was removed."""
        try:
            return int(self.pid_file.read_text())
        except (FileNotFoundError, ValueError):
            pid = _read(self.status_file).get("pid")
            return pid if isinstance(pid, int) else None

    def _state(self) -> str:
        return str(_read(self.status_file).get("state", ""))

    def _report_of(self, process: str) -> dict[str, Any]:
        return _read(self.folder / f"status.{process}.json")

    def _fail(self, message: str) -> int:
        print(f"manage.sh: error: {message}", file=sys.stderr)
        if self.log.exists():
            lines = self.log.read_text(errors="replace").splitlines()
            print("\n".join(f"  | {line}" for line in lines[-15:]), file=sys.stderr)
        return 1


def _read(path: Path) -> dict[str, Any]:
    """What a status file says; nothing when there is none."""
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _show_services(report: dict[str, Any], indent: str) -> None:
    services = report.get("services", {})
    width = max(map(len, services), default=0)
    for name, facts in services.items():
        shown = ", ".join(f"{value:,} {key}" for key, value in facts.items() if key != "state")
        print(f"{indent}{name:{width}}  {facts.get('state', 'unknown'):8}  {shown}".rstrip())


def _warn_of_age(report: dict[str, Any], indent: str) -> None:
    """Say so when the services have not written their status for a while."""
    try:
        said = datetime.fromisoformat(str(report.get("time")))
        age = (datetime.now(UTC) - said).total_seconds()
    except (ValueError, TypeError):
        return
    if age > _STALE_SECONDS:
        print(f"{indent}old: nothing was said for {age:,.0f} s; this is how they were")


def _wait(done: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(_POLL)
    return done()


if __name__ == "__main__":
    raise SystemExit(main())
