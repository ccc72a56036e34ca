"""The commands of Redis that touch keys, by their method in redis-py: which arguments are keys.

A line is ``method: accesses position[shape][?] name; …``. Accesses are ``r``, ``w`` or both. A
shape says how keys are given (`keys.Shape`): none one key, ``+`` one or a list, ``*`` this and all
after it, ``+*`` a list or one and all after it, ``=`` a dictionary's keys, ``~`` a glob pattern.
``?`` marks an argument that may be left out.

What moves, pops or swaps a value gives what others wrote, and reads; a counter that is incremented
gives what was just written, and does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from torq_gen.lint.facts.model import Access
from torq_gen.lint.facts.stores.keys import KeyArgument, Shape

_READ_FIRST = """
bitcount bitfield_ro bitpos debug_object digest dump expiretime geodist geohash geopos geosearch
get getbit getrange hexists hexpiretime hget hgetall hkeys hlen hmget hpexpiretime hpttl
hrandfield hscan hscan_iter hstrlen httl hvals lindex llen lpos lrange memory_usage pexpiretime
pttl scard sismember smembers smismember sort_ro srandmember sscan sscan_iter strlen substr ttl
type vcard vdim vemb vgetattr vinfo vismember vlinks vrandmember vsim zcard zcount zlexcount
zmscore zrandmember zrange zrangebylex zrangebyscore zrank zrevrange zrevrangebylex
zrevrangebyscore zrevrank zscan zscan_iter zscore
"""
_WRITE_FIRST = """
append decr decrby delex expire expireat geoadd hdel hexpire hexpireat hincrby hincrbyfloat hmset
hpersist hpexpire hpexpireat hset hsetex hsetnx incr incrby incrbyfloat linsert lpush lpushx lrem
lset ltrim move persist pexpire pexpireat pfadd psetex restore rpush rpushx sadd setbit setex
setnx setrange srem vadd vrem vsetattr zadd zincrby zrem zremrangebylex zremrangebyrank
zremrangebyscore
"""
_BOTH_FIRST = """
bitfield getdel getex getset hgetdel hgetex lpop rpop spop zpopmax zpopmin
"""
_OTHERS = """
bitop: w 1 dest; r 2* keys
blmove: rw 0 first_list; w 1 second_list
blmpop: rw 2* args
blpop: rw 0+ keys
brpop: rw 0+ keys
brpoplpush: rw 0 src; w 1 dst
bzmpop: rw 2+ keys
bzpopmax: rw 0+ keys
bzpopmin: rw 0+ keys
copy: r 0 source; w 1 destination
delete: w 0* names
exists: r 0* names
georadius: r 0 name; w 10? store; w 11? store_dist
georadiusbymember: r 0 name; w 9? store; w 10? store_dist
geosearchstore: w 0 dest; r 1 name
keys: r 0~ pattern
lcs: r 0 key1; r 1 key2
lmove: rw 0 first_list; w 1 second_list
lmpop: rw 1* args
mget: r 0+* keys
mset: w 0= mapping
msetex: w 0= mapping
msetnx: w 0= mapping
object: r 1 key
pfcount: r 0* sources
pfmerge: rw 0 dest; r 1* sources
rename: rw 0 src; w 1 dst
renamenx: rw 0 src; w 1 dst
rpoplpush: rw 0 src; w 1 dst
scan: r 1~ match
scan_iter: r 0~ match
sdiff: r 0+* keys
sdiffstore: w 0 dest; r 1+* keys
sinter: r 0+* keys
sintercard: r 1+ keys
sinterstore: w 0 dest; r 1+* keys
smove: rw 0 src; w 1 dst
sort: r 0 name; r 3~? by; r 4~? get; w 7? store
stralgo: r 1 value1; r 2 value2
sunion: r 0+* keys
sunionstore: w 0 dest; r 1+* keys
touch: w 0* args
unlink: w 0* names
watch: r 0* names
xadd: w 0 name
xread: r 0= streams
xreadgroup: rw 2= streams
zdiff: r 0+ keys
zdiffstore: w 0 dest; r 1+ keys
zinter: r 0+ keys
zintercard: r 1+ keys
zinterstore: w 0 dest; r 1+ keys
zmpop: rw 1+ keys
zrangestore: w 0 dest; r 1 name
zunion: r 0+ keys
zunionstore: w 0 dest; r 1+ keys
"""
_NO_KEY = """
acl_cat acl_genpass acl_getuser acl_help acl_list acl_log acl_users acl_whoami aclose auth
auto_close bgrewriteaof bgsave client_getname client_getredir client_id client_info client_kill
client_kill_filter client_list client_no_evict client_no_touch client_pause client_reply
client_setinfo client_setname client_tracking client_tracking_off client_tracking_on
client_trackinginfo client_unblock client_unpause close cluster command command_count command_docs
command_getkeys command_getkeysandflags command_info command_list config_get config_resetstat
config_rewrite config_set dbsize discard disconnect echo execute from_pool
get_cache get_connection_kwargs get_default_node get_encoder get_node get_node_from_key get_nodes
get_primaries get_random_node get_replicas get_retry hello info initialize keyslot lastsave
latency_doctor latency_graph latency_histogram latency_history latency_latest latency_reset lolwut
memory_doctor memory_help memory_malloc_stats memory_purge memory_stats module_list multi ping
quit raise_first_error readonly readwrite replace_default_node reset role save script_exists
script_flush script_kill script_load set_default_node set_response_callback set_retry
slowlog_get slowlog_len slowlog_reset time unwatch wait waitaof
"""
HARMLESS = tuple(_NO_KEY.split())
"""Methods of a client that touch no key."""

_RAW_NAMES = {"del": "delete"}
_NOT_RAW = ("lmpop", "blmpop", "stralgo")  # other words follow their keys
_RAW_SHAPES = (Shape.ONE, Shape.REST, Shape.LISTED)

_ENTRY = re.compile(r"(?P<how>rw|r|w) (?P<at>\d+)(?P<shape>\+\*|[+*=~])?(?P<may>\?)? (?P<name>\w+)")
_SHAPES = {
    None: Shape.ONE,
    "+": Shape.MANY,
    "*": Shape.REST,
    "+*": Shape.LISTED,
    "=": Shape.ENTRIES,
    "~": Shape.PATTERN,
}
_ACCESSES = {"r": (Access.READ,), "w": (Access.WRITE,), "rw": (Access.READ, Access.WRITE)}


def _lines() -> Iterator[tuple[str, tuple[KeyArgument, ...]]]:
    for how, names in (("r", _READ_FIRST), ("w", _WRITE_FIRST), ("rw", _BOTH_FIRST)):
        for name in names.split():
            yield name, (KeyArgument(_ACCESSES[how], 0, ("name", "key")),)
    for line in _OTHERS.strip().splitlines():
        name, _, entries = line.partition(":")
        yield name, tuple(map(_entry, entries.split(";")))


def _entry(text: str) -> KeyArgument:
    found = _ENTRY.fullmatch(text.strip())
    assert found is not None, text
    return KeyArgument(
        _ACCESSES[found["how"]],
        int(found["at"]),
        (found["name"],),
        _SHAPES[found["shape"]],
        found["may"] is not None,
    )


KEYS: Mapping[str, tuple[KeyArgument, ...]] = dict(_lines())
"""The arguments of each method that are keys."""


def method_of(command: str) -> str:
    """The method of a command that is given as a word, as for ``execute_command("DEL", key)``."""
    name = command.strip().lower().replace(" ", "_").replace("-", "_")
    return _RAW_NAMES.get(name, name)


def alike(method: str) -> bool:
    """Whether the command takes its keys as its method does."""
    arguments = KEYS.get(method, ())
    plain = all(a.shape in _RAW_SHAPES and not a.optional for a in arguments)
    return bool(arguments) and plain and method not in _NOT_RAW
