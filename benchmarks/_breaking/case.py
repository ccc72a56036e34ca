"""What a case is: one change in both languages."""

from __future__ import annotations

from typing import NamedTuple

SYNTAX = 'syntax = "proto3";\npackage shop.v1;\n'
PROTO2 = 'syntax = "proto2";\npackage shop.v1;\n'
EDITION = 'edition = "2023";\npackage shop.v1;\n'
SYSTEM = """\
system: {name: shop, package: shop_contracts}
domains:
  MarketData: {id: 1, types: [1, 19], compatibility: full}
services:
  feed: {id: 1, publishes: [Quote], subscribes: []}
  desk: {id: 2, publishes: [], subscribes: [Quote]}
"""


class Case(NamedTuple):
    """A change, in protobuf and in our schema; ``system`` are both versions of system.yaml.

    ``why`` is told where the two programs judge differently.
    """

    name: str
    proto: tuple[str, str]
    ours: tuple[str, str]
    why: str = ""
    system: tuple[str, str] = (SYSTEM, SYSTEM)


def proto(old: str, new: str, head: str = SYNTAX) -> tuple[str, str]:
    return head + old, head + new


def message(old: str, new: str, head: str = SYNTAX) -> tuple[str, str]:
    """The fields of one protobuf message."""
    return proto(f"message Quote {{ {old} }}\n", f"message Quote {{ {new} }}\n", head)


def fields(old: str, new: str, types: tuple[str, str] = ("", "")) -> tuple[str, str]:
    """The fields of one message of ours, and the named types of both versions."""
    return tuple(  # type: ignore[return-value]
        f"domain: MarketData\n{f'types: {{{t}}}' if t else ''}\n"
        f"messages:\n  Quote: {{type: 1, fields: [{f}]}}\n"
        for f, t in zip((old, new), types, strict=True)
    )


def enum(old: str, new: str, *, closed: bool = False) -> tuple[str, str]:
    sides = (
        f"Side: {{enum: u8, closed: {str(closed).lower()}, values: {{{v}}}}}" for v in (old, new)
    )
    one, other = sides
    return fields("{side: Side}", "{side: Side}", (one, other))
