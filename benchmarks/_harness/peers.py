"""Which peers are installed, and how to get the others."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

REQUIREMENTS = Path(__file__).parents[1] / "requirements.txt"


def version_of(distribution: str) -> str | None:
    """The installed version, or None."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def has_project() -> bool:
    """Whether torq_gen and mycelium can be imported."""
    return all(find_spec(name) is not None for name in ("torq_gen", "mycelium"))


def missing(distribution: str) -> str:
    """The line that says that a peer is left out, and how to get it."""
    return f"{distribution} is not installed and left out: {install_command()}"


def install_command() -> str:
    """What installs every peer."""
    return f"python -m pip install -r {REQUIREMENTS.parent.name}/{REQUIREMENTS.name}"
