"""What systemd and a parent are told."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from torq_gen.cli._shared.notifying import notify


def test_lines_go_to_the_socket_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify("READY=1", "STATUS=running")
        assert heard.recv(100) == b"READY=1\nSTATUS=running"


@pytest.mark.skipif(not hasattr(socket, "SO_PASSCRED"), reason="Linux alone has such names")
def test_an_abstract_name_begins_with_an_at_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind("")
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + heard.getsockname()[1:].decode())
        notify("READY=1")
        assert heard.recv(100) == b"READY=1"


def test_nobody_who_listens_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", "/nonexistent/notify")
    notify("READY=1")
