"""What tests of generated code share between each other and between runs."""

from __future__ import annotations

import tempfile
from pathlib import Path

MYPY_CACHE = Path(tempfile.gettempdir()) / "torq-gen-mypy-cache"
"""One for all that mypy reads: most of its time goes into the libraries."""
