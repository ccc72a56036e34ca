"""nats-py: subjects of core NATS and of JetStream; its key-value buckets are stores."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.libraries._topics import (
    at,
    field,
    joined,
    placeholder,
    publishing,
    subscribing,
    texts,
    unproven_publish,
    unproven_subscribe,
)
from torq_gen.lint.facts.library import Call, Effect, Function, Library, Type
from torq_gen.lint.facts.model import Access, Fact, KeyAccess
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.values import Thing, Value

_NAME = "nats"
_SUBJECT = at(0, "subject")
_PUBLISH = Function(publishing(_NAME, _SUBJECT, at(1, "payload")))
_MESSAGE = "nats.Msg"
_SUBSCRIPTION = "nats.Subscription"

_CLIENT = Type(
    "nats.Client",
    "a NATS client",
    ("nats.NATS", "nats.aio.client.Client", "nats.aio.client.NATS", "nats.Client"),
    {
        "publish": _PUBLISH,
        "request": Function(_PUBLISH.effect, _MESSAGE),
        "subscribe": Function(
            subscribing(_NAME, _SUBJECT, at(2, "cb")), _SUBSCRIPTION, (2, "cb"), _MESSAGE
        ),
        "jetstream": Function(None, "nats.JetStream"),
        "jsm": Function(None, "nats.JetStream"),
    },
    enter="nats.Client",
)


def _bucket(call: Call) -> Value:
    name = at(0, "bucket").stated(call) or at(None, "bucket").of(call)
    return Thing("nats.Bucket", (("bucket", name.value if name else placeholder()),))


def _access(access: Access, *, keyed: bool = True) -> Effect:
    """An entry of a bucket is a key of a store of the kind ``nats``: ``bucket.key``."""

    def effect(call: Call) -> Iterator[Fact]:
        key = at(0, "key", "keys").of(call) if keyed else None
        name = field(call, "bucket") or placeholder()
        whole = joined((name, Text((".",)), key.value if key else placeholder()), call)
        span = key.span if key else call.span
        for text in texts(whole, call):
            yield KeyAccess(span, call.span, access, text, _NAME)

    return effect


_BOUND = unproven_subscribe(_NAME, "the consumer on the server says which subjects it gets")

_JETSTREAM = Type(
    "nats.JetStream",
    "a JetStream client",
    ("nats.js.JetStreamContext", "nats.js.client.JetStreamContext", "nats.js.JetStream"),
    {
        "publish": _PUBLISH,
        "publish_async": _PUBLISH,
        "subscribe": Function(
            subscribing(_NAME, _SUBJECT, at(2, "cb")), _SUBSCRIPTION, (2, "cb"), _MESSAGE
        ),
        "pull_subscribe": Function(subscribing(_NAME, _SUBJECT), _SUBSCRIPTION),
        "pull_subscribe_bind": Function(_BOUND, _SUBSCRIPTION),
        "subscribe_bind": Function(_BOUND, _SUBSCRIPTION, (3, "cb"), _MESSAGE),
        "key_value": Function(None, _bucket),
        "create_key_value": Function(None, _bucket),
    },
)

_READ, _WRITE = Function(_access(Access.READ)), Function(_access(Access.WRITE))
_READ_ALL = Function(_access(Access.READ, keyed=False))

_BUCKET = Type(
    "nats.Bucket",
    "a NATS key-value bucket",
    ("nats.js.kv.KeyValue",),
    {
        **dict.fromkeys(("put", "create", "update", "delete", "purge"), _WRITE),
        **dict.fromkeys(("get", "history", "watch"), _READ),
        **dict.fromkeys(("watchall", "keys"), _READ_ALL),
    },
)

LIBRARY = Library(
    _NAME,
    ("nats",),
    {
        "nats.connect": Function(None, "nats.Client"),
        **{
            path: Function(None, "nats.Client")
            for path in ("nats.NATS", "nats.aio.client.Client", "nats.aio.client.NATS")
        },
        "nats.js.JetStreamContext": Function(None, "nats.JetStream", keeps=True),
        "nats.js.client.JetStreamContext": Function(None, "nats.JetStream", keeps=True),
    },
    (
        _CLIENT,
        _JETSTREAM,
        _BUCKET,
        Type(
            _SUBSCRIPTION,
            annotations=("nats.aio.subscription.Subscription",),
            methods={"next_msg": Function(None, _MESSAGE), "fetch": Function(None, "nats.Batch")},
            attributes={"messages": "nats.Batch"},
        ),
        Type("nats.Batch", item=_MESSAGE),
        Type(
            _MESSAGE,
            "a NATS message, which can be answered",
            ("nats.aio.msg.Msg", "nats.aio.client.Msg"),
            {"respond": Function(unproven_publish(_NAME, "who asked says where the answer goes"))},
            dict.fromkeys(("data", "subject", "reply", "headers", "header", "metadata"), ""),
        ),
    ),
)
