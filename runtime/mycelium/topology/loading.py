"""Topologies from disk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from mycelium.errors import TopologyError
from mycelium.topology.faults import Fault, FaultKind
from mycelium.topology.model import Topology
from mycelium.topology.reader import parse
from mycelium.topology.roster import Roster

MAX_SOCKET_PATH: Final = 107 if sys.platform == "linux" else 103
"""In bytes; what the system's address of a Unix socket holds."""


def load(path: Path, roster: Roster) -> Topology:
    """The topology of a file.

    Raises:
        TopologyError: the file cannot be read or used; each fault is a line
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise TopologyError(f"{path}: expected a topology file, found none") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise TopologyError(f"{path}: expected a topology file, found: {reason}") from None
    except UnicodeDecodeError as error:
        raise TopologyError(f"{path}: expected a TOML file, found: {error}") from None
    reading = parse(text, path.absolute().parent, roster)
    faults = [fault for fault in reading.faults if fault.kind.prevents]
    if reading.topology is not None:
        faults += _too_long(reading.topology)
    if reading.topology is None or faults:
        raise TopologyError("\n".join(fault.text(str(path)) for fault in faults))
    return reading.topology


def _too_long(topology: Topology) -> list[Fault]:
    """Socket paths that the system cannot hold; that depends on where the file lies."""
    return [
        Fault(
            FaultKind.UNUSABLE,
            ("processes", plan.name, "unix"),
            f"a path of at most {MAX_SOCKET_PATH} bytes",
            str(plan.unix),
            None,
            "deployment.sockets names another folder",
        )
        for plan in topology.processes
        if plan.unix is not None and len(str(plan.unix).encode()) > MAX_SOCKET_PATH
    ]
