"""Which keys the commands of redis-py touch, and how."""

from __future__ import annotations

import pytest

from tests.unit.lint.stores.analysed import escapes, touched
from torq_gen.lint.facts.libraries import redis_py
from torq_gen.lint.facts.libraries._redis_commands import HARMLESS, KEYS

CLIENT = "import redis\nc = redis.Redis()\n"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ('get("a")', ["read a"]),
        ('get(name="a")', ["read a"]),
        ('get(b"a")', ["read a"]),
        ("get(7)", ["read 7"]),
        ('set("a", 1)', ["write a"]),
        ('set("a", 1, get=True)', ["write a", "read a"]),
        ('set("a", 1, get=False)', ["write a"]),
        ('getdel("a")', ["read a", "write a"]),
        ('mget("a", "b")', ["read a", "read b"]),
        ('mget(["a", "b"], "c")', ["read a", "read b", "read c"]),
        ('mset({"a": 1, "b": 2})', ["write a", "write b"]),
        ('delete("a", "b")', ["write a", "write b"]),
        ('delete(*["a", "b"])', ["write a", "write b"]),
        ('rename("a", "b")', ["read a", "write a", "write b"]),
        ('copy("a", "b")', ["read a", "write b"]),
        ('bitop("AND", "a", "b", "c")', ["write a", "read b", "read c"]),
        ('sort("a", store="b")', ["read a", "write b"]),
        ('sort("a")', ["read a"]),
        ('zunionstore("a", {"b": 1, "c": 2})', ["write a", "read b", "read c"]),
        ('sinterstore(dest="a", keys=("b", "c"))', ["write a", "read b", "read c"]),
        ('hset("a", mapping={"f": 1})', ["write a"]),
        ('incr("a")', ["write a"]),
        ('blpop(["a"], 1)', ["read a", "write a"]),
        ('scan_iter(match="a:*")', ["read a:{}"]),
        ('scan(0, "a:[xy]?")', ["read a:{}"]),
        ('keys("a:\\\\*")', ["read a:*"]),
        ("keys()", ["read ? it is every key of the store"]),
        ("scan_iter()", ["read ? it is every key of the store"]),
        ("scan_iter(match=None)", ["read ? it is every key of the store"]),
        ("scan_iter(match=[])", ["read ? it is known to the running program alone"]),
        ('lock("a")', ["write a"]),
        ('json().set("a", "$", 1)', ["write a"]),
        ('json().get("a", "$.x")', ["read a"]),
        ('execute_command("GET", "a")', ["read a"]),
        ('execute_command("DEL", "a", "b")', ["write a", "write b"]),
        ('execute_command("CONFIG GET", "*")', []),
        ('xlen("a")', []),
        ("ping()", []),
        ("dbsize()", []),
    ],
)
def test_command(command: str, expected: list[str]) -> None:
    assert touched(f"{CLIENT}c.{command}") == expected


@pytest.mark.parametrize(
    ("command", "reason", "accesses"),
    [
        ('eval("return 1", 1, "a")', "a script may touch any key", "rw"),
        ('register_script("return 1")(keys=["a"])', "a script may touch any key", "rw"),
        ('execute_command("EVAL", "return 1", 1, "a")', "a script may touch any key", "rw"),
        (
            'execute_command("ZMPOP", 1, "a", "MIN")',
            "it is not known which keys `ZMPOP` touches",
            "rw",
        ),
        ('frobnicate("a")', "it is not known which keys `frobnicate` touches", "rw"),
        ('ft("index").search("x")', "it is not known which keys `ft` touches", "rw"),
        ("mset(json.loads(text))", "it is known to the running program alone", "w"),
    ],
)
def test_what_nobody_can_tell_is_unprovable(command: str, reason: str, accesses: str) -> None:
    told = {"r": f"read ? {reason}", "w": f"write ? {reason}"}
    found = touched(f"import json\n{CLIENT}text = input()\nc.{command}")
    assert found == [told[access] for access in accesses]


def test_every_key_is_written() -> None:
    assert touched(f"{CLIENT}c.flushdb()") == ["write ? `flushdb` touches every key"]


@pytest.mark.parametrize(
    "made",
    [
        "redis.Redis()",
        "redis.StrictRedis()",
        'redis.from_url("x")',
        'redis.Redis.from_url("x")',
        "redis.client.Redis()",
        "redis.RedisCluster()",
        'redis.asyncio.from_url("x")',
        "redis.asyncio.Redis()",
        'redis.asyncio.RedisCluster.from_url("x")',
        'redis.sentinel.Sentinel([]).master_for("m")',
        'redis.asyncio.sentinel.Sentinel([]).slave_for("m")',
        "redis.Redis().pipeline()",
        'redis.Redis().pipeline().set("b", 1)',
        "redis.Redis().__class__()",
        "type(redis.Redis())()",
        'redis.Redis().__class__.from_url("x")',
        "redis.client.Pipeline(pool, {}, True, None)",
        "redis.Redis(connection_pool=redis.ConnectionPool())",
    ],
)
def test_client(made: str) -> None:
    head = "import redis.asyncio.sentinel\nimport redis.sentinel\npool = redis.ConnectionPool()"
    code = f"{head}\nc = {made}\nc.set('a', 1)"
    assert touched(code)[-1] == "write a"


@pytest.mark.parametrize(
    "annotation",
    ["redis.Redis", "redis.asyncio.Redis", "redis.client.Pipeline", "'redis.Redis[bytes]'"],
)
def test_annotation(annotation: str) -> None:
    code = f"import redis.asyncio\ndef f(c: {annotation}) -> None:\n    c.get('a')"
    assert touched(code) == ["read a"]


def test_subscripts() -> None:
    assert touched(f'{CLIENT}c["a"] = c["b"]\ndel c["c"]') == ["write a", "read b", "write c"]


def test_membership_reads_the_key() -> None:
    assert touched(f'{CLIENT}"a" in c\n"b" not in c') == ["read a", "read b"]
    derived = "class Cache(redis.Redis):\n    pass\n"
    assert touched(f'{CLIENT}{derived}"a" in Cache()') == ["read a"]


@pytest.mark.parametrize(
    "connection",
    [
        'c.connection_pool.get_connection("_")',
        'redis.ConnectionPool.from_url("x").get_connection("_")',
        "redis.ConnectionPool().make_connection()",
        "redis.connection.UnixDomainSocketConnection()",
        "c.connection",
    ],
)
def test_a_connection_sends_commands(connection: str) -> None:
    sent = f'{CLIENT}k = {connection}\nk.send_command("SET", "a", 1)\nk.read_response()'
    assert touched(sent) == ["write a"]
    packed = f"{CLIENT}k = {connection}\nk.send_packed_command(input())"
    assert touched(packed) == [
        "read ? it sends commands that were packed before",
        "write ? it sends commands that were packed before",
    ]


def test_pools_and_connections_go_nowhere_unseen() -> None:
    assert escapes(f"{CLIENT}import other\nother.use(c.connection_pool)") == ["a Redis client"]
    assert escapes(f"{CLIENT}redis.Redis(connection_pool=c.connection_pool)") == []


@pytest.mark.parametrize("command", ["select(3)", 'execute_command("SELECT", 3)'])
def test_another_database_is_another_store(command: str) -> None:
    reason = "from here on its keys are those of another database"
    assert touched(f"{CLIENT}c.{command}") == [f"read ? {reason}", f"write ? {reason}"]


def test_the_name_of_a_client_s_class_is_mere_data() -> None:
    assert escapes(f"{CLIENT}print(type(c).__name__, c.__class__.__name__)") == []


def test_keys_that_were_searched_for_are_those_of_the_pattern() -> None:
    code = """\
        import redis
        c = redis.Redis()
        for key in c.scan_iter("pool:*"):
            c.get(key)
        c.delete(*c.keys("old:*"))
        cursor, keys = c.scan(0, match="price:*")
        c.mget(keys)
        for key in c.scan_iter(match="x:*"):
            c.get(key.decode())
        """
    assert touched(code) == [
        "read pool:{}",
        "read pool:{}",
        "write old:{}",
        "read old:{}",
        "read price:{}",
        "read price:{}",
        "read x:{}",
        "read x:{}",
    ]


def test_a_search_without_a_pattern_gives_any_key() -> None:
    assert touched(f"{CLIENT}for key in c.scan_iter():\n    c.get(key)") == [
        "read ? it is every key of the store",
        "read ? it is any key of the store",
    ]


def test_pipelines_are_chained_and_entered() -> None:
    code = """\
        import redis.asyncio as redis

        async def f(client: redis.Redis) -> None:
            async with client.pipeline(transaction=True) as pipe:
                await pipe.set("a", 1).expire("a", 60).get("b").execute()
        """
    assert touched(code) == ["write a", "write a", "read b"]


def test_a_transaction_hands_a_pipeline_to_its_function() -> None:
    code = f"{CLIENT}def f(pipe):\n    pipe.set('a', 1)\nc.transaction(f, 'b')"
    assert sorted(touched(code)) == ["read b", "write a"]


def test_a_class_of_the_project_may_derive_from_the_client() -> None:
    code = """\
        import redis

        class Cache(redis.Redis):
            def pool(self, address: str) -> bytes | None:
                return self.get(f"pool:{address}")

        Cache().pool("x")
        Cache().delete("a")
        """
    assert touched(code) == ["read pool:x", "write a"]


def test_what_a_pipeline_gives_may_go_anywhere() -> None:
    code = "import json\nimport redis\np = redis.Redis().pipeline()\njson.loads(p.get('a'))"
    assert escapes(code) == []
    assert touched(code) == ["read a"]


def test_a_lock_object_gets_its_client_safely() -> None:
    code = "import redis\nimport redis.lock\nredis.lock.Lock(redis.Redis(), 'a')"
    assert touched(code) == ["write a"]
    assert escapes(code) == []


def test_a_client_that_goes_to_a_library_escapes() -> None:
    assert escapes("import redis\nimport other\nother.use(redis.Redis())") == ["a Redis client"]


def test_no_command_is_listed_twice() -> None:
    assert not set(KEYS) & set(HARMLESS)
    assert len({t.name for t in redis_py.LIBRARY.types}) == len(redis_py.LIBRARY.types)


@pytest.mark.parametrize(
    "key",
    [
        '":".join(["pool", *map(str, (1, 2))])',
        '":".join(("pool", *map(str, (1, 2))))',
        '":".join(["pool", *parts])',
    ],
)
def test_a_key_is_joined_of_parts_whose_places_are_known(key: str) -> None:
    assert touched(f'{CLIENT}parts = ("1", "2")\nc.get({key})') == ["read pool:1:2"]
