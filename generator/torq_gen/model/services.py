"""Services: what each publishes, subscribes and touches."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TypeAlias

from torq_gen.diagnostics import Span
from torq_gen.immutable import immutable
from torq_gen.model.values import Value


class Status(Enum):
    """Whether a service has code (active) or only a reserved id (planned)."""

    ACTIVE = "active"
    PLANNED = "planned"


class OnFull(Enum):
    """What happens to a publisher when a subscriber's mailbox is full."""

    BLOCK = "block"
    DROP_OLDEST = "drop_oldest"
    FAIL = "fail"


class Authority(Enum):
    """What a service may do with a store."""

    READ_ONLY = "read_only"
    WRITE_ONLY = "write_only"
    READ_WRITE = "read_write"

    @property
    def reads(self) -> bool:
        """Whether reading is allowed."""
        return self is not Authority.WRITE_ONLY

    @property
    def writes(self) -> bool:
        """Whether writing is allowed."""
        return self is not Authority.READ_ONLY


class RestartStrategy(Enum):
    """Who restarts a crashed service: its supervisor, the process manager, or nobody."""

    ONE_FOR_ONE = "one_for_one"
    SYSTEMD = "systemd"
    NEVER = "never"


@immutable
class Restart:
    """At most ``max_restarts`` within ``window_secs``; one more is escalated."""

    strategy: RestartStrategy = RestartStrategy.ONE_FOR_ONE
    max_restarts: int = 3
    window_secs: int = 60


@immutable
class SequentialPer:
    """Per value of ``key``, messages come in order of the field ``by`` (or of their sequence)."""

    key: str
    by: str | None = None


@immutable
class AtMostOncePer:
    """Per value of ``key``, at most one message."""

    key: str


@immutable
class UncheckedOrdering:
    """An ordering in words that no machine checks."""

    text: str


Ordering: TypeAlias = SequentialPer | AtMostOncePer | UncheckedOrdering


@immutable
class Publication:
    """A message that a service publishes, and the order that it promises."""

    message: str
    orderings: tuple[Ordering, ...] = ()
    span: Span | None = field(default=None, compare=False)


@immutable
class Subscription:
    """A message that a service handles."""

    message: str
    on_full: OnFull = OnFull.BLOCK
    span: Span | None = field(default=None, compare=False)


@immutable
class ExternalEvent:
    """Something consumed from outside the system; kept, but no message of it."""

    name: str
    source: str = ""
    format: str = ""
    span: Span | None = field(default=None, compare=False)


@immutable
class StoreAccess:
    """A service's part of a store: key patterns or tables, and what it may do there."""

    store: str
    authority: Authority
    keys: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    shared_writers: bool = False
    span: Span | None = field(default=None, compare=False)


@immutable
class Condition:
    """Holds for messages in which the field has one of the values."""

    field: str
    values: tuple[Value, ...]


@immutable
class FieldRef:
    """A field of a message, ``InstrumentMeta.token``, whose value is a key.

    Only messages count for which every condition of ``where`` holds.
    """

    message: str
    field: str
    where: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        return f"{self.message}.{self.field}"


@immutable
class Precedes:
    """For every value seen in a ``then`` field, ``first`` has carried it before."""

    first: FieldRef
    then: tuple[FieldRef, ...]


@immutable
class Within:
    """For every value of ``after``, a ``then`` field carries it within ``nanoseconds``."""

    after: FieldRef
    then: tuple[FieldRef, ...]
    nanoseconds: int


@immutable
class NeverAfter:
    """Once ``after`` has carried a value, no ``never`` field does."""

    after: FieldRef
    never: tuple[FieldRef, ...]


@immutable
class OneOfEach:
    """For every value of ``each``, the ``of`` fields together carry it exactly once.

    Within ``nanoseconds``; without them at any time later, so that only a second one is a breach.
    """

    each: FieldRef
    of: tuple[FieldRef, ...]
    nanoseconds: int | None = None


Check: TypeAlias = Precedes | Within | NeverAfter | OneOfEach


@immutable
class Invariant:
    """A promise of a service; ``check`` is None when no machine checks it."""

    id: str
    text: str
    check: Check | None = None
    span: Span | None = field(default=None, compare=False)


@immutable
class Service:
    """One service of the system. ``id`` is the frame source, 1 to 65535."""

    name: str
    id: int
    path: str
    status: Status = Status.ACTIVE
    description: str = ""
    owner: str = ""
    bundle: str = ""
    actor_type: str = ""
    publishes: tuple[Publication, ...] = ()
    subscribes: tuple[Subscription, ...] = ()
    external_events: tuple[ExternalEvent, ...] = ()
    stores: tuple[StoreAccess, ...] = ()
    externals: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    restart: Restart = Restart()
    invariants: tuple[Invariant, ...] = ()
    notes: tuple[str, ...] = ()
    span: Span | None = field(default=None, compare=False)

    @property
    def active(self) -> bool:
        """Whether the service has code."""
        return self.status is Status.ACTIVE


@immutable
class Store:
    """Somewhere that services keep state: a Redis, a Postgres, files."""

    name: str
    kind: str
    span: Span | None = field(default=None, compare=False)


@immutable
class External:
    """Something outside the system that services call."""

    name: str
    urls: tuple[str, ...] = ()
    protocol: str = ""
    span: Span | None = field(default=None, compare=False)
