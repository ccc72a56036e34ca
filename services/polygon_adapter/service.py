"""Turns the pool logs of Polygon and other EVM chains into normalised messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.polygon_adapter.blocks import read_headers
from services.polygon_adapter.feed import Feed
from services.polygon_adapter.pools import read_pools
from services.polygon_adapter.settings import Settings
from services.polygon_adapter.source import LogSource, RecordedLogs, RecordingError
from torq_contracts.messages import FeedState
from torq_contracts.services import PolygonAdapterBase

STATUS_EVERY: Final = 500


class PolygonAdapter(PolygonAdapterBase):
    """Reads a source of logs to its end and publishes what it says.

    ``source`` stands in for the recording that the settings name.
    """

    def __init__(
        self, settings: Mapping[str, Any] | None = None, *, source: LogSource | None = None
    ) -> None:
        super().__init__(settings)
        self._source = source

    async def on_start(self) -> None:
        """Reads pools and headers, then starts to read logs.

        Raises:
            SettingsError: a setting is missing or wrong
            PoolsFileError, RecordingError: a file cannot be used
        """
        settings = Settings.read(self.settings)
        source = self._source or RecordedLogs(settings.logs)
        feed = Feed(
            name=source.name,
            chain_id=settings.chain_id,
            pools=read_pools(settings.pools, settings.chain_id),
            headers=read_headers(settings.blocks) if settings.blocks else {},
        )
        self.spawn(self._read(source, feed), name="read logs")

    async def _read(self, source: LogSource, feed: Feed) -> None:
        await self.publish(feed.status(FeedState.STARTING))
        try:
            async for entry in source.entries():
                for message in feed.take(entry):
                    await self.publish(message)
                if feed.logs % STATUS_EVERY == 0:
                    await self.publish(feed.status(FeedState.LIVE))
        except RecordingError:
            await self.publish(feed.status(FeedState.FAILED))
            raise
        await self.publish(feed.status(FeedState.FINISHED))
