"""An analysis leaves nothing to the garbage collector, which would look through all there is."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest

from tests.unit.lint.facts.programs import facts, handler
from torq_gen.lint.facts import collecting
from torq_gen.lint.facts.detail import COARSE, FINE, Detail

CODE = handler(
    "book = Book(self)\nbook.orders.append(book)\nawait self.publish(book.last()[0].made())",
    "class Book:\n"
    "    def __init__(self, owner):\n"
    "        self.owner = owner\n"
    "        self.orders = []\n"
    "        self.last = lambda: self.orders\n",
)
GIVEN_UP = replace(FINE, least_steps=10, steps_a_byte=0)


@pytest.mark.parametrize(
    "details", [(FINE,), (COARSE,), (GIVEN_UP, COARSE), (GIVEN_UP,)],
    ids=["fine", "coarse", "fine given up", "all given up"],
)  # fmt: skip
def test_no_cycles_are_left(monkeypatch: pytest.MonkeyPatch, details: tuple[Detail, ...]) -> None:
    monkeypatch.setattr(collecting, "DETAILS", details)
    facts(CODE)  # makes what is made once, such as the descriptions of libraries
    gc.collect()
    gc.disable()
    try:
        facts(CODE)
        assert gc.collect() == 0
    finally:
        gc.enable()
