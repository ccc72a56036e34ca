"""Values of which there are too many: what is known of them once they are no longer told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from torq_gen.immutable import immutable
from torq_gen.lint.facts.shapes import crowded, merged, parts_of
from torq_gen.lint.facts.unions import MOST_ALTERNATIVES, alternatives, is_unknown, join
from torq_gen.lint.facts.values import (
    MORE,
    Amount,
    BaseMethod,
    Class,
    External,
    Generated,
    MessageClass,
    MessageValue,
    Object,
    Union,
    Unknown,
    Value,
)

TOLD_APART, MERGED, RELATED, WIDENED = range(4)
"""How far a value is bounded; each level is coarser than the one before."""
FEW_GROWTHS = 6
"""How often a value may grow before it is `MERGED`."""
MANY_GROWTHS = 24
"""How often a value may grow before it is `WIDENED`, however few its alternatives are."""


@immutable
class Families:
    """Classes that inherit from one another are a family.

    ``root`` is the class of the project from which a class derives in the end; ``is_service`` says
    whether it derives from a service's generated base; ``known_as`` under which path a library's
    name may do something to the world, empty if it cannot.
    """

    root: Callable[[Class], Class]
    is_service: Callable[[Class], object]
    known_as: Callable[[str], str]

    def bounded(
        self, value: Value, level: int, growths: int
    ) -> tuple[Value, tuple[Value, ...], int]:
        """A value with no more alternatives than are followed; what it may be besides; the level.

        What was once bounded at a level stays so, or it would grow again and again; and a value
        that goes on growing is bounded further, so that each grows a bounded number of times.

        Of what is not known, one reason is kept at any level. `MERGED`: values that hold others are
        one where they are alike (a tuple of so many), and hold what any of them held; names of a
        library that are not described are one. `RELATED`: only base classes of objects are known.
        `WIDENED`: only messages, money and services are, since rules speak of them.
        """
        if growths > FEW_GROWTHS:
            level = max(level, WIDENED if growths > MANY_GROWTHS else MERGED)
        lost: tuple[Value, ...] = ()
        while True:
            found, lost = self._at(level, value)
            if level == WIDENED or not _is_crowd(found):
                return found, lost, level
            level += 1

    def _at(self, level: int, value: Value) -> tuple[Value, tuple[Value, ...]]:
        if level == TOLD_APART:
            return _with_one_reason(value), ()
        if level == WIDENED:
            kept = [one for one in map(self._named, alternatives(value)) if self._matters(one)]
            others = (one for one in alternatives(value) if not self._matters(one))
            return join([*kept, MORE]), tuple(part for one in others for part in parts_of(one))
        named: Iterable[Value] = map(self._named, alternatives(value))
        if level == RELATED:
            named = map(self._related, named)
        fewer = merged(_with_one_reason(join(named)))
        lost = crowded(fewer)
        if not lost:
            return fewer, ()
        return join([*(one for one in alternatives(fewer) if one not in lost), MORE]), lost

    def _named(self, value: Value) -> Value:
        if is_unknown(value):
            return value if value.__class__ is Unknown else MORE
        if value.__class__ is External:
            known = self.known_as(value.path)
            return External(known) if known else value
        return value

    def _related(self, value: Value) -> Value:
        if isinstance(value, Object) and not self.is_service(value.cls):
            return Object(self.root(value.cls), None)
        return value

    def _matters(self, value: Value) -> bool:
        match value:
            case MessageValue() | MessageClass() | Amount() | Generated():
                return True
            case Object(cls=cls) | BaseMethod(receiver=Object(cls=cls)):
                return bool(self.is_service(cls))
            case External(path=path):
                return self.known_as(path) != ""
        return False


def _is_crowd(value: Value) -> bool:
    return len(alternatives(value)) > MOST_ALTERNATIVES


def _with_one_reason(value: Value) -> Value:
    """The value with the first of several reasons why it is not known: one is enough to mend it."""
    if value.__class__ is not Union:
        return value
    unknown = [one for one in value.of if one.__class__ is Unknown]
    if len(unknown) < 2:
        return value
    dropped = set(unknown) - {MORE if MORE in unknown else unknown[0]}
    return join([one for one in value.of if one not in dropped])
