"""Rules of services together, and of what no machine checks (TQ149 to TQ154, TQ160 to TQ162)."""

from __future__ import annotations

from torq_gen.diagnostics import Severity
from torq_gen.rule import Rule
from torq_gen.spec.rules._samples import system


def _writers(second: str, name: str = "redis") -> str:
    return (
        "stores: {redis: {kind: redis}}\n"
        "services:\n"
        '  feed: {id: 1, stores: {redis: {keys: ["pool:*"], authority: read_write}}}\n'
        f"  desk: {{id: 2, stores: {{{name}: {second}}}}}\n"
    )


BLOCKING_CYCLE = Rule(
    "TQ149",
    "blocking-cycle",
    "Services that can wait for each other's full mailboxes for ever.",
    why="`publish` waits until the subscriber has room. In a circle each can wait for the next, "
    "and none ever goes on.",
    fix="Let one subscription of the circle be `on_full: drop_oldest` or `fail`, or move what "
    "closes it into one service.",
    bad=(
        system(
            "a circle of two",
            "services:\n"
            "  feed: {id: 1, publishes: [Quote], subscribes: [«Trade»]}\n"
            "  desk: {id: 2, publishes: [Trade], subscribes: [Quote]}\n",
        ),
    ),
    good=(
        system(
            "one of them does not block",
            "services:\n"
            "  feed: {id: 1, publishes: [Quote], subscribes: [{Trade: {on_full: drop_oldest}}]}\n"
            "  desk: {id: 2, publishes: [Trade], subscribes: [Quote]}\n",
        ),
    ),
)
TWO_WRITERS = Rule(
    "TQ150",
    "two-writers",
    "Two services write one part of a store.",
    why="Each overwrites what the other relies on, and nobody can say who is right.",
    fix="Let one write and the other read, or ask for changes by a message. Where both are meant "
    "to, say `writers: shared` in both.",
    bad=(
        system(
            "patterns that meet",
            _writers('{keys: ["pool:{address}"], authority: write_only}', "«redis»"),
        ),
    ),
    good=(
        system("one writes, one reads", _writers('{keys: ["pool:*"], authority: read_only}')),
        system("keys apart", _writers('{keys: ["limit"], authority: read_write}')),
    ),
)
WRONG_PATH = Rule(
    "TQ151",
    "wrong-path",
    "A service's folder lies outside the project or is taken.",
    why="Two services in one folder cannot be kept apart, and what torq-gen writes or checks has "
    "to lie inside the project.",
    fix="Give each service a folder of its own, such as services/feed.",
    bad=(
        system(
            "one folder for two",
            "services:\n"
            "  feed: {id: 1, path: services/all}\n"
            "  «desk»: {id: 2, path: services/all}\n",
        ),
        system("outside", "services:\n  feed: {id: 1, path: «../feed»}\n"),
    ),
    good=(
        system(
            "a folder each",
            "services:\n  feed: {id: 1, path: services/prices/feed}\n  desk: {id: 2}\n",
        ),
    ),
)
SERVICE_ID_USED_TWICE = Rule(
    "TQ152",
    "service-id-used-twice",
    "A service has an id that is or was another service's.",
    why="The id stands in every frame as its source: old recordings would be blamed on the new "
    "service.",
    fix="Take the free id that is offered. A renamed service keeps its id: rename its entry in "
    "torq.lock.yaml.",
    bad=(
        system("one id for two", "services:\n  feed: {id: 1}\n  desk: {id: «1»}\n"),
        system(
            "a retired id",
            "services:\n  feed: {id: «4»}\n",
            lock="services: {}\nretired: {desk: 4}\n",
        ),
    ),
    good=(system("an id each", "services:\n  feed: {id: 1}\n  desk: {id: 2}\n"),),
)
MISSING_SERVICE_ID = Rule(
    "TQ153",
    "missing-service-id",
    "A service that has no id yet.",
    why="Without an id its frames would name no source.",
    fix="Run `torq-gen generate`, which gives it the next free one, and commit torq.lock.yaml.",
    bad=(system("neither stated nor in the lock", "services:\n  «feed»: {publishes: []}\n"),),
    good=(
        system("in the lock", "services:\n  feed: {publishes: []}\n", lock="services: {feed: 1}\n"),
        system("stated", "services:\n  feed: {id: 1}\n"),
    ),
)
SERVICE_ID_CHANGED = Rule(
    "TQ154",
    "service-id-changed",
    "A service's id differs from the one that was given to it.",
    why="Frames that it has sent carry the old id; nobody would know them as its own.",
    fix="Write the id that torq.lock.yaml has, or give the service a new name.",
    bad=(
        system(
            "another one",
            "services:\n  feed: {id: «9»}\n",
            lock="services: {feed: 3}\n",
        ),
    ),
    good=(system("the one it has", "services:\n  feed: {id: 3}\n", lock="services: {feed: 3}\n"),),
)
UNCHECKED_ORDERING = Rule(
    "TQ160",
    "unchecked-ordering",
    "An ordering in words that no machine checks.",
    Severity.WARNING,
    why="Others rely on it, and nothing tells when it is broken.",
    fix="State it where the message is published: `{sequential_per: field, by: field}` or "
    "`{at_most_once_per: field}`.",
    bad=(
        system(
            "words",
            "services:\n"
            "  feed: {id: 1, publishes: [{Quote: {ordering: «as it comes»}}]}\n"
            "  desk: {id: 2, subscribes: [Quote]}\n",
        ),
    ),
    good=(
        system(
            "fields",
            "services:\n"
            "  feed: {id: 1, publishes: [{Quote: {sequential_per: venue, by: price}}]}\n"
            "  desk: {id: 2, subscribes: [Quote]}\n",
        ),
    ),
)
UNCHECKED_INVARIANT = Rule(
    "TQ161",
    "unchecked-invariant",
    "An invariant in words that no machine checks.",
    Severity.WARNING,
    why="Others rely on it, and nothing tells when it is broken.",
    fix="Add the form that a machine can read beside the text, such as `precedes`.",
    bad=(
        system(
            "words",
            "services:\n"
            "  feed:\n"
            "    id: 1\n"
            "    publishes: [Quote]\n"
            "    invariants: [«a price is never zero»]\n"
            "  desk: {id: 2, subscribes: [Quote]}\n",
        ),
    ),
    good=(
        system(
            "messages and fields",
            "services:\n"
            "  feed:\n"
            "    id: 1\n"
            "    publishes: [Quote, Trade]\n"
            "    invariants:\n"
            "      - id: quote-first\n"
            "        text: a quote comes before the first trade of its venue\n"
            "        precedes: {first: Quote.venue, then: [Trade.venue]}\n"
            "  desk: {id: 2, subscribes: [Quote, Trade]}\n",
        ),
    ),
)
UNCHECKED_DEPENDENCY = Rule(
    "TQ162",
    "unchecked-dependency",
    "A dependency in words that no machine checks.",
    Severity.WARNING,
    why="What a service reaches is only held to its contract when it is declared.",
    fix="Declare it below `stores` or `externals` of the service.",
    bad=(
        system(
            "words",
            "services:\n  feed: {id: 1, dependencies: [«Redis (cache)»]}\n",
        ),
    ),
    good=(
        system(
            "a store with keys and authority",
            "stores: {redis: {kind: redis}}\n"
            "services:\n"
            '  feed: {id: 1, stores: {redis: {keys: ["pool:*"], authority: read_write}}}\n',
        ),
    ),
)
