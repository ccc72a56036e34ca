"""Redis as a broker: publish and subscribe, and streams.

`METHODS` belong to every client and pipeline of redis-py; `TYPES` are what they give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from torq_gen.lint.facts.libraries._topics import (
    at,
    every,
    publishing,
    quiet,
    subscribes,
    subscribing,
)
from torq_gen.lint.facts.library import Argument, Call, Function, Type
from torq_gen.lint.facts.model import Fact
from torq_gen.lint.facts.text import Text

_NAME = "redis"
_FIRST = at(0, "name")


def _subscribe(call: Call) -> Iterator[Fact]:
    """Channels are arguments, or the names of keyword arguments, which are their handlers."""
    for channel in every(call, 0):
        yield from subscribes(call, channel, _NAME)
    for name, handler in call.keywords.items():
        if name != "target_node":
            yield from subscribes(call, Argument(Text((name,)), handler.span), _NAME)
    if call.more is not None:
        yield from subscribes(call, Argument(call.more.value, call.more.span), _NAME)


PUBSUB = Type(
    "redis.PubSub",
    "a Redis subscription",
    (
        "redis.client.PubSub",
        "redis.asyncio.client.PubSub",
        "redis.cluster.ClusterPubSub",
        "redis.asyncio.cluster.ClusterPubSub",
    ),
    dict.fromkeys(("subscribe", "psubscribe", "ssubscribe"), Function(_subscribe)),
    enter="redis.PubSub",
)

_READ = Function(subscribing(_NAME, _FIRST))

METHODS: Mapping[str, Function] = {
    "publish": Function(publishing(_NAME, at(0, "channel"), at(1, "message"))),
    "spublish": Function(publishing(_NAME, at(0, "shard_channel"), at(1, "message"))),
    "pubsub": Function(None, PUBSUB.name),
    "xadd": Function(publishing(_NAME, _FIRST)),
    "xread": Function(subscribing(_NAME, at(0, "streams"))),
    "xreadgroup": Function(subscribing(_NAME, at(2, "streams"))),
    **dict.fromkeys(("xautoclaim", "xclaim", "xrange", "xrevrange"), _READ),
    **quiet(
        "pubsub_channels",
        "pubsub_numpat",
        "pubsub_numsub",
        "pubsub_shardchannels",
        "pubsub_shardnumsub",
        "xack",
        "xackdel",
        "xcfgset",
        "xdel",
        "xdelex",
        "xgroup_create",
        "xgroup_createconsumer",
        "xgroup_delconsumer",
        "xgroup_destroy",
        "xgroup_setid",
        "xinfo_consumers",
        "xinfo_groups",
        "xinfo_stream",
        "xlen",
        "xnack",
        "xpending",
        "xpending_range",
        "xtrim",
    ),
}
"""What a client can do with channels and streams; administration of streams does no more."""

TYPES: tuple[Type, ...] = (PUBSUB,)
