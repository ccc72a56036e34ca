"""What the signals of a replay amount to: opportunities, each counted once.

An opportunity is an unbroken run of signals: a signal, those that replace it one after the other,
and the withdrawal. Within a transaction nobody else can trade, so an opportunity counts as
tradable only if it still stood when some transaction ended; it is worth what its signal said at
the first such moment. What the other signals of the run say is not added: it is the same money.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Self, TypeAlias

from torq_contracts.messages import ArbitrageSignal, Confidence, SignalWithdrawn

Step: TypeAlias = ArbitrageSignal | SignalWithdrawn


@dataclass(slots=True)
class Opportunity:
    """A run of signals, and the withdrawal that ended it (None: it stood at the end)."""

    signals: list[ArbitrageSignal]
    end: SignalWithdrawn | None = None

    @property
    def tradable(self) -> ArbitrageSignal | None:
        """The first signal that still stood when its transaction ended."""
        steps: list[Step] = [*self.signals]
        if self.end is not None:
            steps.append(self.end)
        for signal, following in pairwise(steps):
            if _transaction(signal) != _transaction(following):
                return signal if isinstance(signal, ArbitrageSignal) else None
        return self.signals[-1] if self.end is None else None

    @property
    def outlived_its_block(self) -> bool:
        """Whether it stood when a block ended."""
        return self.end is None or self.end.block_number != self.signals[0].block_number


@dataclass(frozen=True, slots=True)
class Ledger:
    """The opportunities of a replay, in the order in which they arose."""

    opportunities: tuple[Opportunity, ...]

    @classmethod
    def of(cls, steps: Iterable[Step]) -> Self:
        """The ledger of signals and withdrawals, in whatever order."""
        standing: dict[int, Opportunity] = {}
        opportunities = []
        for step in sorted(steps, key=_moment):
            if isinstance(step, SignalWithdrawn):
                standing.pop(step.signal_id).end = step
            elif step.replaces is None:
                standing[step.signal_id] = opportunity = Opportunity([step])
                opportunities.append(opportunity)
            else:
                standing[step.signal_id] = opportunity = standing.pop(step.replaces)
                opportunity.signals.append(step)
        return cls(tuple(opportunities))

    @property
    def signals(self) -> list[ArbitrageSignal]:
        """All signals."""
        return [signal for o in self.opportunities for signal in o.signals]

    @property
    def tradable(self) -> list[ArbitrageSignal]:
        """What each tradable opportunity was worth."""
        return [signal for o in self.opportunities if (signal := o.tradable) is not None]

    @property
    def profitable(self) -> list[ArbitrageSignal]:
        """The tradable ones that gain after gas."""
        return [s for s in self.tradable if s.net_profit is not None and s.net_profit > 0]


def total_usdc(signals: Iterable[ArbitrageSignal]) -> int:
    """The net profits together, in millionths of USDC; signals without a dollar price add none."""
    return sum(s.net_profit_usdc for s in signals if s.net_profit_usdc is not None)


def certain(signals: Iterable[ArbitrageSignal]) -> list[ArbitrageSignal]:
    """Those whose sizes meet known liquidity only."""
    return [s for s in signals if s.confidence == Confidence.CERTAIN]


def _moment(step: Step) -> tuple[int, int]:
    return step.block_number, step.position.log_index


def _transaction(step: Step) -> tuple[int, bytes]:
    return step.block_number, step.position.transaction_hash
