"""Rules of what services mention (TQ140 to TQ148)."""

from __future__ import annotations

from torq_gen.diagnostics import Severity
from torq_gen.rule import Rule
from torq_gen.spec.rules._samples import system

_PAIR = """\
services:
  feed: {id: 1, publishes: [Quote]}
  desk: {id: 2, subscribes: [Quote]}
"""

UNKNOWN_MESSAGE = Rule(
    "TQ140",
    "unknown-message",
    "A message that no schema declares.",
    why="Nothing can be generated for it, so the service could neither send nor receive it.",
    fix="Take the name that is offered, or declare the message in a schema.",
    bad=(system("misspelt", "services:\n  feed: {id: 1, publishes: [«Quotes»]}\n"),),
    good=(system("declared", _PAIR),),
)
UNKNOWN_STORE = Rule(
    "TQ141",
    "unknown-store",
    "A store that system.yaml does not declare.",
    why="Who reads and writes what is only known of declared stores.",
    fix="Take the name that is offered, or declare the store below `stores`.",
    bad=(
        system(
            "misspelt",
            "stores: {redis: {kind: redis}}\n"
            "services:\n"
            '  feed: {id: 1, stores: {«redi»: {keys: ["pool:*"], authority: read_only}}}\n',
        ),
    ),
    good=(
        system(
            "declared",
            "stores: {redis: {kind: redis}}\n"
            "services:\n"
            '  feed: {id: 1, stores: {redis: {keys: ["pool:*"], authority: read_only}}}\n',
        ),
    ),
)
UNKNOWN_EXTERNAL = Rule(
    "TQ142",
    "unknown-external",
    "An external that is declared nowhere.",
    why="What a service calls outside of the system is part of its contract, with its URLs.",
    fix="Take the name that is offered, or declare it below `externals`.",
    bad=(system("not declared", "services:\n  feed: {id: 1, externals: [«rates»]}\n"),),
    good=(
        system(
            "declared",
            'externals: {rates: {urls: ["https://rates.example/"], protocol: http}}\n'
            "services:\n"
            "  feed: {id: 1, externals: [rates]}\n",
        ),
    ),
)
UNKNOWN_FIELD = Rule(
    "TQ143",
    "unknown-field",
    "A field that the message does not have.",
    why="An ordering or invariant over it could never be checked.",
    fix="Take the name that is offered.",
    bad=(
        system(
            "misspelt",
            "services:\n"
            "  feed:\n"
            "    id: 1\n"
            "    publishes: [{Quote: {at_most_once_per: «venu»}}]\n"
            "  desk: {id: 2, subscribes: [Quote]}\n",
        ),
    ),
    good=(
        system(
            "a field of the message",
            "services:\n"
            "  feed:\n"
            "    id: 1\n"
            "    publishes: [{Quote: {at_most_once_per: venue}}]\n"
            "  desk: {id: 2, subscribes: [Quote]}\n",
        ),
    ),
)
SCHEMA_DISAGREEMENT = Rule(
    "TQ144",
    "schema-disagreement",
    "system.yaml states an id, a domain or a topic that the schema contradicts.",
    why="One of the two is out of date, and people read either.",
    fix="Leave it out of system.yaml: the schema says it. Or correct the one that is wrong.",
    bad=(
        system(
            "another type id",
            "services:\n"
            "  feed: {id: 1, publishes: [{type: Quote, type_id: «7»}]}\n"
            "  desk: {id: 2, subscribes: [Quote]}\n",
        ),
    ),
    good=(system("the schema says it", _PAIR),),
)
UNPUBLISHED_SUBSCRIPTION = Rule(
    "TQ145",
    "unpublished-subscription",
    "A message is subscribed and nobody publishes it.",
    why="The handler never runs, which nobody notices until the data is missed.",
    fix="Let a service publish it; one that is not written yet may be `status: planned`. Or remove "
    "the subscription.",
    bad=(system("no publisher", "services:\n  desk: {id: 2, subscribes: [«Quote»]}\n"),),
    good=(
        system("published", _PAIR),
        system(
            "a planned publisher",
            "services:\n"
            "  feed: {id: 1, status: planned, publishes: [Quote]}\n"
            "  desk: {id: 2, subscribes: [Quote]}\n",
        ),
    ),
)
UNHEARD_PUBLICATION = Rule(
    "TQ146",
    "unheard-publication",
    "A message is published and nobody subscribes it.",
    Severity.WARNING,
    why="It is work for nobody, or its subscriber is not declared yet.",
    fix="Let a service subscribe it, or stop publishing it. Where it is meant for outside of the "
    "system, suppress the warning with that reason.",
    bad=(system("no subscriber", "services:\n  feed: {id: 1, publishes: [«Quote»]}\n"),),
    good=(system("subscribed", _PAIR),),
)
EXTERNAL_EVENT = Rule(
    "TQ147",
    "external-event",
    "A consumed name that no schema declares is taken for something from outside.",
    Severity.WARNING,
    why="The older key `consumes` also named events of the world outside. A misspelt message looks "
    "the same.",
    fix="Declare the message in a schema and list it below `subscribes`; or declare the source "
    "below `externals`.",
    bad=(
        system(
            "from outside, or misspelt", "services:\n  feed: {id: 1, consumes: [«SwapEvent»]}\n"
        ),
    ),
    good=(
        system(
            "a message",
            "services:\n  feed: {id: 1, publishes: [Quote]}\n  desk: {id: 2, consumes: [Quote]}\n",
        ),
    ),
)
SELF_SUBSCRIPTION = Rule(
    "TQ148",
    "self-subscription",
    "A service subscribes what it publishes itself.",
    why="It would wait for room in its own mailbox, which only it can make.",
    fix="Call the code directly, or split the service.",
    bad=(
        system(
            "its own message",
            "services:\n  feed: {id: 1, publishes: [Quote], subscribes: [«Quote»]}\n",
        ),
    ),
    good=(system("another's message", _PAIR),),
)
