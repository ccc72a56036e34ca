"""Runs the small system in real processes, and reads what they count and leave."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from tests.faults.lab_source import FILES, SERVICES
from tests.ports import free_ports

ROOT = Path(__file__).parents[2]
DEADLINE_SECS = 30.0
LONG = bool(os.environ.get("TORQ_LONG"))
"""Whether there is time for more of everything."""
_ENTRY = struct.Struct("<QQ")
_SAMPLE = re.compile(r"^mycelium_(\w+)\{([^}]*)\} (\S+)$", re.MULTILINE)
_LABEL = re.compile(r'\w+="([^"]*)"')

Entry: TypeAlias = tuple[int, int]
"""The life of a feeder, and one of its numbers."""


class Counts(Counter[tuple[str, ...]]):
    """What a process counts: by metric and the values of its labels, by the labels' names."""

    def of(self, what: str, service: str, message: str = "Quote") -> int:
        """A count of one message at one service."""
        return self[what, message, service]


def seeded() -> random.Random:
    """Chance that can be had again: TORQ_SEED is what the output of a failed run says."""
    seed = int(os.environ.get("TORQ_SEED", random.randrange(1 << 32)))
    print(f"TORQ_SEED={seed}")
    return random.Random(seed)


def until(holds: Callable[[], object], what: str, secs: float = DEADLINE_SECS) -> None:
    """Returns once it holds.

    Raises:
        AssertionError: it does not, in time
    """
    end = time.monotonic() + secs
    while not holds():
        assert time.monotonic() < end, f"expected within {secs:g} s: {what}"
        time.sleep(0.01)


def built(root: Path) -> Path:
    """The project's folder, generated."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if path.name == "service.py":
            (path.parent / "__init__.py").touch()
    (root / "services/__init__.py").touch()
    command = [sys.executable, "-m", "torq_gen", "-C", str(root), "generate"]
    ran = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return root


def environment() -> dict[str, str]:
    """Of processes: the tree's own code."""
    paths = [str(ROOT / "generator"), str(ROOT / "runtime")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


@dataclass(kw_only=True)
class Lab:
    """One run of the system: a folder for what it leaves, and how it is deployed.

    ``deployment`` are further lines of the topology's first table, ``tables`` the text of others,
    ``settings`` by service. Without ``ledger`` services write nothing down.
    """

    project: Path
    folder: Path
    deployment: str = ""
    tables: str = ""
    settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    mode: str = "distributed"
    ledger: bool = True
    health: int = field(default_factory=lambda: free_ports(len(SERVICES)))

    @property
    def enough(self) -> Path:
        """The file that ends the feed."""
        return self.folder / "enough"

    def end_feed(self) -> None:
        """Ends the feed."""
        self.enough.touch()
        until((self.folder / "enough.fed").exists, "the end of the feed")

    def last_fed(self) -> Entry:
        """Ends the feed; its last entry."""
        self.end_feed()
        last = self.last("feeder")
        assert last is not None
        return last

    def topology(self, name: str = "lab", *, tables: str = "") -> Path:
        """Writes the topology's file."""
        text = (
            f'[deployment]\nmode = "{self.mode}"\nsockets = "s"\ndrain_secs = 5\n'
            f'health = "127.0.0.1:{self.health}"\n{self.deployment}\n{self.tables}\n{tables}\n'
        )
        for service in SERVICES:
            own = dict(self.settings.get(service, {}))
            if self.ledger:
                own["ledger"] = str(self.folder)
            if service == "feeder":
                own["enough"] = str(self.enough)
            text += f"[services.{service}]\n"
            for key, value in own.items():
                text += f"{key} = {_toml(value)}\n"
        path = self.folder / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    @contextlib.contextmanager
    def running(self, *, process: str = "", topology: Path | None = None) -> Iterator[Running]:
        """All processes under their parent, or one alone, until the block is left."""
        which = ["--process", process] if process else ["--all"]
        command = [sys.executable, "-m", "torq_gen", "-C", str(self.project), "run", *which]
        file = topology or self.topology()
        log = self.folder / f"{process or 'all'}.{time.time_ns()}.log"
        with (
            log.open("wb") as said,
            subprocess.Popen(
                [*command, "--topology", str(file)],
                env=environment(),
                stdout=said,
                stderr=said,
            ) as parent,
        ):
            run = Running(parent, log)
            try:
                yield run
            except BaseException:
                print(run.said[-6000:])
                raise
            finally:
                run.end()

    @contextlib.contextmanager
    def apart(self) -> Iterator[Apart]:
        """All processes without a parent, which is sooner up: nobody waits for another's start."""
        file = self.topology()
        with contextlib.ExitStack() as stack:
            runs = {
                name: stack.enter_context(self.running(process=name, topology=file))
                for name in SERVICES
            }
            yield Apart(runs)

    def port(self, process: str) -> int:
        """Where it tells how it is."""
        return self.health + SERVICES.index(process)

    def counts(self, process: str) -> Counts:
        """What a process counts; nothing while it cannot be asked."""
        url = f"http://127.0.0.1:{self.port(process)}/metrics"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                text = answer.read().decode()
        except (OSError, urllib.error.URLError):
            return Counts()
        return Counts(
            {
                (name.removesuffix("_total"), *_LABEL.findall(labels)): int(float(value))
                for name, labels, value in _SAMPLE.findall(text)
            }
        )

    def lives(self, service: str) -> list[list[Entry]]:
        """What each life of a service wrote down, the first life first."""
        found = sorted(self.folder.glob(f"{service}.*[0-9]"))
        return [list(_ENTRY.iter_unpack(_whole(path.read_bytes()))) for path in found]

    def size(self, service: str) -> int:
        """How many entries all of its lives have."""
        paths = self.folder.glob(f"{service}.*[0-9]")
        return sum(path.stat().st_size // _ENTRY.size for path in paths)

    def last(self, service: str) -> Entry | None:
        """The newest entry."""
        lives = [life for life in self.lives(service) if life]
        return lives[-1][-1] if lives else None


@dataclass
class Running:
    """A parent with its processes, or a process without one."""

    parent: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        """What they have logged so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def pids(self) -> dict[str, int]:
        """The processes that run under the parent, by name."""
        found = {}
        path = Path(f"/proc/{self.parent.pid}/task/{self.parent.pid}/children")
        for child in path.read_text("ascii").split():
            with contextlib.suppress(OSError, ValueError):
                words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
                found[words[words.index(b"--process") + 1].decode()] = int(child)
        return found

    def kill(self, process: str) -> None:
        """Ends one of the processes at once."""
        os.kill(self.pids()[process], signal.SIGKILL)

    def stop(self, secs: float = 60.0) -> int:
        """Asks for a clean stop; the exit code."""
        self.parent.terminate()
        return self.parent.wait(timeout=secs)

    def end(self) -> None:
        """Leaves nobody behind."""
        if self.parent.poll() is None:
            self.parent.terminate()
            try:
                self.parent.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.parent.kill()
                raise


@dataclass
class Apart:
    """Processes without a parent, publishers first."""

    runs: Mapping[str, Running]

    @property
    def said(self) -> str:
        """What they have logged so far."""
        return "".join(run.said for run in self.runs.values())

    def pids(self) -> dict[str, int]:
        """The processes, by name."""
        return {name: run.parent.pid for name, run in self.runs.items()}

    def stop(self) -> int:
        """Asks one after the other for a clean stop; the worst exit code."""
        return max(abs(run.stop()) for run in self.runs.values())


def rss(pid: int) -> int:
    """Bytes of memory that a process has."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _whole(data: bytes) -> bytes:
    return data[: len(data) // _ENTRY.size * _ENTRY.size]


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
