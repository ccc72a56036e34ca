from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from mycelium.errors import TopologyError
from mycelium.topology import Topology
from tests.unit.mycelium.helpers import BRAIN, FEED, RELAY, manifest, spec

SYSTEM = manifest(FEED, BRAIN, RELAY, spec("later", 9, active=False))


def load(tmp_path: Path, text: str) -> Topology:
    path = tmp_path / "dev.toml"
    path.write_text(text)
    return Topology.load(path, SYSTEM)


def test_a_short_file_runs_everything_that_is_active(tmp_path: Path) -> None:
    found = load(tmp_path, '[deployment]\nmode = "monolith"\nactors = ["*"]\n')
    assert found == Topology.of(SYSTEM) == Topology.of(SYSTEM, ("feed", "brain", "relay"))
    assert found.capacity("brain") == 1024


def test_dead_letters_stay_beside_the_file_wherever_the_process_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '[deployment]\nmode = "monolith"\nactors = ["*"]\ndead_letters = "letters"\n'
    (tmp_path / "dev.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert Topology.load(Path("dev.toml"), SYSTEM).dead_letters == tmp_path / "letters"


def test_everything_can_be_said(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        """
        [deployment]
        mode = "monolith"
        actors = ["brain", "relay", "brain"]
        mailbox = 10
        dead_letters = "letters"
        dead_letters_mib = 3
        start_secs = 1.5
        drain_secs = 2
        stall_secs = 4
        health = 9101

        [mailboxes]
        brain = 20

        [services.brain]
        gap = 0.10
        [services.brain.pools]
        first = "0x01"
        """,
    )
    assert found.services == ("brain", "relay")
    assert (found.capacity("brain"), found.capacity("relay")) == (20, 10)
    assert found.dead_letters == tmp_path / "letters"
    assert found.dead_letters_mib == 3
    assert (found.start_secs, found.drain_secs, found.stall_secs) == (1.5, 2.0, 4.0)
    assert str(found.only_process.health) == "127.0.0.1:9101"
    assert found.settings["brain"] == {"gap": Decimal("0.10"), "pools": {"first": "0x01"}}
    assert str(found.settings["brain"]["gap"]) == "0.10"


HEAD = '[deployment]\nmode = "monolith"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[deploymnet]\n", "dev.toml:1: deploymnet: expected one of deployment, mailboxes,"),
        ("[deploymnet]\n", "found deploymnet; did you mean deployment?"),
        (HEAD + 'actor = ["*"]\n', "dev.toml:3: deployment.actor: expected one of mode, actors"),
        (HEAD + 'actor = ["*"]\n', "found actor; did you mean actors?"),
        (HEAD + "\n[services.brian]\n", "dev.toml:4: services.brian: expected one of feed, brain"),
        (HEAD + "\n[services.brian]\n", "found brian; did you mean brain?"),
        (HEAD + "[mailboxes]\nxyz = 3\n", "dev.toml:4: mailboxes.xyz: expected one of"),
        (HEAD + 'actors = ["feeed"]', "dev.toml:3: deployment.actors: expected one of feed, brain"),
        (HEAD + 'actors = ["later"]', "expected active services, found later (planned)"),
        (HEAD + 'actors = "*"', "expected a list of service names, found '*'"),
        (HEAD + "actors = [1]", "expected a list of service names, found [1]"),
        (
            '[deployment]\nmode = "swarm"',
            "dev.toml:2: deployment.mode: expected one of monolith, bu",
        ),
        ("[deployment]\n", 'dev.toml:1: deployment: expected mode = "monolith", "bundled" or'),
        ("", 'dev.toml: deployment: expected mode = "monolith", "bundled" or'),
        (HEAD + "mailbox = 0", "a number of messages from 1 on, found 0"),
        (HEAD + "mailbox = true", "a number of messages from 1 on, found True"),
        (
            HEAD + '[mailboxes]\nbrain = "9"',
            "dev.toml:4: mailboxes.brain: expected a number of mes",
        ),
        (HEAD + "drain_secs = -1", "dev.toml:3: deployment.drain_secs: expected a number of sec"),
        (HEAD + 'start_secs = "1"', "deployment.start_secs: expected a number of seconds above 0"),
        (HEAD + "start_secs = nan", "deployment.start_secs: expected a number of seconds above 0"),
        (HEAD + "start_secs = inf", "deployment.start_secs: expected a number of seconds above 0"),
        (HEAD + "dead_letters = 1", "deployment.dead_letters: expected a folder's path, found 1"),
        (HEAD + "dead_letters_mib = 0", "expected a number of MiB from 1 on, found 0"),
        (HEAD + "health = 0", "deployment.health: expected a port from 1 to 65535, or an address"),
        (HEAD + "health = true", 'such as "10.0.0.5:9101", found True'),
        (HEAD + 'health = ":80"', "deployment.health: expected an address, such as"),
        ("deployment = 3", "dev.toml:1: deployment: expected a table, found 3"),
        (HEAD + "services.brain = 3", "dev.toml:3: deployment.services: expected one of"),
        (HEAD + "[services]\nbrain = 3", "services.brain: expected a table, found 3"),
        ("x = = 1", "dev.toml:1: expected a TOML file, found invalid value"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(TopologyError) as caught:
        load(tmp_path, text)
    assert message in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(TopologyError, match=r"no.toml: expected a topology file, found none"):
        Topology.load(tmp_path / "no.toml", SYSTEM)


def test_no_actors_at_all_runs_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, HEAD + "actors = []").services == ()
