"""The rules of topology files, config/*.toml (TQ170 to TQ176)."""

from __future__ import annotations

from collections.abc import Mapping

from torq_gen.diagnostics import Severity
from torq_gen.rule import Rule, Sample

_SYSTEM = """\
services:
  feed: {id: 1, bundle: prices, publishes: [Quote]}
  desk: {id: 2, bundle: trading, subscribes: [Quote]}
"""
_BUNDLED = '[deployment]\nmode = "bundled"\n'


def _topology(title: str, text: str) -> Sample:
    files: Mapping[str, str | None] = {"system.yaml": _SYSTEM}
    return Sample(text, "config/live.toml", title, files)


UNUSABLE = Rule(
    "TQ170",
    "unusable-topology",
    "A topology file that cannot be read, or that says what a topology cannot say.",
    why="A misspelt key would be a setting that silently does not hold; so the services do not "
    "start at all.",
    fix="Write what the message expects; docs/topology.md lists what a topology may say.",
    bad=(
        _topology("no such service", '[deployment]\nmode = "monolith"\nactors = [«"fed"»]\n'),
        _topology("no such key", '[deployment]\nmode = "monolith"\n«drain_seconds» = 5\n'),
        _topology("no TOML", '[deployment]\nmode = «»= "monolith"\n'),
    ),
    good=(_topology("everything in one process", '[deployment]\nmode = "monolith"\n'),),
)
PLACED_TWICE = Rule(
    "TQ171",
    "service-placed-twice",
    "A service runs in two processes of one topology.",
    why="Both would send as one source, with one count of sequences each: every message of one "
    "looks like a repeat or a restart of the other, and is dropped.",
    fix="Leave it in one process. A second machine that may take over is a further address in "
    "`nodes`.",
    bad=(
        _topology(
            "listed twice",
            f'{_BUNDLED}[processes.prices]\nactors = ["feed"]\n'
            '[processes.trading]\nactors = ["desk", «"feed"»]\n',
        ),
    ),
    good=(
        _topology(
            "one process each",
            f'{_BUNDLED}[processes.prices]\nactors = ["feed"]\n'
            '[processes.trading]\nactors = ["desk"]\n',
        ),
    ),
)
PLACED_NOWHERE = Rule(
    "TQ172",
    "service-placed-nowhere",
    "A service is part of a topology, and no process runs it.",
    why="It would not run, and nobody would notice before its messages are missed.",
    fix="Add it to a process's `actors`, or leave it out on purpose: name those that run in "
    "`deployment.actors`.",
    bad=(
        _topology(
            "its process lists others",
            '[deployment]\nmode = "monolith"\n[processes.monolith]\n«actors» = ["feed"]\n',
        ),
    ),
    good=(
        _topology(
            "the rest has a process",
            '[deployment]\nmode = "monolith"\n'
            '[processes.first]\nactors = ["feed"]\n[processes.monolith]\nactors = ["*"]\n',
        ),
        _topology("on purpose", '[deployment]\nmode = "monolith"\nactors = ["feed"]\n'),
    ),
)
NO_TRANSPORT = Rule(
    "TQ173",
    "link-without-transport",
    "Nothing can carry the messages from one process to another.",
    why="The subscriber would never get them: a Unix socket does not leave its machine, TCP needs "
    "an address to dial, NATS a server.",
    fix="Give the publisher's process an address (`tcp`), or choose another transport for the "
    "link in `[links]`.",
    bad=(
        _topology(
            "a Unix socket between two machines",
            f'{_BUNDLED}[links]\n«"prices -> trading"» = "unix"\n'
            '[processes.prices]\nhost = "10.0.0.5"\n',
        ),
        _topology(
            "TCP without an address", '[«deployment»]\nmode = "bundled"\ntransport = "tcp"\n'
        ),
        _topology(
            "NATS without a server",
            f'{_BUNDLED}[links]\n«"prices -> trading"» = "nats"\n',
        ),
    ),
    good=(
        _topology("Unix sockets on one machine", _BUNDLED),
        _topology("TCP", f'{_BUNDLED}transport = "tcp"\ntcp = "127.0.0.1:7400"\n'),
        _topology(
            "NATS",
            f'{_BUNDLED}transport = "nats"\n[nats]\nurl = "nats://127.0.0.1:4222"\n',
        ),
    ),
)
UNREACHED = Rule(
    "TQ174",
    "unreached-subscriber",
    "A service subscribes a message, and no service of the topology publishes it.",
    Severity.WARNING,
    why="It runs and waits for ever. That is meant when its messages come from a recording or from "
    "outside, and is else a service that was forgotten.",
    fix="Add the publisher to `deployment.actors`.",
    bad=(
        _topology(
            "without its publisher",
            '[deployment]\nmode = "monolith"\n«actors» = ["desk"]\n',
        ),
    ),
    good=(_topology("both run", '[deployment]\nmode = "monolith"\nactors = ["desk", "feed"]\n'),),
)
ADDRESS_TWICE = Rule(
    "TQ175",
    "address-used-twice",
    "Two processes of a machine would listen at one address.",
    why="Only the first to start gets it; the other does not start.",
    fix="Give each its own. `tcp` and `health` under `[deployment]` count up from process to "
    "process.",
    bad=(
        _topology(
            "one port for two",
            f'{_BUNDLED}[processes.prices]\ntcp = "127.0.0.1:7400"\n'
            '[processes.trading]\n«tcp» = "127.0.0.1:7400"\n',
        ),
    ),
    good=(
        _topology("ports that count up", f'{_BUNDLED}tcp = "127.0.0.1:7400"\n'),
        _topology(
            "one port on two machines",
            f'{_BUNDLED}insecure = true\n[processes.prices]\ntcp = "10.0.0.5:7400"\n'
            '[processes.trading]\ntcp = "10.0.0.6:7400"\n',
        ),
    ),
)
INSECURE = Rule(
    "TQ176",
    "insecure-transport",
    "Messages would leave the machine unencrypted, to and from anybody.",
    why="Without TLS whoever reaches the port may read the messages, or send some in a service's "
    "name.",
    fix="Add `[tls]` with `ca`, `certificate` and `key` (for NATS `tls://…` or `[nats.tls]`). On a "
    "network that is private by other means say `insecure = true` under `[deployment]`.",
    bad=(
        _topology(
            "plain TCP",
            f'{_BUNDLED}[processes.prices]\n«tcp» = "10.0.0.5:7400"\n',
        ),
        _topology(
            "plain NATS",
            f'{_BUNDLED}transport = "nats"\n[nats]\n«url» = "nats://10.0.0.9:4222"\n',
        ),
    ),
    good=(
        _topology(
            "TLS",
            f'{_BUNDLED}[processes.prices]\ntcp = "10.0.0.5:7400"\n'
            '[tls]\nca = "ca.pem"\ncertificate = "live.pem"\nkey = "live.key"\n',
        ),
        _topology(
            "on a private network",
            f'{_BUNDLED}insecure = true\n[processes.prices]\ntcp = "10.0.0.5:7400"\n',
        ),
    ),
)

RULES = (
    UNUSABLE,
    PLACED_TWICE,
    PLACED_NOWHERE,
    NO_TRANSPORT,
    UNREACHED,
    ADDRESS_TWICE,
    INSECURE,
)
