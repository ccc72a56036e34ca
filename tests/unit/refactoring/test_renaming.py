"""A new name in the spec's files: every place that means the thing, and no other byte."""

from __future__ import annotations

from dataclasses import replace

import pytest

from torq_gen.model import Field, IntType, Lock, Message, ReleasedMessage, ReleasedVersion
from torq_gen.refactoring.renaming import (
    FieldRename,
    MessageRename,
    Rename,
    ServiceRename,
    released_with,
    rename_in_lock,
    rename_in_schema,
    rename_in_system,
)

SYSTEM = """\
# Tick, in a comment, stays.
services:
  Tick: {id: 9, description: About Tick}
  feeder:
    produces:
      - 'Tick' # plain
      - {type: Tick, sequential_per: pool, by: number}
      - "Tick": {at_most_once_per: "pool"}
      - Other: {at_most_once_per: pool}
    subscribes: &all [Tick, Ticker]
    invariants:
      - Tick emitted before first Other for any pool
      - id: Tick
        text: |
          No Ticker after Tick
          for the same pool.
        one_of:
          each: Tick.pool
          of: [{Tick.number: {pool: [1], number: 2}}, {Other.pool: {pool: 1}}]
  other:
    consumes: *all
"""
SCHEMA = """\
domain: Tick
types: {Tick2: u8}
messages:
  Tick: # Tick
    key: 'pool'
    fields: [{pool: u8}, {number: {type: u64, doc: the pool}}]
    examples: [{pool: 1, number: "2"}]
  Other:
    key: pool
    fields: [pool: u8]
"""


def changed(before: str, after: str) -> list[tuple[str, str]]:
    lines = zip(before.splitlines(), after.splitlines(), strict=True)
    return [(one.strip(), other.strip()) for one, other in lines if one != other]


def test_a_message_in_system_yaml() -> None:
    assert changed(SYSTEM, rename_in_system(SYSTEM, MessageRename("Tick", "Beat"))) == [
        ("- 'Tick' # plain", "- 'Beat' # plain"),
        (
            "- {type: Tick, sequential_per: pool, by: number}",
            "- {type: Beat, sequential_per: pool, by: number}",
        ),
        ('- "Tick": {at_most_once_per: "pool"}', '- "Beat": {at_most_once_per: "pool"}'),
        ("subscribes: &all [Tick, Ticker]", "subscribes: &all [Beat, Ticker]"),
        (
            "- Tick emitted before first Other for any pool",
            "- Beat emitted before first Other for any pool",
        ),
        ("No Ticker after Tick", "No Ticker after Beat"),
        ("each: Tick.pool", "each: Beat.pool"),
        (
            "of: [{Tick.number: {pool: [1], number: 2}}, {Other.pool: {pool: 1}}]",
            "of: [{Beat.number: {pool: [1], number: 2}}, {Other.pool: {pool: 1}}]",
        ),
    ]


def test_a_field_in_system_yaml() -> None:
    assert changed(SYSTEM, rename_in_system(SYSTEM, FieldRename("Tick", "pool", "lake"))) == [
        (
            "- {type: Tick, sequential_per: pool, by: number}",
            "- {type: Tick, sequential_per: lake, by: number}",
        ),
        ('- "Tick": {at_most_once_per: "pool"}', '- "Tick": {at_most_once_per: "lake"}'),
        ("each: Tick.pool", "each: Tick.lake"),
        (
            "of: [{Tick.number: {pool: [1], number: 2}}, {Other.pool: {pool: 1}}]",
            "of: [{Tick.number: {lake: [1], number: 2}}, {Other.pool: {pool: 1}}]",
        ),
    ]


def test_a_service_in_system_yaml() -> None:
    assert changed(SYSTEM, rename_in_system(SYSTEM, ServiceRename("feeder", "source"))) == [
        ("feeder:", "source:")
    ]


@pytest.mark.parametrize(
    ("rename", "lines"),
    [
        (MessageRename("Tick", "Beat"), [("Tick: # Tick", "Beat: # Tick")]),
        (
            FieldRename("Tick", "pool", "lake"),
            [
                ("key: 'pool'", "key: 'lake'"),
                (
                    "fields: [{pool: u8}, {number: {type: u64, doc: the pool}}]",
                    "fields: [{lake: u8}, {number: {type: u64, doc: the pool}}]",
                ),
                (
                    'examples: [{pool: 1, number: "2"}]',
                    'examples: [{lake: 1, number: "2"}]',
                ),
            ],
        ),
        (ServiceRename("Tick", "Beat"), []),
    ],
)
def test_schemas(rename: Rename, lines: list[tuple[str, str]]) -> None:
    assert changed(SCHEMA, rename_in_schema(SCHEMA, rename)) == lines


def test_ids_and_releases_stay_with_what_they_were_given_to() -> None:
    released = ReleasedMessage(1, {1: ReleasedVersion("pool u8", "00")}, 1)
    lock = Lock({"feeder": 1}, {"gone": 2}, {"Tick": released})
    assert rename_in_lock(lock, MessageRename("Tick", "Beat")) == replace(
        lock, messages={"Beat": released}
    )
    assert rename_in_lock(lock, ServiceRename("feeder", "source")) == replace(
        lock, services={"source": 1}
    )
    assert rename_in_lock(lock, FieldRename("Tick", "pool", "lake")) == lock


def test_a_released_field_is_known_by_the_first_version_that_had_it() -> None:
    fields = (Field("pool", IntType(8, False)), Field("number", IntType(8, False), since=3))
    message = Message("Tick", 1, "D", "d", fields)
    entry = ReleasedVersion("", "")
    lock = Lock(messages={"Tick": ReleasedMessage(1, {1: entry, 2: entry}, 1)})
    assert released_with(message, "pool", lock) == 1
    assert released_with(message, "number", lock) is None
    assert released_with(message, "pool", Lock()) is None
