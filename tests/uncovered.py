"""The environment of a child process that coverage does not slow down."""

from __future__ import annotations

import os


def uncovered(**variables: str) -> dict[str, str]:
    """This process's environment and ``variables``, without what makes coverage measure a child."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    return kept | variables
