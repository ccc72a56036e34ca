"""What a JetStream server has to have: one stream, and a durable consumer for each service."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from nats.aio.client import Client
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from mycelium.manifest import ServiceSpec
from mycelium.protocol.message import Message
from mycelium.topology import Nats
from mycelium.transports.errors import TransportError
from mycelium.transports.nats.limits import NatsLimits
from mycelium.transports.nats.roster import Roster
from mycelium.transports.nats.subjects import Subjects, token

_MANY_FILTERS = (2, 10)


async def ensure(
    client: Client, nats: Nats, roster: Roster, subjects: Subjects, limits: NatsLimits
) -> None:
    """Makes the stream and the consumers, or checks those that are there.

    A message stays in the stream until every service that has to get it has acknowledged it; when
    the stream is full, what is published is not accepted.

    Raises:
        TransportError: there is another stream of this name
        Error: the server does not answer, or does not allow it
    """
    kept = sorted({subjects.message(m, p.name) for row in roster.kept.values() for p, m in row})
    if not kept:
        return
    manager = client.jsm()
    wanted = StreamConfig(
        name=nats.stream,
        subjects=kept,
        retention=RetentionPolicy.INTEREST,
        discard=DiscardPolicy.NEW,
        storage=StorageType.FILE,
        max_bytes=limits.stream_bytes,
        duplicate_window=nats.duplicate_window_secs,
    )
    try:
        found = (await manager.stream_info(nats.stream)).config
    except NotFoundError:
        await manager.add_stream(wanted)
    else:
        _check(found)
        there = set(found.subjects or ())
        if not there.issuperset(kept):
            await manager.update_stream(replace(found, subjects=sorted(there.union(kept))))
    version = client.connected_server_version
    many = (version.major, version.minor) >= _MANY_FILTERS

    async def one(service: str, row: tuple[tuple[ServiceSpec, type[Message]], ...]) -> None:
        filters = sorted(subjects.message(message, publisher.name) for publisher, message in row)
        consumer = _consumer(service, filters, subjects, limits, many=many)
        try:
            info = await manager.consumer_info(nats.stream, token(service))
        except NotFoundError:
            await manager.add_consumer(nats.stream, consumer)
        else:
            if info.config is None or _differs(info.config, consumer):
                await manager.add_consumer(nats.stream, consumer)

    # side by side: in a large system and far away, one after the other would take minutes
    await asyncio.gather(*(one(service, row) for service, row in roster.kept.items()))


def _check(found: StreamConfig) -> None:
    for what, is_so, should in (
        ("retention", found.retention, RetentionPolicy.INTEREST),
        ("discard", found.discard, DiscardPolicy.NEW),
    ):
        if is_so != should:
            raise TransportError(
                f"stream {found.name}: expected {what} {should.value}, found {is_so}; "
                "name another one as nats.stream, or delete it"
            )


def _consumer(
    service: str, filters: list[str], subjects: Subjects, limits: NatsLimits, *, many: bool
) -> ConsumerConfig:
    """A server that takes one filter only gives all, and the service's process passes over it."""
    consumer = ConsumerConfig(
        durable_name=token(service),
        deliver_policy=DeliverPolicy.ALL,
        deliver_subject=subjects.give(service),
        deliver_group=token(service),
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=limits.ack_secs,
        max_ack_pending=1,
        max_deliver=-1,
    )
    if len(filters) == 1:
        return replace(consumer, filter_subject=filters[0])
    return replace(consumer, filter_subjects=filters) if many else consumer


def _differs(found: ConsumerConfig, wanted: ConsumerConfig) -> bool:
    return (
        found.ack_wait != wanted.ack_wait
        or (found.filter_subject or None) != wanted.filter_subject
        or _set(found.filter_subjects) != _set(wanted.filter_subjects)
    )


def _set(filters: Iterable[str] | None) -> set[str]:
    return set(filters or ())
