"""redis-py, synchronous and asynchronous: clients, pipelines, locks and scripts.

Channels and streams are `_redis_messaging`'s. A method that is not listed may touch any key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from torq_gen.lint.facts.libraries import _redis_messaging as messaging
from torq_gen.lint.facts.libraries._redis_commands import HARMLESS, KEYS, alike, method_of
from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.model import Access, Fact, KeyAccess, Unproven
from torq_gen.lint.facts.stores.keys import KeyArgument, Shape, globbed
from torq_gen.lint.facts.stores.kinds import REDIS_CLIENT
from torq_gen.lint.facts.stores.reasons import OTHER_DATABASE, SCRIPT
from torq_gen.lint.facts.stores.values import data, texts
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import DATA, Items, Literal, Tuple, Unknown, Value

_CLIENT = "redis.Client"
_PIPELINE = "redis.Pipeline"
_POOL = "redis.ConnectionPool"
_CONNECTION = "redis.Connection"
_QUEUED = "redis.QueuedCommand"
_READ, _WRITE = (Access.READ,), (Access.WRITE,)
_NAME_WRITTEN = KeyArgument(_WRITE, 0, ("name",))
_MODULES = ("json", "bf", "cf", "cms", "topk", "tdigest", "ts")
_READS_OF_MODULES = (
    "arrindex arrlen byrank byrevrank card cdf count exists get info initialized list max "
    "maxmemory mexists mget min objkeys objlen quantile query range rank resp revrange revrank "
    "strlen trimmed_mean type"
)


def _unproven(call: Call, reason: str, *accesses: Access) -> Iterator[Fact]:
    for access in accesses or tuple(Access):
        yield KeyAccess(call.span, call.span, access, Unproven(reason))


def _method(call: Call) -> str:
    return call.path.rpartition(".")[2]


def _keys(*arguments: KeyArgument) -> Function:
    def effect(call: Call) -> Iterator[Fact]:
        for argument in arguments:
            yield from argument.facts(call)

    return Function(effect)


def _scripted(call: Call) -> Iterator[Fact]:
    yield from _unproven(call, SCRIPT)


def _everything(call: Call) -> Iterator[Fact]:
    yield from _unproven(call, f"`{_method(call)}` touches every key", Access.WRITE)


def _elsewhere(call: Call) -> Iterator[Fact]:
    yield from _unproven(call, OTHER_DATABASE)


def _unlisted(call: Call) -> Iterator[Fact]:
    yield from _unproven(call, f"it is not known which keys `{_method(call)}` touches")


def _raw(call: Call) -> Iterator[Fact]:
    """``execute_command("GET", key)`` does what ``get(key)`` does."""
    words = call.positional[0] if call.positional else None
    for word in texts(words):
        name = method_of(word.exact or "") if isinstance(word, Text) else ""
        given = replace(call, positional=call.positional[1:], path=f"{call.path}.{name}")
        method = _COMMANDS.get(name)
        if name in HARMLESS or name in _QUIET:
            continue
        if method is not None and method.effect is not None and (alike(name) or name in _RAW):
            yield from method.effect(given)
        else:
            shown = f"`{name.upper()}`" if name else "a command that is not constant"
            yield from _unproven(call, f"it is not known which keys {shown} touches")


def _packed(call: Call) -> Iterator[Fact]:
    yield from _unproven(call, "it sends commands that were packed before")


def _module(call: Call) -> Iterator[Fact]:
    reads = _method(call).lower() in _READS_OF_MODULES.split()
    shape = Shape.MANY if _method(call) == "mget" else Shape.ONE
    names = ("name", "key", "keys", "source")
    yield from KeyArgument(_READ if reads else _WRITE, 0, names, shape).facts(call)


def _set(call: Call) -> Iterator[Fact]:
    """``set(…, get=True)`` gives the value that stood there."""
    yield from _NAME_WRITTEN.facts(call)
    given = call.argument(7, "get")
    if given is not None and given.value != Literal(False):
        yield from KeyArgument(_READ, 0, ("name",)).facts(call)


def _watched(call: Call) -> Iterator[Fact]:
    """``transaction(function, *keys)`` watches the keys."""
    yield from KeyArgument(_READ, 1, (), Shape.REST, optional=True).facts(call)


def _found(position: int) -> Callable[[Call], Value]:
    """The keys that a search gives: those that its pattern takes."""

    def returns(call: Call) -> Value:
        pattern = call.argument(position, "pattern", "match")
        keys = [globbed(value) for value in alternatives(pattern.value)] if pattern else []
        told = [Unknown(key.reason) if isinstance(key, Unproven) else key for key in keys]
        return Items(join(told) if told else Unknown("it is any key of the store"))

    return returns


def _item(access: Access) -> Function:
    """``client[key]`` and its like."""
    return _keys(KeyArgument((access,), 0, ()))


_COMMANDS: Mapping[str, Function] = {
    **{name: _keys(*arguments) for name, arguments in KEYS.items()},
    "set": Function(_set),
    "execute_command": Function(_raw),
    **dict.fromkeys(("flushall", "flushdb", "swapdb"), Function(_everything)),
    "select": Function(_elsewhere),
    **dict.fromkeys(
        ("eval", "eval_ro", "evalsha", "evalsha_ro", "fcall", "fcall_ro"), Function(_scripted)
    ),
    **messaging.METHODS,
}
_RAW = ("set", "eval", "eval_ro", "evalsha", "evalsha_ro", "fcall", "fcall_ro", "flushall",
        "flushdb", "publish", "select", "spublish", "xadd")  # fmt: skip
_QUIET = tuple(name for name, function in messaging.METHODS.items() if function.effect is None)
_COMMON: Mapping[str, Function] = {
    **dict.fromkeys(HARMLESS, Function()),
    **dict.fromkeys(_MODULES, Function(None, "redis.Module")),
    "register_script": Function(None, "redis.Script"),
    "pipeline": Function(None, _PIPELINE),
    "lock": Function(_NAME_WRITTEN.facts),
}
_CLIENT_METHODS: Mapping[str, Function] = {
    **_COMMON,
    **_COMMANDS,
    "keys": replace(_COMMANDS["keys"], returns=_found(0)),
    "scan_iter": replace(_COMMANDS["scan_iter"], returns=_found(0)),
    "scan": replace(_COMMANDS["scan"], returns=lambda call: Tuple((DATA, _found(1)(call)))),
    "client": Function(None, _CLIENT),
    "get_redis_connection": Function(None, _CLIENT),
    "transaction": Function(_watched, handler=(0, "func"), handed=_PIPELINE),
    "__getitem__": _item(Access.READ),
    "__contains__": _item(Access.READ),
    "__setitem__": _item(Access.WRITE),
    "__delitem__": _item(Access.WRITE),
}
_PIPELINE_METHODS: Mapping[str, Function] = {
    **_COMMON,
    **{
        name: replace(function, returns=function.returns or _QUEUED)
        for name, function in _COMMANDS.items()
    },
    "immediate_execute_command": Function(_raw),
    "pipeline_execute_command": Function(_raw, _QUEUED),
}

_SYNC = ("redis", "redis.client", "redis.cluster", "redis.connection", "redis.sentinel")
_ASYNC = (
    "redis.asyncio",
    "redis.asyncio.client",
    "redis.asyncio.cluster",
    "redis.asyncio.connection",
    "redis.asyncio.sentinel",
)
_PLACES = (*_SYNC, *_ASYNC, "aioredis", "aioredis.client")


def _paths(*names: str) -> tuple[str, ...]:
    return tuple(f"{place}.{name}" for place in _PLACES for name in names)


_CLASSES = _paths("Redis", "StrictRedis", "RedisCluster")
_MAKERS = (
    *_CLASSES,
    *(f"{cls}.{maker}" for cls in _CLASSES for maker in ("from_url", "from_pool")),
    *_paths("from_url"),
    "redis.utils.from_url",
    "redis.asyncio.utils.from_url",
    "aioredis.create_redis_pool",
)
_SENTINEL = Type(
    "redis.Sentinel",
    REDIS_CLIENT,
    _paths("Sentinel"),
    {
        "master_for": Function(None, _CLIENT),
        "slave_for": Function(None, _CLIENT),
        "execute_command": Function(_unlisted),
    },
)
_POOLS = _paths(
    "ConnectionPool", "BlockingConnectionPool", "SentinelConnectionPool", "ConnectionsIndexer"
)
_CONNECTIONS = _paths(
    "Connection", "SSLConnection", "UnixDomainSocketConnection", "SentinelManagedConnection",
    "AbstractConnection",
)  # fmt: skip
_QUIET_POOL = (
    "aclose can_get_connection close disconnect get_encoder get_protocol owns_connection "
    "re_auth_callback release reset set_retry update_connection_weakrefs"
)
_POOL_TYPE = Type(
    _POOL,
    REDIS_CLIENT,
    _POOLS,
    {
        **dict.fromkeys(_QUIET_POOL.split(), Function(keeps=True)),
        **dict.fromkeys(("get_connection", "make_connection"), Function(None, _CONNECTION)),
    },
    dict.fromkeys(("connection_class", "connection_kwargs", "max_connections"), ""),
    other=Function(_unlisted),
)
_QUIET_CONNECTION = (
    "can_read can_read_destructive check_health clear_connect_callbacks connect disconnect "
    "get_protocol get_resolved_ip is_connected on_connect read_response repr_pieces "
    "register_connect_callback deregister_connect_callback"
)
_CONNECTION_TYPE = Type(
    _CONNECTION,
    REDIS_CLIENT,
    _CONNECTIONS,
    {
        **dict.fromkeys(_QUIET_CONNECTION.split(), Function()),
        "send_command": Function(_raw),
        "send_packed_command": Function(_packed),
        "pack_command": Function(_raw),
        "pack_commands": Function(_packed),
    },
    dict.fromkeys(("client_name", "db", "host", "is_connected", "path", "pid", "port"), ""),
    other=Function(_unlisted),
)
_LOCKS = ("redis.lock.Lock", "redis.asyncio.lock.Lock")

LIBRARY = Library(
    "redis",
    ("redis", "aioredis"),
    {
        **dict.fromkeys(_MAKERS, Function(None, _CLIENT)),
        **dict.fromkeys(_paths("Sentinel"), Function(None, _SENTINEL.name)),
        **{f"{path}.from_url": Function(None, _POOL) for path in _POOLS},
        **dict.fromkeys(_LOCKS, Function(KeyArgument(_WRITE, 1, ("name",)).facts, keeps=True)),
    },
    (
        Type(
            _CLIENT,
            REDIS_CLIENT,
            _CLASSES,
            _CLIENT_METHODS,
            {"connection_pool": _POOL, "connection": _CONNECTION, "response_callbacks": ""},
            other=Function(_unlisted),
            item=data,
        ),
        Type(
            _PIPELINE,
            REDIS_CLIENT,
            _paths("Pipeline", "ClusterPipeline"),
            _PIPELINE_METHODS,
            {"command_stack": "", "connection_pool": _POOL, "connection": _CONNECTION},
            other=Function(_unlisted, _QUEUED),
        ),
        _POOL_TYPE,
        _CONNECTION_TYPE,
        # What a command in a pipeline gives: the pipeline itself, or after `watch` a value, which
        # may go anywhere.
        Type(_QUEUED, methods=_PIPELINE_METHODS, item=data),
        Type("redis.Script", REDIS_CLIENT, called=Function(_scripted)),
        Type("redis.Module", REDIS_CLIENT, other=Function(_module)),
        _SENTINEL,
        *messaging.TYPES,
    ),
)
