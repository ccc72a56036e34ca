"""Exit codes of a command that a signal ended, as a shell reports them."""

from __future__ import annotations

SIGNALLED = 128
"""The signal's number is added."""
INTERRUPTED = SIGNALLED + 2  # SIGINT
PIPE_CLOSED = SIGNALLED + 13  # SIGPIPE
