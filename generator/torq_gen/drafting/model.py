"""A spec that is being drafted: what will be written, and remarks that go into comments.

Types are texts as a schema has them (``list<u64>?``). A ``note`` becomes a comment on its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DraftField:
    """A field of a message or a struct. ``extra`` holds further keys: ``validate``, ``unit``."""

    name: str
    type: str
    note: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DraftEnum:
    """A named enum."""

    name: str
    base: str
    values: tuple[tuple[str, int], ...]
    doc: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DraftStruct:
    """A named struct."""

    name: str
    fields: tuple[DraftField, ...]
    doc: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DraftMessage:
    """A message; the default topic of its domain when ``topic`` is empty."""

    name: str
    type_id: int
    fields: tuple[DraftField, ...]
    topic: str = ""
    doc: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftSchema:
    """The schema of one domain. ``head`` are the lines of a comment at its top."""

    domain: str
    messages: tuple[DraftMessage, ...]
    types: tuple[DraftEnum | DraftStruct, ...] = ()
    head: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftEdge:
    """An entry of a list: a message, an external, a library.

    With ``left_out`` it is only a comment that says why.
    """

    name: str
    notes: tuple[str, ...] = ()
    on_full: str = ""
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class DraftStore:
    """A service's part of a store; each pattern or table with its notes."""

    store: str
    authority: str
    keys: tuple[DraftEdge, ...] = ()
    tables: tuple[DraftEdge, ...] = ()
    shared: bool = False


@dataclass(frozen=True, slots=True)
class DraftService:
    """One service. ``unresolved`` are the lines of a comment below it."""

    name: str
    id: int
    path: str = ""
    planned: bool = False
    description: str = ""
    publishes: tuple[DraftEdge, ...] = ()
    subscribes: tuple[DraftEdge, ...] = ()
    stores: tuple[DraftStore, ...] = ()
    externals: tuple[DraftEdge, ...] = ()
    libraries: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftDomain:
    """A domain and the type ids that it may use, both ends included."""

    name: str
    id: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class DraftExternal:
    """Something outside the system."""

    name: str
    urls: tuple[str, ...]
    protocol: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole spec. ``stores`` are kinds by name, ``head`` a comment at the top of system.yaml."""

    name: str
    package: str
    domains: tuple[DraftDomain, ...]
    services: tuple[DraftService, ...]
    stores: Mapping[str, str] = field(default_factory=dict)
    externals: tuple[DraftExternal, ...] = ()
    schemas: tuple[DraftSchema, ...] = ()
    head: tuple[str, ...] = ()
