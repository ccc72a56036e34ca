"""An expired certificate keeps one process out, others go on, and what it lacks is counted."""

from __future__ import annotations

import contextlib
import socket
import ssl
from pathlib import Path

import pytest

from mycelium.topology import Tls
from tests.faults.conftest import MakeLab
from tests.faults.lab import Lab, until
from tests.faults.lab_source import SERVICES
from tests.transports.certificates import Authority

pytestmark = pytest.mark.slow


def topology(system: Lab, process: str, tls: Tls) -> Path:
    files = f'ca = "{tls.ca}"\ncertificate = "{tls.certificate}"\nkey = "{tls.key}"'
    return system.topology(process, tables=f"[tls]\n{files}")


def turned_away(port: int, context: ssl.SSLContext | None) -> bool:
    """Whether a stranger is hung up on without having heard a byte of a frame."""
    heard = b""
    with (
        contextlib.suppress(ssl.SSLError, ConnectionError),
        socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
        context.wrap_socket(plain) if context is not None else plain as stranger,
    ):
        stranger.sendall(b"x" * 100)
        while piece := stranger.recv(4096):
            heard += piece
    return b"\xef\xbe\xad\xde" not in heard


def test_an_expired_certificate_keeps_out_who_has_it(lab: MakeLab, port: int) -> None:
    system = lab(
        f'transport = "tcp"\ntcp = "127.0.0.1:{port}"\nretry_secs = 0.2', feeder={"rate": 1000}
    )
    authority = Authority(system.folder)
    files = {name: topology(system, name, authority.issue(name, [name])) for name in SERVICES}
    expired = topology(system, "expired", authority.issue("expired", ["relay"], expired=True))
    with contextlib.ExitStack() as stack:
        others = {
            name: stack.enter_context(system.running(process=name, topology=files[name]))
            for name in SERVICES
            if name != "relay"
        }
        with system.running(process="relay", topology=files["relay"]) as relay:
            until(lambda: system.size("taker") > 100, "the first messages at the end of the way")
            assert relay.stop() == 0, relay.said
        with system.running(process="relay", topology=expired) as relay:
            until(lambda: "certificate has expired" in others["feeder"].said, "a reason")
            anonymous = ssl.create_default_context(cafile=str(authority.ca))
            anonymous.check_hostname = False
            assert turned_away(port, anonymous)
            assert turned_away(port, None)
            at = system.size("sampler")
            until(lambda: system.size("sampler") > at + 300, "the sampler goes on")
            assert system.size("relay") == system.size("taker"), "nothing for the expired one"
        with system.running(process="relay", topology=files["relay"]) as relay:
            at = system.size("taker")
            until(lambda: system.size("taker") > at + 100, "the relay is back")
            last = system.last_fed()
            until(lambda: system.last("taker") == last, "the last message at the taker")
            counts = system.counts("feeder")
            sent, dropped = counts.of("published", "feeder"), counts.of("dropped", "relay")
            handled = [len(life) for life in system.lives("relay")]
            print(f"sent {sent}, handled {handled}, dropped {dropped} while away")
            assert sum(handled) + dropped == sent == system.size("sampler")
            assert dropped > 0
            assert system.size("taker") == sum(handled)
            assert others["feeder"].stop() == 0, others["feeder"].said
            assert relay.stop() == 0, relay.said
