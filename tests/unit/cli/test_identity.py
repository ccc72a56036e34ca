"""A process becomes the user that its topology says, or does not start."""

from __future__ import annotations

import os
import pwd

import pytest

from torq_gen.cli._shared.failures import CommandError
from torq_gen.cli._shared.identity import become


def test_who_already_is_that_user_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "setuid", None)  # to call it would fail
    become(None, "adapters")
    become(os.geteuid(), "adapters")


def test_who_is_somebody_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(CommandError, match="adapters: expected to run as the user 1001, found 10"):
        become(1001, "adapters")


def test_root_becomes_the_user_with_its_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[tuple[str, tuple[object, ...]]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for name in ("initgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, name, lambda *args, name=name: steps.append((name, args)))
    user = next(user for user in pwd.getpwall() if user.pw_uid != 0)
    become(user.pw_uid, "adapters")
    assert steps == [
        ("initgroups", (user.pw_name, user.pw_gid)),
        ("setgid", (user.pw_gid,)),
        ("setuid", (user.pw_uid,)),
    ]


def test_a_user_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(CommandError, match="expected a user with the number 4000000001, found no"):
        become(4_000_000_001, "adapters")
