"""How finely an analysis tells things apart: finer is more work, and has fewer false alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.immutable import immutable

if TYPE_CHECKING:
    from torq_gen.lint.facts.code import FunctionCode


@immutable
class Detail:
    """The limits of one analysis.

    ``contexts``: combinations of arguments of one function that are told apart; further calls are
    joined. ``small_contexts``: those of a small function. ``places``: places at which objects of
    one class are made that are told apart. ``by_family``: classes that inherit from one another
    share the attributes of their objects, and of many objects only a common base class is known.
    ``times``: how often something is done again in one round. The work is bounded by
    ``least_steps``, with so many more for each byte of code, up to ``most_steps``.
    """

    contexts: int
    small_contexts: int
    places: int
    by_family: bool
    times: int
    least_steps: int
    steps_a_byte: int
    most_steps: int

    def contexts_of(self, function: FunctionCode) -> int:
        """The combinations of arguments of a function that are told apart."""
        if self.contexts == self.small_contexts or not function.is_small:
            return self.contexts
        return self.small_contexts

    def steps(self, size: int) -> int:
        """The steps that so many bytes of code may take."""
        return min(self.least_steps + self.steps_a_byte * size, self.most_steps)


FINE = Detail(
    contexts=24,
    small_contexts=24,
    places=8,
    by_family=False,
    times=1_000,
    least_steps=150_000,
    steps_a_byte=1,
    most_steps=400_000,
)
"""What most services take: about half a step a byte."""
COARSE = Detail(
    contexts=0,
    small_contexts=64,
    places=0,
    by_family=True,
    times=1,
    least_steps=1_000_000,
    steps_a_byte=4,
    most_steps=20_000_000,
)
"""For code whose values multiply: every function once a round, whoever calls it."""
DETAILS = (FINE, COARSE)
"""The analyses that are tried, one after the other."""
