"""Appends every frame of market data and signals to a file for inspect and replay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mycelium.recording import RecordingWriter
from torq_contracts.messages import (
    ArbitrageSignal,
    BlockUpdate,
    BurnEvent,
    CollectEvent,
    FeedStatus,
    InstrumentMeta,
    MalformedLog,
    MintEvent,
    PoolMetadata,
    PoolStateUpdate,
    RoutedSignal,
    SignalWithdrawn,
    SwapEvent,
    V3PoolState,
)
from torq_contracts.services import RecorderBase


class SettingsError(ValueError):
    """A setting of recorder is missing, unknown or wrong."""

    def __init__(self, key: str, expected: str, found: object) -> None:
        super().__init__(f"services.recorder.{key}: expected {expected}, found {found!r}")


class Recorder(RecorderBase):
    """Writes each frame as it came, in the order in which it came.

    Retained values open a new recording, so that one which begins late can be read by itself. To
    a recording that has frames they would come a second time.
    """

    async def on_start(self) -> None:
        """Opens the file that the setting ``path`` names, and makes its folder if need be.

        Frames are added to what is there.

        Raises:
            SettingsError: a setting is missing or wrong
            NotARecordingError: the file holds something that is no frame
        """
        path = _path(self.settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = RecordingWriter(path)
        self._new = path.stat().st_size == 0

    async def on_stop(self) -> None:
        """Writes what waits and closes the file."""
        self._writer.close()

    def _append(self) -> None:
        if self._new or not self.envelope.retained:
            self._writer.append(self.envelope.to_frame())

    async def on_block_update(self, message: BlockUpdate) -> None:
        """Records the frame."""
        self._append()

    async def on_swap_event(self, message: SwapEvent) -> None:
        """Records the frame."""
        self._append()

    async def on_mint_event(self, message: MintEvent) -> None:
        """Records the frame."""
        self._append()

    async def on_burn_event(self, message: BurnEvent) -> None:
        """Records the frame."""
        self._append()

    async def on_collect_event(self, message: CollectEvent) -> None:
        """Records the frame."""
        self._append()

    async def on_feed_status(self, message: FeedStatus) -> None:
        """Records the frame."""
        self._append()

    async def on_malformed_log(self, message: MalformedLog) -> None:
        """Records the frame."""
        self._append()

    async def on_pool_state_update(self, message: PoolStateUpdate) -> None:
        """Records the frame."""
        self._append()

    async def on_v3_pool_state(self, message: V3PoolState) -> None:
        """Records the frame."""
        self._append()

    async def on_instrument_meta(self, message: InstrumentMeta) -> None:
        """Records the frame."""
        self._append()

    async def on_pool_metadata(self, message: PoolMetadata) -> None:
        """Records the frame."""
        self._append()

    async def on_arbitrage_signal(self, message: ArbitrageSignal) -> None:
        """Records the frame."""
        self._append()

    async def on_routed_signal(self, message: RoutedSignal) -> None:
        """Records the frame."""
        self._append()

    async def on_signal_withdrawn(self, message: SignalWithdrawn) -> None:
        """Records the frame."""
        self._append()


def _path(table: Mapping[str, object]) -> Path:
    for key in table:
        if key != "path":
            raise SettingsError(key, "path", table[key])
    value = table.get("path")
    if not isinstance(value, str) or not value:
        raise SettingsError("path", "a file's path", value)
    return Path(value)
