"""The file that says how a process is, for whoever looks after it."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from torq_gen.cli._shared.failures import CommandError

STATUS_SECONDS: Final = 1.0
"""How often it is written."""
_LOG: Final = logging.getLogger("torq_gen.run")


class StatusFile:
    """Keeps a JSON file with a state, the process id and the time; without a path it does nothing.

    A process that is killed leaves its last status; its id and the time tell that it is old.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @classmethod
    def opened(cls, path: Path | None) -> StatusFile:
        """Writes the first status before anything starts: what cannot be written is noticed here.

        Raises:
            CommandError: it cannot be written.
        """
        file = cls(path)
        try:
            file._write("starting", {"services": {}})
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise CommandError(
                f"--status {path}: expected a file that can be written, found: {reason}"
            ) from None
        return file

    def keep(self, state: str, **facts: Any) -> None:
        """Writes how things are; a failure is no reason to stop services that run."""
        try:
            self._write(state, facts)
        except OSError as error:
            _LOG.warning("the status cannot be written: %s", error)

    def _write(self, state: str, facts: dict[str, Any]) -> None:
        """Whole or not at all: somebody may be reading."""
        if self._path is None:
            return
        now = datetime.now(UTC).isoformat(timespec="seconds")
        content = {"state": state, "pid": os.getpid(), "time": now, **facts}
        temporary = self._path.with_name(f"{self._path.name}.tmp")
        temporary.write_text(json.dumps(content) + "\n", encoding="utf-8")
        temporary.replace(self._path)
