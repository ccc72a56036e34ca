"""What a topology has to have so that everybody reaches whom it has to."""

from __future__ import annotations

from pathlib import Path

import pytest

from mycelium.topology.checks import routes
from mycelium.topology.faults import FaultKind
from mycelium.topology.reader import Reading, parse
from tests.unit.mycelium.topology.test_placing import BUNDLED, ROSTER

ENOUGH = f"{BUNDLED}insecure = true\n"


def read(text: str) -> Reading:
    return parse(text, Path("/srv"), ROSTER)


def faults(text: str) -> list[str]:
    return [fault.text("live.toml") for fault in read(text).faults]


def test_who_sends_what_to_whom() -> None:
    topology = read(BUNDLED).topology
    assert topology is not None
    assert routes(topology, ROSTER) == {
        ("prices", "trading"): ("Tick", "Level"),
        ("trading", "log"): ("Signal",),
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            f'{ENOUGH}[processes.trading]\nhost = "10.0.0.6"\n',
            [
                'live.toml:1: processes.prices: expected tcp = "HOST:PORT" for Tick, Level to '
                "trading, found no address",
                'live.toml:4: processes.trading: expected tcp = "HOST:PORT" for Signal to log, '
                "found no address",
            ],
        ),
        (
            f'{ENOUGH}[links]\n"prices -> trading" = "local"\n',
            [
                "live.toml:5: links.prices -> trading: expected unix, tcp or nats for Tick, Level "
                "to trading, found local, which joins services of one process"
            ],
        ),
        (
            f'{ENOUGH}[links]\n"log -> prices" = "nats"\n',  # nothing goes that way
            [],
        ),
        (
            f'{ENOUGH}health = "127.0.0.1:9100"\ntcp = "127.0.0.1:9101"\n',
            [
                "live.toml:1: processes.trading.health: expected an address of its own, found "
                "127.0.0.1:9101, which is prices.tcp's",
                "live.toml:1: processes.log.health: expected an address of its own, found "
                "127.0.0.1:9102, which is trading.tcp's",
            ],
        ),
        (
            f'{ENOUGH}[processes.prices]\nlisten = "0.0.0.0:70"\ntcp = "h:70"\nhost = "localhost"\n'
            '[processes.trading]\nhealth = "127.0.0.1:70"\n',
            [
                "live.toml:9: processes.trading.health: expected an address of its own, found "
                "127.0.0.1:70, which is prices.listen's"
            ],
        ),
        (
            f'{ENOUGH}[processes.prices]\ntcp = "127.0.0.1:70"\n'
            '[processes.log]\ntcp = "127.0.0.2:70"\n',
            [],
        ),
        (
            f'{ENOUGH}[processes.prices]\nunix = "a"\n[processes.log]\nunix = "/srv/a"\n',
            [
                "live.toml:7: processes.log.unix: expected an address of its own, found /srv/a, "
                "which is prices.unix's"
            ],
        ),
        (
            f'{BUNDLED}transport = "tcp"\ntcp = "10.0.0.5:70"\n',
            [
                "live.toml:1: processes.prices.tcp: expected [tls], found plain TCP at "
                "10.0.0.5:70, which is not loopback (or insecure = true under [deployment])",
                "live.toml:1: processes.trading.tcp: expected [tls], found plain TCP at "
                "10.0.0.5:71, which is not loopback (or insecure = true under [deployment])",
            ],
        ),
        (
            f'{BUNDLED}transport = "tcp"\ntcp = "127.0.0.1:70"\n[processes.prices]\n'
            'tcp = "127.0.0.1:70"\nlisten = "0.0.0.0:70"\n',
            [
                "live.toml:6: processes.prices.tcp: expected [tls], found plain TCP at 0.0.0.0:70, "
                "which is not loopback (or insecure = true under [deployment])"
            ],
        ),
        (f'{BUNDLED}tcp = "10.0.0.5:70"\n', []),  # sockets are used, and TCP by nobody
    ],
)
def test_what_cannot_work_is_found(text: str, found: list[str]) -> None:
    assert faults(text) == found


def test_a_subscriber_alone_is_said_and_may_run() -> None:
    reading = read('[deployment]\nmode = "monolith"\nactors = ["log"]\n')
    assert [fault.kind for fault in reading.faults] == [FaultKind.UNREACHED]
    assert reading.faults[0].text("live.toml") == (
        "live.toml:3: deployment.actors: expected brain, which log has Signal from, "
        "found it in no process"
    )
    assert reading.topology is not None
