"""Why something cannot be added."""

from __future__ import annotations


class AddError(Exception):
    """What was asked for cannot be added; ``help`` says what to do."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help
