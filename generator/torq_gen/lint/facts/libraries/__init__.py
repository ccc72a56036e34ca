"""The libraries that the analysis knows: one file each, imported when code imports the library."""

from __future__ import annotations

from collections.abc import Mapping

FILES: Mapping[str, tuple[str, ...]] = {}
"""Which files answer for a top-level module."""
