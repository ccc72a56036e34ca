"""The service source."""

from __future__ import annotations

from every_contracts.services import SourceBase


class Source(SourceBase):
    """Write the service's logic here; this file is yours and never generated again."""
