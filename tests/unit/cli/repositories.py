"""A project in a git repository, and what `breaking` finds in it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project

SCHEMA = "schemas/market.yaml"
NARROWED = "TQ709 field-retyped: Quote.venue was u16 (2 bytes), is u8 (1 byte) [WIRE]"


def without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """git as it is without anybody's settings."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "a")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "a@example.com")
        monkeypatch.setenv(f"GIT_{role}_DATE", "2024-01-01T00:00:00Z")


def git(project: Project, *arguments: str) -> str:
    """Run git in the project; what it prints."""
    done = subprocess.run(
        ["git", *arguments], cwd=project.root, capture_output=True, check=True, text=True
    )
    return done.stdout


def commit(project: Project, *tags: str) -> None:
    """Commit everything, and tag the commit."""
    git(project, "add", "-A")
    git(project, "commit", "-q", "--allow-empty", "-m", "a change")
    for tag in tags:
        git(project, "tag", tag)


def released(project: Project) -> None:
    """Make it a repository whose version 1.0 is tagged."""
    git(project, "init", "-q", "-b", "main")
    project.write(".gitignore", ".torq_cache/\n")
    commit(project, "v1.0")


def narrow(project: Project) -> None:
    """Change a field so that everybody misreads it."""
    project.edit(SCHEMA, "venue: u16", "venue: u8")


def found(project: Project, *arguments: str) -> list[dict[str, Any]]:
    """The findings of `breaking`."""
    ran = project.run("breaking", *arguments, "--format", "json")
    assert ran.code in (0, 1), ran.err
    diagnostics: list[dict[str, Any]] = json.loads(ran.out)["diagnostics"]
    return diagnostics
