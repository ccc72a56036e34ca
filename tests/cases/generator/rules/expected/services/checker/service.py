"""The service checker."""

from __future__ import annotations

from rules_contracts.services import CheckerBase


class Checker(CheckerBase):
    """Write the service's logic here; this file is yours and never generated again."""
