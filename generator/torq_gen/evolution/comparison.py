"""Two versions of a system side by side: what belongs together, and who is hit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from torq_gen.diagnostics import Span
from torq_gen.evolution import reading
from torq_gen.evolution.breaks import Broken
from torq_gen.model import (
    AliasType,
    ArrayType,
    EnumType,
    Field,
    FieldType,
    ListType,
    Message,
    NamedType,
    OptionalType,
    Service,
    StructField,
    StructType,
    System,
)

_SYSTEM = "system.yaml"


class MessagePair(NamedTuple):
    """One message in both versions; it may have been renamed."""

    old: Message
    new: Message

    @property
    def misaligned(self) -> Broken:
        """Who finds a field at another place than it was written, or none at all."""
        return broken(
            new=not reading.aligned(self.new, self.old), old=not reading.aligned(self.old, self.new)
        )

    @property
    def fields(self) -> Iterator[tuple[Field, Field]]:
        """The fields that both have, renamed ones included, in the order of the new version."""
        names = reading.renamed(self.old.fields, self.new.fields)
        before = {names.get(f.name, f.name): f for f in self.old.fields}
        return ((before[f.name], f) for f in self.new.fields if f.name in before)


class Traffic(NamedTuple):
    """Who publishes and who subscribes each message of a version, planned services included."""

    publishers: dict[str, tuple[Service, ...]]
    subscribers: dict[str, tuple[Service, ...]]

    @classmethod
    def of(cls, system: System) -> Traffic:
        """The traffic of a version."""
        found = cls({}, {})
        for service in system.services.values():
            for sent in service.publishes:
                found.publishers[sent.message] = (*found.publishers.get(sent.message, ()), service)
            for taken in service.subscribes:
                others = found.subscribers.get(taken.message, ())
                found.subscribers[taken.message] = (*others, service)
        return found


class TypePair(NamedTuple):
    """A named type that messages of both versions hold at one place; ``messages`` are these."""

    old: NamedType
    new: NamedType
    messages: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """What rules look at."""

    old: System
    new: System

    @cached_property
    def messages(self) -> tuple[MessagePair, ...]:
        """The messages that both versions have, by name; else by type id if only the name moved."""
        by_id = {m.type_id: m for m in self.new.messages.values()}
        found = []
        for name, message in self.old.messages.items():
            heir = self.new.messages.get(name) or self._renamed(message, by_id)
            if heir is not None:
                found.append(MessagePair(message, heir))
        return tuple(found)

    @cached_property
    def gone(self) -> tuple[Message, ...]:
        """The messages that the new version has no longer, under any name."""
        kept = {pair.old.name for pair in self.messages}
        return tuple(m for m in self.old.messages.values() if m.name not in kept)

    @cached_property
    def types(self) -> tuple[TypePair, ...]:
        """Named types that stand at one place of one message in both versions, each once."""
        met: dict[str, tuple[NamedType, NamedType, dict[str, None]]] = {}
        for pair in self.messages:
            for was, now in pair.fields:
                for one, other in _met(was.type, now.type):
                    met.setdefault(one.name, (one, other, {}))[2][pair.new.name] = None
        return tuple(TypePair(one, other, tuple(m)) for one, other, m in met.values())

    @cached_property
    def services(self) -> tuple[tuple[Service, Service], ...]:
        """The services of both versions, by name; else by id if only the name is another."""
        by_id = {s.id: s for s in self.new.services.values() if s.name not in self.old.services}
        found = []
        for was in self.old.services.values():
            now, heir = self.new.services.get(was.name), by_id.get(was.id)
            if now is None and heir is not None and self._traffic(was) == _traffic(heir):
                now = heir
            if now is not None:
                found.append((was, now))
        return tuple(found)

    @cached_property
    def old_traffic(self) -> Traffic:
        """Who published and subscribed what, by old names."""
        return Traffic.of(self.old)

    @cached_property
    def new_traffic(self) -> Traffic:
        """Who publishes and subscribes what, by new names."""
        return Traffic.of(self.new)

    @cached_property
    def new_name(self) -> dict[str, str]:
        """What messages of the old version are called in the new one."""
        return {pair.old.name: pair.new.name for pair in self.messages}

    @cached_property
    def old_name(self) -> dict[str, str]:
        """What messages of the new version were called in the old one."""
        return {new: old for old, new in self.new_name.items()}

    def publishers(self, message: str) -> tuple[str, ...]:
        """The active services that publish a message (new name) in either version."""
        return self._users(message, publishing=True)

    def subscribers(self, message: str) -> tuple[str, ...]:
        """The active services that subscribe a message (new name) in either version."""
        return self._users(message, publishing=False)

    def place(self, *wanted: Span | None, old: Span | None) -> Span:
        """The first place in the new version; without any, the file in which the thing stood."""
        for span in wanted:
            if span is not None:
                return span
        if old is not None and old.file in self._files:
            return Span.of_file(old.file)
        return Span.of_file(_SYSTEM)

    @cached_property
    def _files(self) -> frozenset[str]:
        """The files of the new version, as far as something stands in them."""
        things = (self.new.messages, self.new.types, self.new.services, self.new.domains)
        spans = (thing.span for mapping in things for thing in mapping.values())
        return frozenset(span.file for span in spans if span is not None)

    def _traffic(self, service: Service) -> tuple[set[str], set[str]]:
        """What an old service publishes and subscribes, by the new names."""
        sent, taken = _traffic(service)
        names = self.new_name
        return {names.get(n, n) for n in sent}, {names.get(n, n) for n in taken}

    def _renamed(self, message: Message, by_id: dict[int, Message]) -> Message | None:
        heir = by_id.get(message.type_id)
        if heir is None or heir.name in self.old.messages or not _one_layout(message, heir):
            return None
        return heir

    def _users(self, message: str, *, publishing: bool) -> tuple[str, ...]:
        before = self.old_name.get(message, message)
        found: dict[str, None] = {}
        for traffic, name in ((self.old_traffic, before), (self.new_traffic, message)):
            users = (traffic.publishers if publishing else traffic.subscribers).get(name, ())
            found.update(dict.fromkeys(s.name for s in users if s.active))
        return tuple(found)


def broken(*, new: bool, old: bool) -> Broken:
    """The readers that cannot cope."""
    found = Broken.NEW_READERS if new else Broken.NOTHING
    return found | Broken.OLD_READERS if old else found


def misread(old: FieldType, new: FieldType) -> Broken:
    """Who misreads values of a type that changed."""
    return broken(new=not reading.reads(old, new), old=not reading.reads(new, old))


def differs_here(old: FieldType, new: FieldType) -> bool:
    """Whether two types differ on the wire by themselves, not only in what a shared name means."""
    if _same_name(old, new):
        return False
    match old, new:
        case AliasType(target=target), _:
            return differs_here(target, new)
        case _, AliasType(target=target):
            return differs_here(old, target)
        case (ListType(item=one), ListType(item=other)) | (
            OptionalType(item=one),
            OptionalType(item=other),
        ):
            return differs_here(one, other)
        case ArrayType(item=one, length=size), ArrayType(item=other, length=length):
            return size != length or differs_here(one, other)
    return not reading.alike(old, new)


def _met(old: FieldType, new: FieldType) -> Iterator[tuple[NamedType, NamedType]]:
    """The named types of one name and kind that stand at one place of both."""
    match old, new:
        case AliasType(target=one), AliasType(target=other) if _same_name(old, new):
            yield old, new
            yield from _met(one, other)
        case EnumType(), EnumType() if _same_name(old, new):
            yield old, new
        case StructType(fields=ours), StructType(fields=theirs) if _same_name(old, new):
            yield old, new
            for was, now in shared(ours, theirs):
                yield from _met(was.type, now.type)
        case AliasType(target=one), _:
            yield from _met(one, new)
        case _, AliasType(target=other):
            yield from _met(old, other)
        case (
            (ListType(item=one), ListType(item=other))
            | (OptionalType(item=one), OptionalType(item=other))
            | (ArrayType(item=one), ArrayType(item=other))
        ):
            yield from _met(one, other)


def shared(
    old: Iterable[StructField], new: Iterable[StructField]
) -> Iterator[tuple[StructField, StructField]]:
    """The fields that two structs both have, renamed ones included."""
    ours, theirs = tuple(old), tuple(new)
    names = reading.renamed(ours, theirs)
    before = {names.get(f.name, f.name): f for f in ours}
    return ((before[f.name], f) for f in theirs if f.name in before)


def _same_name(old: FieldType, new: FieldType) -> bool:
    named = (AliasType, EnumType, StructType)
    if not isinstance(old, named) or not isinstance(new, named):
        return False
    return type(old) is type(new) and old.name == new.name


def _traffic(service: Service) -> tuple[set[str], set[str]]:
    return {p.message for p in service.publishes}, {s.message for s in service.subscribes}


def _one_layout(old: Message, new: Message) -> bool:
    """Whether two messages differ in name alone, as far as their readers can tell."""
    names = {f.name for f in old.fields}
    same = all(f.name in names for f in new.fields[: len(old.fields)])
    return same and reading.understands(new, old) and reading.understands(old, new)
