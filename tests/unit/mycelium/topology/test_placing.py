"""Which process runs what, and where it is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from mycelium.errors import TopologyError, UnknownProcessError
from mycelium.topology import Address, LinkKind, Logs, Mode, Topology, Tracing
from mycelium.topology.loading import load
from mycelium.topology.roster import Member, Roster


def member(
    name: str,
    publishes: str = "",
    subscribes: str = "",
    *,
    bundle: str = "",
    active: bool = True,
    promises: str = "",
) -> Member:
    return Member(
        name=name,
        active=active,
        bundle=bundle,
        publishes=tuple(publishes.split()),
        subscribes=tuple(subscribes.split()),
        promises=tuple(promises.split()),
    )


BUNDLED = '[deployment]\nmode = "bundled"\n'
ROSTER = Roster(
    "sample",
    {
        m.name: m
        for m in (
            member("feed", "Tick", bundle="prices", promises="in-order no-repeat"),
            member("book", "Level", "Tick", bundle="prices"),
            member("brain", "Signal", "Tick Level", bundle="trading"),
            member("log", "", "Signal"),
            member("later", "Order", bundle="trading", active=False, promises="in-order"),
        )
    },
)


def read(tmp_path: Path, text: str) -> Topology:
    path = tmp_path / "live.toml"
    path.write_text(text)
    return load(path, ROSTER)


def placed(topology: Topology) -> dict[str, tuple[str, ...]]:
    return {plan.name: plan.services for plan in topology.processes}


@pytest.mark.parametrize(
    ("text", "processes"),
    [
        ('mode = "monolith"', {"monolith": ("feed", "book", "brain", "log")}),
        ('mode = "monolith"\nactors = []', {"monolith": ()}),
        (
            'mode = "bundled"',
            {"prices": ("feed", "book"), "trading": ("brain",), "log": ("log",)},
        ),
        (
            'mode = "distributed"\nactors = ["log", "feed"]',
            {"log": ("log",), "feed": ("feed",)},
        ),
        (
            'mode = "bundled"\n[processes.fast]\nactors = ["feed", "brain"]',
            {"fast": ("feed", "brain"), "prices": ("book",), "log": ("log",)},
        ),
        (
            'mode = "bundled"\n[processes.fast]\nactors = ["feed"]\n[processes.slow]\nactors=["*"]',
            {"fast": ("feed",), "slow": ("book", "brain", "log")},
        ),
        (
            'mode = "distributed"\n[deployment.feed]\nmode = "bundled"\n'
            '[deployment.book]\nmode = "bundled"',
            {"prices": ("feed", "book"), "brain": ("brain",), "log": ("log",)},
        ),
    ],
)
def test_which_process_runs_what(
    tmp_path: Path, text: str, processes: dict[str, tuple[str, ...]]
) -> None:
    assert placed(read(tmp_path, f"[deployment]\n{text}\n")) == processes


def test_nodes_say_where_a_service_is_and_may_be(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        [deployment]
        actors = ["feed", "brain"]
        insecure = true
        [deployment.feed]
        mode = "distributed"
        nodes = ["feed-1:9000", "feed-2:9000"]
        [deployment.brain]
        mode = "distributed"
        nodes = ["brain-1:9000"]
        """,
    )
    feed, brain = found.processes
    assert (found.mode, feed.host, feed.tcp) == (Mode.DISTRIBUTED, "feed-1", ("feed-1", 9000))
    assert (feed.standbys, feed.listen) == ((("feed-2", 9000),), ("0.0.0.0", 9000))
    assert (brain.standbys, brain.listen) == ((), ("brain-1", 9000))
    assert found.kind_of("feed", "brain") is LinkKind.TCP


def test_addresses_count_up_and_sockets_have_a_folder(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        [deployment]
        mode = "bundled"
        tcp = "127.0.0.1:7400"
        health = "[::1]:9100"
        sockets = "run"
        [processes.trading]
        tcp = "127.0.0.1:7500"
        unix = "trading.sock"
        uid = 1000
        """,
    )
    prices, trading, log = found.processes
    assert (prices.tcp, trading.tcp, log.tcp) == (
        Address("127.0.0.1", 7400),
        Address("127.0.0.1", 7500),
        Address("127.0.0.1", 7402),
    )
    assert [str(plan.health) for plan in found.processes] == [f"[::1]:910{i}" for i in range(3)]
    assert (prices.unix, trading.unix) == (tmp_path / "run/prices.sock", tmp_path / "trading.sock")
    assert (prices.uid, trading.uid) == (None, 1000)


def test_what_joins_two_processes(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        [deployment]
        mode = "bundled"
        [links]
        "trading -> log" = "nats"
        [nats]
        url = "nats://127.0.0.1:4222"
        [processes.prices]
        host = "10.0.0.5"
        tcp = "127.0.0.1:7400"
        """,
    )
    assert found.kind_of("prices", "prices") is LinkKind.LOCAL
    assert found.kind_of("prices", "trading") is LinkKind.TCP  # no socket joins two machines
    assert found.kind_of("trading", "log") is LinkKind.NATS
    assert found.kind_of("log", "trading") is LinkKind.UNIX
    assert found.nats is not None
    assert (found.nats.stream, found.nats.jetstream, found.nats.max_deliver) == ("sample", True, 5)


def test_what_watches_the_processes(tmp_path: Path) -> None:
    plain = read(tmp_path, BUNDLED)
    assert (plain.monitors.on, plain.tracing, plain.logs) == (False, None, None)
    found = read(
        tmp_path,
        f"""{BUNDLED}
        [monitors]
        limit = 5
        [monitors.feed]
        in-order = "enforce"
        [tracing]
        sample = 0.5
        [logs]
        format = "json"
        """,
    )
    assert (found.monitors.mode, found.monitors.limit, found.monitors.on) == ("off", 5, True)
    assert found.monitors.modes == {("feed", "in-order"): "enforce"}
    assert found.tracing == Tracing(export="otlp", endpoint="", sample=0.5)
    assert found.logs == Logs(level="info", format="json")


def test_questions_to_a_topology(tmp_path: Path) -> None:
    found = read(tmp_path, '[deployment]\nmode = "bundled"\n')
    assert found.services == ("feed", "book", "brain", "log")
    assert found.process_of("book") is found.process("prices")
    assert found.process_of("later") is None
    assert placed(found.only(["book"])) == {"prices": ("book",), "trading": (), "log": ()}
    assert placed(found.merged(["book", "log"])) == {"monolith": ("book", "log")}
    with pytest.raises(UnknownProcessError, match=r"\(prices, trading, log\), found 'price'"):
        found.process("price")
    with pytest.raises(UnknownProcessError, match="of one process, found prices, trading, log"):
        found.only_process  # noqa: B018 - asking is what fails


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f'{BUNDLED}[processes.a]\nactors = ["feed"]\n[processes.b]\nactors = ["feed"]',
            "live.toml:6: processes.b.actors: expected feed in one process, found it in a, too",
        ),
        (
            f'{BUNDLED}[processes.prices]\nactors = ["feed"]',
            "live.toml:4: processes.prices.actors: expected book, or another process for it, found "
            "it nowhere",
        ),
        (
            f'{BUNDLED}[processes.price]\nhost = "h"',
            "live.toml:3: processes.price: expected one of prices, trading, log, or actors, found "
            "price, which has no actors; did you mean prices?",
        ),
        (
            f'{BUNDLED}actors = ["feed"]\n[processes.a]\nactors = ["log"]',
            "live.toml:5: processes.a.actors: expected services of deployment.actors, found log",
        ),
        (
            f'{BUNDLED}[processes.a]\nactors = ["*"]\n[processes.b]\nactors = ["*"]',
            'live.toml:6: processes.b.actors: expected "*" in one process (a), found a second one',
        ),
        (
            f'{BUNDLED}[links]\n"prices -> trade" = "tcp"',
            "live.toml:4: links.prices -> trade: expected processes of the topology (prices, "
            "trading, log), found trade; did you mean trading?",
        ),
        (
            f'{BUNDLED}[links]\nprices = "tcp"',
            "expected \"publisher -> subscriber\", found 'prices'",
        ),
        (f'{BUNDLED}transport = "udp"', "expected one of local, unix, tcp, nats, found udp"),
        (f'{BUNDLED}tcp = "10.0.0.5"', 'expected an address, such as "10.0.0.5:7401", found \'10.'),
        (f'{BUNDLED}tcp = "::1:70"', "deployment.tcp: expected an address, such as"),
        (f'{BUNDLED}tcp = "h:65536"', "deployment.tcp: expected an address, such as"),
        (f'{BUNDLED}tcp = "h:65534"', "live.toml:3: deployment.tcp: expected a port that leaves"),
        (
            f'{BUNDLED}[processes."a/b"]\nactors = ["feed"]',
            "live.toml:3: processes.a/b: expected a name of letters, digits, _, - and ., found",
        ),
        (
            f'{BUNDLED}[tls]\nca = "ca.pem"',
            "live.toml:3: tls: expected ca, certificate and key, found no certificate and no key",
        ),
        (f"{BUNDLED}[nats]\nmax_deliver = 3", 'live.toml:3: nats: expected url = "nats://HOST'),
        (f'{BUNDLED}[monitors]\nmode = "on"', "one of off, observe, enforce, found on"),
        (f"{BUNDLED}[monitors.fed]\nx = 'off'", "monitors.fed: expected one of feed, book, brain"),
        (
            f"{BUNDLED}[monitors.feed]\nin-oder = 'off'",
            "live.toml:4: monitors.feed.in-oder: expected one of in-order, no-repeat, "
            "found in-oder; did you mean in-order?",
        ),
        (
            f"{BUNDLED}[monitors.later]\nin-order = 'off'",
            "monitors.later.in-order: expected nothing, found in-order",
        ),
        (f"{BUNDLED}[monitors]\nlimit = 0", "expected a number of keys from 1 on, found 0"),
        (f"{BUNDLED}[tracing]\nsample = 1.5", "tracing.sample: expected a share from 0 to 1, fou"),
        (f'{BUNDLED}[logs]\nlevel = "loud"', "logs.level: expected one of debug, info, warning"),
        (
            f'{BUNDLED}[deployment.feed]\nnodes = ["a:1"]',
            "live.toml:4: deployment.feed.nodes: expected nodes of a service that is alone in its "
            "process, found it in prices",
        ),
        (
            '[deployment]\nmode = "distributed"\n[deployment.feed]\nnodes = ["a:1", "b:2"]',
            "live.toml:4: deployment.feed.nodes: expected one port on all nodes, found a:1, b:2",
        ),
        (
            f'{BUNDLED}[deployment.fed]\nmode = "bundled"',
            "deployment.fed: expected one of feed, book, brain, log, later, found fed; did you",
        ),
        (f"{BUNDLED}[deployment.transport]\nx = 1", "deployment.transport: expected one of local"),
        (
            f'{BUNDLED}sockets = "{"d" * 100}"',
            "live.toml: processes.prices.unix: expected a path of at most ",
        ),
    ],
)
def test_what_cannot_be_placed_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TopologyError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(TopologyError) as caught:
        read(tmp_path, f'{BUNDLED}mailbox = 0\nactors = ["fed"]\n[link]\n')
    lines = str(caught.value).splitlines()
    assert [line.partition("live.toml:")[2].partition(" expected")[0] for line in lines] == [
        "5: link:",
        "3: deployment.mailbox:",
        "4: deployment.actors:",
    ]
