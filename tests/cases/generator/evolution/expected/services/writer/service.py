"""The service writer."""

from __future__ import annotations

from evolution_contracts.services import WriterBase


class Writer(WriterBase):
    """Write the service's logic here; this file is yours and never generated again."""
