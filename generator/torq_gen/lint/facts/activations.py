"""What the interpreter did, and on what it depends: only what has to be is done again.

An activation is a function run with certain arguments, a module's body, or other work that is done
once. It is done again when a cell grew that it read, and what called it when its result is another
one than before. Its facts count as long as something calls it that is itself still called.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Set
from heapq import heapify, heappop, heappush
from itertools import islice
from typing import TYPE_CHECKING

from torq_gen.lint.facts.values import NOTHING, Value

if TYPE_CHECKING:
    from torq_gen.lint.facts.code import FunctionCode
    from torq_gen.lint.facts.model import Fact, Publish


class Activation:
    """One piece of work: how it is done again, what it gave, noted and called.

    ``growths`` is how often its result grew, ``level`` says how far that is bounded, as `Families`
    has it. ``askers`` are those that asked for its result while it ran, with what they were given.
    ``in_place``: it depends on what is running around it, and is done anew for each call.
    """

    __slots__ = (
        "again",
        "askers",
        "callers",
        "calls",
        "code",
        "empty",
        "facts",
        "growths",
        "in_place",
        "key",
        "level",
        "order",
        "recursed",
        "result",
        "running",
    )  # fmt: skip

    def __init__(
        self, key: Hashable, again: Callable[[], Value], code: FunctionCode | None = None
    ) -> None:
        self.key = key
        self.again = again
        self.code = code
        self.order = 0
        self.level = self.growths = 0
        self.result: Value = NOTHING
        self.running = False
        self.recursed = False
        self.in_place = False
        self.calls: dict[Activation, None] = {}
        self.callers: dict[Activation, None] = {}
        self.facts: dict[Fact, None] = {}
        self.empty: dict[Publish, None] = {}
        self.askers: dict[Activation, Value] = {}

    def start(self) -> None:
        """Forgets what the last time noted and called."""
        self.running = True
        self.recursed = self.in_place = False
        self.askers.clear()
        self.calls.clear()
        self.facts.clear()
        self.empty.clear()

    def misled(self) -> list[Activation]:
        """Those that asked too early: they were given another result than it has in the end."""
        return [one for one, given in self.askers.items() if given != self.result]

    def end(self) -> None:
        """Lets go of what refers to it in turn."""
        self.again = nothing
        for others in (self.calls, self.callers, self.askers):
            others.clear()


def nothing() -> Value:
    """Work that gives nothing."""
    return NOTHING


class Activations:
    """All activations by their keys, and those that run now, innermost last.

    ``aside`` calls what is only run for its types: what that notes never counts.
    """

    def __init__(self) -> None:
        self.known: dict[Hashable, Activation] = {}
        self.stack: list[Activation] = []
        self.live: dict[Activation, None] = {}
        self.aside = Activation(None, nothing)
        self._count = 0
        self._asked = 0

    def begin(self) -> Activation:
        """Starts a round: what enters the code is an activation that nobody calls."""
        root = Activation(None, nothing)
        self.stack = [root]
        self.live = {root: None}
        self._asked = 0
        return root

    def end(self) -> None:
        """Lets go of all activations, which refer to each other.

        They would be left to the garbage collector otherwise, which looks through all there is.
        """
        for activation in (*self.known.values(), *self.live, *self.stack, self.aside):
            activation.end()

    def call(self, activation: Activation) -> None:
        """Notes that what runs now calls an activation; of one that runs, it asks too early."""
        caller = self.stack[-1]
        caller.calls[activation] = None
        activation.callers[caller] = None
        if activation.running:
            activation.recursed = True
            activation.askers[caller] = activation.result

    def forget(self, activation: Activation) -> bool:
        """Who calls it again, has it done anew; False when it was forgotten already."""
        known = self.known.get(activation.key) is activation
        if known:
            del self.known[activation.key]
        return known

    def _depending(self, start: Set[Activation], needed: Set[Activation]) -> list[Activation]:
        """All that is kept of these and of what came to call them, the needed left out.

        What is done in place is not kept itself, and who called it is.
        """
        found: dict[Activation, None] = {}
        waiting = list(start)
        while waiting:
            activation = waiting.pop()
            if activation in needed or activation in found:
                continue
            if activation.in_place or self.known.get(activation.key) is activation:
                found[activation] = None
                waiting += activation.callers
        return [one for one in found if self.known.get(one.key) is one]

    def done(self, activation: Activation) -> None:
        """Notes the end of an activation; callers end behind what they call."""
        self._count += 1
        activation.order = activation.order or self._count
        activation.running = False

    def reach(self) -> Iterator[Activation]:
        """What is called now and was not when this was last asked."""
        root = self.stack[0]
        waiting = [a for a in islice(root.calls, self._asked, None) if a not in self.live]
        self._asked = len(root.calls)
        while waiting:
            activation = waiting.pop()
            if activation not in self.live:
                self.live[activation] = None
                waiting += activation.calls
                yield activation

    def needed(self) -> set[Activation]:
        """All that is called now, or was run for its types."""
        return self._called_by(*self.stack[:1], self.aside)

    def _called_by(self, *start: Activation) -> set[Activation]:
        found: set[Activation] = set()
        waiting = list(start)
        while waiting:
            activation = waiting.pop()
            if activation not in found:
                found.add(activation)
                waiting += activation.calls
        return found

    def reached(self) -> list[Activation]:
        """All that is called now, callees before callers."""
        return sorted(self._called_by(self.stack[0]), key=lambda activation: activation.order)

    def redo(
        self,
        stale: set[Activation],
        needed: set[Activation],
        run: Callable[[Activation, int], object],
        most_times: int,
    ) -> tuple[list[Activation], set[Activation]]:
        """Does again what is stale, callees before callers; what was forgotten instead, or is left.

        What is not ``needed`` any more is forgotten, and so is what depends on it: who calls it
        again, has it done anew. ``run`` is told how often that was done already: what calls itself
        may go on without end. What was done ``most_times`` is left for the next round.
        """
        forgotten = self._depending(stale, needed)
        for activation in forgotten:
            del self.known[activation.key]
        left: set[Activation] = set()
        times: Counter[Activation] = Counter()
        waiting = [(a.order, a) for a in stale & needed if a.key is not None]
        queued = {a for _, a in waiting}
        heapify(waiting)
        while waiting:
            _, activation = heappop(waiting)
            queued.discard(activation)
            if not activation.in_place and self.known.get(activation.key) is not activation:
                continue
            before = activation.result
            if activation.in_place:
                if times[activation]:
                    continue  # its callers were told, and call another one
                forgotten += [activation] if self.forget(activation) else []
            elif times[activation] == most_times:
                left.add(activation)
                continue
            else:
                run(activation, times[activation])
            times[activation] += 1
            is_other = activation.in_place or activation.result != before
            for caller in activation.callers if is_other else activation.misled():
                if caller.key is not None and caller not in queued:
                    queued.add(caller)
                    heappush(waiting, (caller.order, caller))
        return forgotten, left
