"""The demo plays over each transport, and says what it could not do and why."""

from __future__ import annotations

import importlib.util
import re
import shutil
import socket
from pathlib import Path

import pytest

from scripts import ping_pong
from torq_gen.cli import main

EXAMPLE = ping_pong.EXAMPLE
LINE = re.compile(
    r"(\w+) +50 round trips: p50 \d+ us, p99 \d+ us, slowest \d+ us; "
    r"a clean exit after \d+\.\d s\n"
)


def free_port() -> int:
    """Two free ports in a row: a process each."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                other.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example with ports of its own and few rounds; the demo plays it."""
    copy = tmp_path / "example"
    left_out = shutil.ignore_patterns("generated", ".torq*", "__pycache__")
    shutil.copytree(EXAMPLE, copy, ignore=left_out)
    for file in (copy / "config").iterdir():
        text = re.sub(r"rounds = .*", "rounds = 50", file.read_text("utf-8"))
        port = free_port()
        file.write_text(re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}", text), "utf-8")
    monkeypatch.setattr(ping_pong, "EXAMPLE", copy)
    return copy


def without(tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = shutil.which

    def which(name: str) -> str | None:
        return None if name == tool else found(name)

    monkeypatch.setattr(shutil, "which", which)


@pytest.mark.parametrize("transport", list(ping_pong.TRANSPORTS))
def test_a_game_has_its_figures_and_a_clean_exit(
    example: Path, transport: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if transport == "tls" and shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    nats = shutil.which("nats-server") is not None and importlib.util.find_spec("nats")
    if transport == "nats" and not nats:
        pytest.skip("needs nats-server and nats-py")
    code = ping_pong.main([transport])
    shown = capsys.readouterr().out
    found = LINE.fullmatch(shown)
    assert found, shown
    assert (code, found[1]) == (0, transport)


@pytest.mark.parametrize(("transport", "tool"), [("tls", "openssl"), ("nats", "nats-server")])
def test_what_this_machine_lacks_is_named_and_no_failure(
    example: Path,
    transport: str,
    tool: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    without(tool, monkeypatch)
    assert ping_pong.main([transport]) == 0
    assert capsys.readouterr().out.startswith(f"{transport:5}  skipped: this machine lacks {tool}")


def test_a_game_that_goes_wrong_is_a_failure_with_what_was_said(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service = example / "services/pong/service.py"
    text = service.read_text("utf-8")
    crash = "restart: {strategy: systemd}\n"
    spec = (example / "system.yaml").read_text("utf-8")
    (example / "system.yaml").write_text(f"{spec.rstrip()}\n    {crash}", "utf-8")
    service.write_text(text.replace("await self.publish", "raise OSError  #"), "utf-8")
    assert ping_pong.main(["local"]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("local  failed: no figures (exit code 75, at most 20 s):\n  | ")
    assert "pong failed on Serve" in shown


def test_a_spec_that_cannot_be_used_ends_the_demo(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (example / "system.yaml").write_text("services: {}\nsystems: {}\n", "utf-8")
    assert ping_pong.main([]) == 1
    assert capsys.readouterr().err.startswith("ping-pong: error: torq-gen generate:\n")


def test_an_unknown_transport_is_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        ping_pong.main(["udp"])
    expected = "expected a transport (local, unix, tcp, tls, nats), found 'udp'"
    assert expected in capsys.readouterr().err


def test_spec_and_services_of_the_example_agree(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ping_pong.generate()
    assert main(["-C", str(example), "check", "--strict"]) == 0, capsys.readouterr().out
