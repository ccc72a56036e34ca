"""What ``torq.lock.yaml`` remembers: ids that were assigned and versions that were released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from torq_gen.immutable import immutable


@immutable
class ReleasedVersion:
    """A released message version: its wire layout and the digest of its golden vectors."""

    layout: str
    golden: str


@immutable
class ReleasedMessage:
    """A message with at least one released version.

    ``domain`` is the id of its domain, which stands in every frame; None in locks of older tools,
    which did not remember it.
    """

    type_id: int
    versions: Mapping[int, ReleasedVersion]
    domain: int | None = None


@immutable
class Lock:
    """Service ids by name, the ids of services that are gone, and what has been released."""

    services: Mapping[str, int] = field(default_factory=dict)
    retired: Mapping[str, int] = field(default_factory=dict)
    messages: Mapping[str, ReleasedMessage] = field(default_factory=dict)
