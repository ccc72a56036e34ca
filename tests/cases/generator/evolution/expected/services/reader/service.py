"""The service reader."""

from __future__ import annotations

from evolution_contracts.messages import Steady, Stream
from evolution_contracts.services import ReaderBase


class Reader(ReaderBase):
    """Write the service's logic here; this file is yours and never generated again."""

    async def on_steady(self, message: Steady, /) -> None:
        raise NotImplementedError

    async def on_stream(self, message: Stream, /) -> None:
        raise NotImplementedError
