"""Plays ping-pong over each transport: two services, a number of round trips, a clean exit.

The services and their topologies are in examples/ping_pong. Each game is a `torq-gen run --all`, so
what is measured is what runs anywhere else. A transport that needs what this machine lacks is
skipped, and the line says what.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "ping_pong"
FIGURES = re.compile(r"service\.ping: (?P<count>\d+) round trips: (?P<times>.*)$")
SECONDS = 20.0
SHOWN_ON_FAILURE = 40


class LackingError(Exception):
    """This machine lacks what a transport needs."""


class FailedError(Exception):
    """A game did not go as it should."""


def nothing() -> AbstractContextManager[None]:
    """What most transports need."""
    return contextlib.nullcontext()


@contextlib.contextmanager
def certificates() -> Iterator[None]:
    """Makes an authority and a certificate that names both players.

    Raises:
        LackingError: there is no openssl
    """
    openssl = shutil.which("openssl")
    if openssl is None:
        raise LackingError("openssl, to make certificates (apt-get install openssl)")
    folder = EXAMPLE / ".torq" / "tls"
    folder.mkdir(parents=True, exist_ok=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
    names = "subjectAltName=DNS:ping,DNS:pong"
    own = ["-subj", "/CN=players", "-addext", names, "-CA", "ca.pem", "-CAkey", "ca.key"]
    for words in (
        [*key, "-subj", "/CN=demo authority", "-keyout", "ca.key", "-out", "ca.pem"],
        [*key, *own, "-keyout", "players.key", "-out", "players.pem"],
    ):
        made = subprocess.run(
            [openssl, "req", "-x509", *words], cwd=folder, capture_output=True, text=True
        )
        if made.returncode:
            raise LackingError(f"openssl 3.0 or later, to make certificates: {made.stderr.strip()}")
    yield


@contextlib.contextmanager
def nats_server() -> Iterator[None]:
    """Runs a NATS server with JetStream, whose files are gone afterwards.

    Raises:
        LackingError: there is no nats-server, or no nats-py
        FailedError: it does not start
    """
    server = shutil.which("nats-server")
    if server is None:
        raise LackingError("nats-server (apt-get install nats-server)")
    if importlib.util.find_spec("nats") is None:
        raise LackingError("nats-py (pip install 'torq-gen[nats]')")
    url = urlsplit(tomllib.loads((EXAMPLE / "config/nats.toml").read_text())["nats"]["url"])
    with tempfile.TemporaryDirectory(prefix="ping-pong-") as folder:
        command = [server, "-a", str(url.hostname), "-p", str(url.port), "-js", "-sd", folder]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
            log = running.stderr
            assert log is not None, "it was asked for"
            said: list[str] = []
            if not any("Server is ready" in line for line in noted(log, said)):
                raise FailedError(f"nats-server did not start:\n{''.join(said).rstrip()}")
            # what it says later has to be read, or it would wait
            reading = threading.Thread(target=log.read)
            reading.start()
            try:
                yield
            finally:
                running.terminate()
                reading.join()


TRANSPORTS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "local": nothing,
    "unix": nothing,
    "tcp": nothing,
    "tls": certificates,
    "nats": nats_server,
}


def play(transport: str) -> str:
    """One game; its figures.

    Raises:
        FailedError: there were none in time, or the services did not end cleanly
    """
    topology = EXAMPLE / "config" / f"{transport}.toml"
    command = [sys.executable, "-m", "torq_gen", "-C", str(EXAMPLE), "run", "--all"]
    said: list[str] = []
    with subprocess.Popen(
        [*command, "--topology", str(topology)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as running:
        alarm = threading.Timer(SECONDS, running.kill)
        alarm.start()
        try:
            log = running.stderr
            assert log is not None, "it was asked for"
            found = (FIGURES.search(line) for line in noted(log, said))
            figures = next((one for one in found if one), None)
            running.send_signal(signal.SIGTERM)
            said.extend(log)
            code = running.wait()
        finally:
            alarm.cancel()
            running.kill()
    if figures is None or code != 0:
        what = "no figures" if figures is None else "no clean exit"
        shown = "".join(f"  | {line}" for line in said[-SHOWN_ON_FAILURE:])
        raise FailedError(f"{what} (exit code {code}, at most {SECONDS:g} s):\n{shown}")
    return f"{int(figures['count']):>6,} round trips: {figures['times']}"


def noted(log: IO[str], said: list[str]) -> Iterator[str]:
    """The log's lines, as they come; they are added to ``said``."""
    for line in log:
        said.append(line)
        yield line


def environment() -> dict[str, str]:
    """That of this process, with this tree's packages for the one that is started."""
    paths = [str(ROOT / "generator"), str(ROOT / "runtime")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def generate() -> None:
    """Generates the players' contracts.

    Raises:
        FailedError: the spec cannot be used
    """
    command = [sys.executable, "-m", "torq_gen", "-C", str(EXAMPLE), "generate"]
    ran = subprocess.run(command, env=environment(), capture_output=True, text=True)
    if ran.returncode:
        raise FailedError(f"torq-gen generate:\n{ran.stdout}{ran.stderr}")


def line_of(transport: str) -> tuple[str, bool]:
    """What to say of a transport, and whether all went well."""
    began = time.monotonic()
    try:
        with TRANSPORTS[transport]():
            figures = play(transport)
    except LackingError as lack:
        return f"skipped: this machine lacks {lack}", True
    except FailedError as failure:
        return f"failed: {failure}", False
    return f"{figures}; a clean exit after {time.monotonic() - began:.1f} s", True


def main(arguments: list[str] | None = None) -> int:
    """Plays; 0 when every game that could be played went well, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="manage.sh demo ping-pong", description=__doc__)
    parser.add_argument(
        "transports", metavar="TRANSPORT", nargs="*", help=f"{', '.join(TRANSPORTS)}; default: all"
    )
    asked = parser.parse_args(arguments).transports or list(TRANSPORTS)
    for name in asked:
        if name not in TRANSPORTS:
            known = ", ".join(TRANSPORTS)
            parser.error(f"expected a transport ({known}), found {name!r}")
    try:
        generate()
    except FailedError as failure:
        print(f"ping-pong: error: {failure}", file=sys.stderr)
        return 1
    well = True
    for name in asked:
        line, fine = line_of(name)
        well = well and fine
        print(f"{name:5}  {line}", flush=True)
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main())
