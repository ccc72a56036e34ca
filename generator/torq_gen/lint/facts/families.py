"""Values of which there are too many: what is known of them once they are no longer told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
    Value,
)


@dataclass(frozen=True, slots=True)
class Families:
    """Classes that inherit from one another are a family.

    ``root`` is the class of the project from which a class derives in the end; ``is_service`` says
    whether it derives from a service's generated base, ``acts`` whether a library's name may do
    something to the world.
    """

    root: Callable[[Class], Class]
    is_service: Callable[[Class], object]
    acts: Callable[[str], bool]

    def bounded(self, value: Value, level: int) -> tuple[Value, tuple[Value, ...], int]:
        """A value with no more alternatives than are followed; what it may be besides; the level.

        What was once bounded at a level stays so, or it would grow again and again. At the first,
        only base classes of objects are known. At the second only messages, money, services
        are, since rules speak of them.
        """
        level = level or (1 if _is_crowd(value) else 0)
        if level == 0:
            return value, (), 0
        if level == 1:
            fewer = join(map(self._related, alternatives(value)))
            if not _is_crowd(fewer):
                return fewer, (), 1
        kept = [one for one in alternatives(value) if self._matters(one)]
        lost = tuple(one for one in alternatives(value) if not self._matters(one) and one != MORE)
        return join([*kept, MORE]), lost, 2

    def _related(self, value: Value) -> Value:
        if isinstance(value, Object) and not self.is_service(value.cls):
            return Object(self.root(value.cls), None)
        return MORE if is_unknown(value) else value

    def _matters(self, value: Value) -> bool:
        match value:
            case MessageValue() | MessageClass() | Amount() | Generated():
                return True
            case Object(cls=cls) | BaseMethod(receiver=Object(cls=cls)):
                return bool(self.is_service(cls))
            case External(path=path):
                return self.acts(path)
        return False


def _is_crowd(value: Value) -> bool:
    return len(alternatives(value)) > MOST_ALTERNATIVES
