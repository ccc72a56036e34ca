"""Samples of breaking changes: a file in the new version, and the same file as it was in v1.

What a sample does not show of either version is taken from ``PROJECT``.
"""

from __future__ import annotations

from collections.abc import Mapping

from torq_gen.rule import Sample

OLD = "v1:"
"""What stands before the path of a file of the older version, as git writes it."""
SYSTEM, SCHEMA, APPROVALS = "system.yaml", "schemas/market_data.yaml", "torq-breaking.yaml"
HEAD = """\
system: {name: shop, package: shop_contracts, schemas: [schemas/*.yaml]}
domains:
  MarketData: {id: 1, types: [1, 19], compatibility: full}
"""
SERVICES = """\
  feed: {id: 1, publishes: [Quote], subscribes: []}
  desk: {id: 2, publishes: [], subscribes: [Quote]}
"""
PROJECT: Mapping[str, str] = {
    SYSTEM: f"{HEAD}services:\n{SERVICES}",
    SCHEMA: (
        "domain: MarketData\nmessages:\n  Quote: {type: 1, fields: [{venue: u16}]}\n"
        "  Trade: {type: 2, fields: [{venue: u16}]}\n"
    ),
}


_KINDS = {"system": SYSTEM, "schema": SCHEMA, "approvals": APPROVALS}


def versions(
    title: str, path: str, old: str, new: str, *, whole: bool = False, **more: str
) -> Sample:
    """One file in both versions, and further files by kind; ``whole``: it is found as a whole."""
    files: dict[str, str | None] = {f"{OLD}{path}": old}
    files |= {_KINDS[kind]: text for kind, text in more.items()}
    return Sample(new, path, title, files, (path,) if whole else ())


def schema(title: str, old: str, new: str, *, whole: bool = False, **more: str) -> Sample:
    """The schema's part below ``messages`` and what follows it, in both versions."""
    head = "domain: MarketData\nmessages:\n"
    return versions(title, SCHEMA, head + old, head + new, whole=whole, **more)


def types(title: str, old: str, new: str, field: str) -> Sample:
    """A named type in both versions, and the type of the field that uses it."""
    tail = f"messages:\n  Quote: {{type: 1, fields: [{{venue: u16}}, {{it: {field}}}]}}\n"
    head = "domain: MarketData\ntypes:\n"
    return versions(title, SCHEMA, f"{head}{old}{tail}", f"{head}{new}{tail}")


def fields(title: str, old: str, new: str) -> Sample:
    """The fields of one message in both versions."""
    return schema(title, _quote(old), _quote(new))


def services(title: str, old: str, new: str) -> Sample:
    """The part of system.yaml below ``services`` in both versions."""
    head = f"{HEAD}services:\n"
    return versions(title, SYSTEM, head + old, head + new)


def _quote(listed: str) -> str:
    lines = "".join(f"      - {line}\n" for line in listed.strip().split("\n"))
    return f"  Quote:\n    type: 1\n    fields:\n{lines}"


def stored(writer: str, reader: str) -> str:
    """system.yaml in which one service writes a key of a store and another one reads it."""
    text = "stores:\n  redis: {kind: redis}\n" + PROJECT[SYSTEM]
    for name, authority in ((writer, "read_write"), (reader, "read_only")):
        access = f', stores: {{redis: {{keys: ["pool:{{id}}"], authority: {authority}}}}}}}'
        text = "\n".join(
            line.removesuffix("}") + access if name and line.startswith(f"  {name}:") else line
            for line in text.split("\n")
        )
    return text


def marked_last(text: str, what: str) -> str:
    """The text with marks around the last place where something stands."""
    return f"«{what}»".join(text.rsplit(what, 1))
