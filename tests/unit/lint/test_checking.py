"""The interpreter does again only what has to be, and finds what it would find from scratch."""

from __future__ import annotations

import pytest

from torq_gen.lint.checking import facts_of
from torq_gen.lint.facts.files import FilesInMemory
from torq_gen.lint.facts.machine import Machine
from torq_gen.lint.facts.model import Escape, Fact
from torq_gen.lint.rules import checks
from torq_gen.lint.samples import project
from torq_gen.rule import Sample

EVERY = 5
SAMPLES = [s for check in checks() for s in (*check.rule.bad, *check.rule.good)][::EVERY]
LATE = """\
from shop_contracts.messages import Order, Quote
from shop_contracts.services import TraderBase


class Desk:
    def tell(self):
        return self.sink(Order(id=1, amount=2))

    def attach(self, sink):
        self.sink = sink


class Trader(TraderBase):
    async def on_start(self):
        self.desk = Desk()
        await self.desk.tell()
        self.desk.attach(self.publish)

    async def on_quote(self, message: Quote) -> None:
        await self.desk.tell()
"""

ENDLESS = """\
from shop_contracts.messages import Quote
from shop_contracts.services import TraderBase


class Trader(TraderBase):
    def first(self, depth):
        return (self.kept, self.second(depth))

    def second(self, depth):
        return self.first(depth - 1) if depth else self.kept

    async def on_quote(self, message: Quote) -> None:
        self.kept = self.second(3)
        self.kept = self.publish
"""


def _facts(sample: Sample) -> set[Fact]:
    system, settings, contents = project(sample)
    found = facts_of(system.services["trader"], system, FilesInMemory(contents), settings)
    return set(found.facts)


def test_what_is_put_into_an_attribute_after_it_was_read_is_found() -> None:
    assert "message='Order'" in repr(_facts(Sample(LATE)))


def test_what_grows_with_each_call_comes_to_an_end_and_hides_no_capability() -> None:
    escapes = [fact for fact in _facts(Sample(ENDLESS)) if isinstance(fact, Escape)]
    assert {(e.capability, e.into) for e in escapes} == {
        ("`publish` of the service", "a recursion")
    }


@pytest.mark.parametrize("sample", [Sample(LATE), *SAMPLES], ids=lambda sample: str(sample.title))
def test_facts_are_those_of_doing_everything_again(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _facts(sample)
    begin = Machine.begin_round

    def begin_anew(machine: Machine) -> None:
        machine.heap.has_new_bases = True
        begin(machine)

    monkeypatch.setattr(Machine, "begin_round", begin_anew)
    assert _facts(sample) == found
