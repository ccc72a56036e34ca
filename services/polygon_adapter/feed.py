"""What an adapter makes of one source: entries in, messages out. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from services.polygon_adapter.blocks import NO_HEADER, Header
from services.polygon_adapter.decode import decode
from services.polygon_adapter.events import (
    Event,
    V2Burn,
    V2Mint,
    V2Swap,
    V2Sync,
    V3Burn,
    V3Collect,
    V3Mint,
    V3Swap,
)
from services.polygon_adapter.logs import Log, MalformedLogError, read_log
from services.polygon_adapter.normalise import (
    EventMessage,
    StateMessage,
    event_messages,
    instrument_meta,
    pool_metadata,
    state_messages,
    time_of,
)
from services.polygon_adapter.pools import Pool
from services.polygon_adapter.source import Entry
from services.polygon_adapter.tracker import Tracker
from torq_contracts.messages import (
    BlockUpdate,
    EventCount,
    FeedState,
    FeedStatus,
    InstrumentMeta,
    LogEvent,
    MalformedLog,
    PoolMetadata,
)

FeedMessage: TypeAlias = (
    BlockUpdate | InstrumentMeta | PoolMetadata | StateMessage | EventMessage | MalformedLog
)
LOG_EVENTS: Final[Mapping[type[Event], LogEvent]] = {
    V2Swap: LogEvent.V2_SWAP,
    V2Sync: LogEvent.V2_SYNC,
    V2Mint: LogEvent.V2_MINT,
    V2Burn: LogEvent.V2_BURN,
    V3Swap: LogEvent.V3_SWAP,
    V3Mint: LogEvent.V3_MINT,
    V3Burn: LogEvent.V3_BURN,
    V3Collect: LogEvent.V3_COLLECT,
}


@dataclass(slots=True)
class Feed:
    """One source's state: where it stands, what was announced, what was counted.

    ``headers`` gives what is known of blocks; ``pools`` says which pools may be spoken of.
    """

    name: str
    chain_id: int
    pools: Mapping[bytes, Pool]
    headers: Mapping[int, Header]
    logs: int = 0
    unknown_topic: int = 0
    unknown_pool: int = 0
    malformed: int = 0
    decoded: Counter[LogEvent] = field(default_factory=Counter)
    _position: tuple[int, int] | None = None
    _announced: set[bytes] = field(default_factory=set)
    _tracker: Tracker = field(default_factory=Tracker)

    def take(self, entry: Entry) -> Iterator[FeedMessage]:
        """The messages that a log gives rise to, in the order in which they are to be sent."""
        self.logs += 1
        log: Log | None = None
        try:
            log = self._read(entry)
            event = decode(log)
            yield from self._block(log)
            yield from self._event(log, event)
        except MalformedLogError as error:
            self.malformed += 1
            yield self._report(entry, log, str(error))

    def status(self, state: FeedState) -> FeedStatus:
        """How far the source came and what it held."""
        return FeedStatus(
            feed=self.name,
            state=state,
            chain_id=self.chain_id,
            last_block=self._position[0] if self._position else None,
            logs=self.logs,
            decoded=tuple(
                EventCount(event=event, count=count)
                for event, count in sorted(self.decoded.items())
            ),
            unknown_topic=self.unknown_topic,
            unknown_pool=self.unknown_pool,
            malformed=self.malformed,
        )

    def _read(self, entry: Entry) -> Log:
        if entry.error is not None:
            raise MalformedLogError("line", "JSON", entry.error)
        log = read_log(entry.value)
        position = (log.block_number, log.log_index)
        if self._position is not None and position <= self._position:
            block, index = self._position
            raise MalformedLogError("order", f"a log after block {block}, log {index}", log.place)
        return log

    def _block(self, log: Log) -> Iterator[BlockUpdate]:
        begins = self._position is None or log.block_number > self._position[0]
        self._position = (log.block_number, log.log_index)
        if begins:
            header = self.headers.get(log.block_number, NO_HEADER)
            yield BlockUpdate(
                chain_id=self.chain_id,
                number=log.block_number,
                time=time_of(log),
                base_fee=header.base_fee,
                gas_used=header.gas_used,
                gas_limit=header.gas_limit,
            )

    def _event(self, log: Log, event: Event | None) -> Iterator[FeedMessage]:
        if event is None:
            self.unknown_topic += 1
            return
        pool = self.pools.get(log.address)
        if pool is None:
            self.unknown_pool += 1
        else:
            state = self._tracker.apply(pool.address, event)
            yield from self._introduce(pool)
            yield from state_messages(pool, log, event, state)
            yield from event_messages(pool, log, event)
        self.decoded[LOG_EVENTS[type(event)]] += 1

    def _introduce(self, pool: Pool) -> Iterator[InstrumentMeta | PoolMetadata]:
        """Tokens and pool, once, before anything that mentions them."""
        if pool.address in self._announced:
            return
        for token in (pool.token0, pool.token1):
            if token.address not in self._announced:
                self._announced.add(token.address)
                yield instrument_meta(token, self.chain_id)
        self._announced.add(pool.address)
        yield pool_metadata(pool)

    def _report(self, entry: Entry, log: Log | None, reason: str) -> MalformedLog:
        return MalformedLog(
            feed=self.name,
            place=entry.place,
            block_number=log.block_number if log else None,
            log_index=log.log_index if log else None,
            reason=reason,
        )
