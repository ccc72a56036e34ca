"""What the canonical form looks like, and where comments go."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.unit.formatting.test_properties import REPOSITORY
from torq_gen.formatting import format_schema, format_system
from torq_gen.formatting.reading import UnreadableError
from torq_gen.model import System
from torq_gen.spec.build import build

SCHEMA = """\
domain: MarketData
messages:
  Tick: {type: 1, fields: [{pool: u8}, {number: u64}]}
  Meta: {type: 2, fields: [{pool: u8}, {token: u8}]}
"""


def schema(before: str, after: str) -> None:
    assert format_schema(dedent(before)) == dedent(after)
    assert format_schema(dedent(after)) == dedent(after)


def system(before: str, after: str) -> None:
    before, after = dedent(before), dedent(after)
    model = loaded(before)
    assert format_system(before, model) == after
    assert format_system(after, model) == after
    assert loaded(after) == model


def loaded(text: str) -> System:
    files = {"system.yaml": text.encode(), "schemas/market_data.yaml": SCHEMA.encode()}
    built = build(REPOSITORY, files, assign_ids=True)
    assert built.system is not None, built.findings
    return built.system


def test_layout_follows_from_what_is_said() -> None:
    schema(
        """\
        types: {Kind: {values: {A: 1, B: 2}, enum: u8}, Price: {type: "fixed< 8,i64 >"}}
        messages:
          Tick:
            fields: [{pool: {type: "bytes[20]"}}, {at: {doc: 'when it came', type: timestamp}}]
            type: 1
            doc: "A text so long that it cannot stand in one line with its key: \\
              it is wrapped in a column, at spaces."
          Tock:
            type: 2
            fields:
            - n: u8
        domain: "MarketData"
        """,
        """\
        domain: MarketData

        types:
          Kind:
            enum: u8
            values: {A: 1, B: 2}
          Price: fixed<8>

        messages:
          Tick:
            type: 1
            doc: >-
              A text so long that it cannot stand in one line with its key: it is wrapped in a column, at
              spaces.
            fields:
              - pool: bytes[20]
              - at: {type: timestamp, doc: when it came}

          Tock:
            type: 2
            fields:
              - n: u8
        """,  # noqa: E501 - as wide as the form allows
    )


def test_comments_and_blank_lines_stay_where_they_belong() -> None:
    schema(
        """\
        # About the file.

        # About the messages.
        messages: # beside a section
            # About Tick.
            Tick: # beside a name
                # above a key
                type:   1     # beside a value


                fields: [ # beside an opening bracket
                    {pool: u8}, # the first
                    # above the second
                    {at: u8}
                    # at the end of the list
                ]
                # at the end of Tick
            # at the end of the messages
        domain: D
        # at the end
        """,
        """\
        # About the file.

        domain: D

        # About the messages.
        messages: # beside a section
          # About Tick.
          Tick: # beside a name
            # above a key
            type: 1 # beside a value

            fields: # beside an opening bracket
              - pool: u8 # the first
              # above the second
              - at: u8
              # at the end of the list
            # at the end of Tick
          # at the end of the messages
        # at the end
        """,
    )


def test_a_comment_keeps_a_collection_open() -> None:
    system(
        """\
        domains: {MarketData: {id: 1, types: [1, # the first
          19]}}
        """,
        """\
        domains:
          MarketData:
            id: 1
            types:
              - 1 # the first
              - 19
        """,
    )


def test_texts_of_several_lines() -> None:
    schema(
        """\
        domain: D
        types:
          A:
            type: u8
            doc: | # a remark

              First.

              Second line
              and third.
        x-note: "one\\ntwo\\n"
        """,
        """\
        domain: D

        types:
          A:
            type: u8
            doc: |- # a remark
              First.

              Second line
              and third.

        x-note: |
          one
          two
        """,
    )


def test_line_ends_of_the_file_stay() -> None:
    assert format_schema("domain:   D\r\n# end\r\n") == "domain: D\r\n# end\r\n"


def test_aliases_stay_where_nothing_has_to_be_rewritten() -> None:
    schema(
        """\
        x-fields: &common   [{pool: u8}]
        messages:
          A: {type: 1, fields: *common}
        domain: D
        """,
        """\
        x-fields: &common
          - pool: u8

        messages:
          A:
            type: 1
            fields: *common

        domain: D
        """,
    )


def test_comments_around_anchors() -> None:
    schema(
        """\
        domain: D
        x-a: &a # beside
        # above the item
        - k: v
        x-b: &b |-  # a remark
          # text
          more
        x-c: &c # beside
          "not # one"
        x-d: [&d q, # the first
          *d]
        x-e: *c # beside
        """,
        """\
        domain: D

        x-a: &a # beside
          # above the item
          - k: v

        x-b: &b |- # a remark
          # text
          more

        x-c: &c "not # one" # beside

        x-d:
          - &d q # the first
          - *d

        x-e: *c # beside
        """,
    )


def test_aliases_are_written_out_where_shapes_are_rewritten() -> None:
    system(
        """\
        services:
          a: {id: 1, produces: &all [{type: Tick}, {tlv_type: 2}]}
          b: {id: 2, consumes: *all}
        """,
        """\
        services:
          a:
            id: 1
            publishes: [Tick, Meta]

          b:
            id: 2
            subscribes: [Tick, Meta]
        """,
    )


def test_older_shapes_become_the_present_one() -> None:
    system(
        """\
        services:
          # The adapter.
          adapter:
            produces:
              - tlv_type: 1  # ticks
                ordering: "per-pool sequential"
              - {type: Meta, topic: market-data}  # once
            consumes:
              - Swap  # from outside
              - {source: websocket, events: [logs]}
            dependencies:
              # The nodes.
              rpc: ["https://a.example/"]
              redis: {keys: ["k:{pool}"], authority: read_write}  # a cache
            restart_policy: "systemd one-for-one"
            max_restarts: 2  # then a person looks
            invariants:
              - Meta emitted before first Tick for any pool
              - It is fast.
        """,
        """\
        stores:
          redis: {kind: redis}

        externals:
          rpc: {urls: ["https://a.example/"]}

        services:
          # The adapter.
          adapter:
            publishes:
              - Tick: {sequential_per: pool} # ticks
              - Meta # once
            subscribes:
              - events: [Swap] # from outside
              - {source: websocket, events: [logs]}
            stores:
              redis: {keys: ["k:{pool}"], authority: read_write} # a cache
            externals:
              # The nodes.
              - rpc
            # then a person looks
            restart: {strategy: systemd, max_restarts: 2}
            invariants:
              - id: meta-emitted-before-first-tick-for-any-pool
                text: Meta emitted before first Tick for any pool
                precedes: {first: Meta.pool, then: [Tick.pool]}
              - id: it-is-fast
                text: It is fast.
        """,
    )


@pytest.mark.parametrize("text", ["- a\n", "a: [", ""])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        format_schema(text)
