"""Of too many values less is told, and each grows a bounded number of times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.lint.facts.programs import handler, published
from torq_gen.diagnostics import Span
from torq_gen.lint.facts import collecting
from torq_gen.lint.facts.activations import Activation
from torq_gen.lint.facts.coarse import CoarseMachine
from torq_gen.lint.facts.detail import COARSE
from torq_gen.lint.facts.families import (
    FEW_GROWTHS,
    MANY_GROWTHS,
    MERGED,
    TOLD_APART,
    WIDENED,
    Families,
)
from torq_gen.lint.facts.heap import Heap
from torq_gen.lint.facts.modelled import Libraries
from torq_gen.lint.facts.unions import MOST_ALTERNATIVES, alternatives, join
from torq_gen.lint.facts.values import (
    ANY_TEXT,
    MORE,
    NONE,
    NOTHING,
    Amount,
    Container,
    External,
    Items,
    MessageValue,
    Partial,
    Plain,
    Thing,
    Tuple,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torq_gen.lint.facts.machine import Machine

FAMILIES = Families(lambda cls: cls, lambda cls: None, Libraries().known_as)
FLOAT, INT, ORDER_VALUE = Plain("float"), Plain("int"), MessageValue("Order")


def bounded(*values: Value, level: int = TOLD_APART, growths: int = 0) -> Value:
    return FAMILIES.bounded(join(values), level, growths)[0]


def lists(count: int) -> list[Value]:
    return [Container("list", Span("a.py", line, 1, line, 3)) for line in range(count)]


def test_one_reason_is_kept_of_what_is_not_known() -> None:
    first, second = Unknown("it is a"), Unknown("it is b")
    assert bounded(INT, first, second) == join([INT, first])
    assert bounded(INT, first, MORE, second) == join([INT, MORE])


def test_few_values_that_hold_others_are_told_apart() -> None:
    pairs = [Tuple((NONE, INT)), Tuple((ORDER_VALUE, FLOAT))]
    assert bounded(*pairs) == join(pairs)


def test_what_goes_on_growing_holds_in_one_what_several_held() -> None:
    function = Unknown("f")
    found = bounded(
        Tuple((NONE, INT)),
        Tuple((ORDER_VALUE, FLOAT)),
        Items(INT),
        Items(ORDER_VALUE),
        Partial(function, (INT,)),
        Partial(function, (FLOAT,)),
        growths=FEW_GROWTHS + 1,
    )
    assert found == join(
        [
            Tuple((join([NONE, ORDER_VALUE]), join([INT, FLOAT]))),
            Items(join([INT, ORDER_VALUE])),
            Partial(function, (join([INT, FLOAT]),)),
        ]
    )


def test_partials_that_are_one_keep_what_came_by_stars() -> None:
    function = Unknown("f")
    found = bounded(
        Partial(function, (INT,), (), INT, None),
        Partial(function, (FLOAT,), (), ORDER_VALUE, None),
        Partial(function, (), (("a", INT),), INT, NONE),
        Partial(function, (), (("a", FLOAT),), NONE, INT),
        Partial(function, (), (("a", FLOAT),)),
        level=MERGED,
    )
    assert found == join(
        [
            Partial(function, (join([INT, FLOAT]),), (), join([INT, ORDER_VALUE]), None),
            Partial(
                function, (), (("a", join([INT, FLOAT])),), join([INT, NONE]), join([NONE, INT])
            ),
            Partial(function, (), (("a", FLOAT),)),
        ]
    )


def test_tuples_of_many_lengths_are_known_by_their_items() -> None:
    tuples = [Tuple((INT,) * (n + 1) + (ORDER_VALUE,)) for n in range(6)]
    assert bounded(*tuples, level=MERGED) == Items(join([INT, ORDER_VALUE]))


def test_many_things_of_a_library_are_handed_over() -> None:
    things = [Thing("redis.Client", (("url", Plain(str(n))),)) for n in range(6)]
    assert FAMILIES.bounded(join(things[:4]), MERGED, 0) == (join(things[:4]), (), MERGED)
    assert FAMILIES.bounded(join([INT, *things]), MERGED, 0) == (MORE, tuple(things), MERGED)


def test_names_that_a_library_does_not_list_are_one() -> None:
    found = bounded(
        External("numpy.save"), External("numpy.nan.loc"), External("numpy.pi.iloc"), level=MERGED
    )
    assert found == join([External("numpy.save"), External("numpy.*")])


def test_what_grows_too_often_is_known_by_what_rules_speak_of() -> None:
    money, container = Amount("Order.amount"), lists(1)[0]
    given = join([ORDER_VALUE, money, INT, Tuple((container, ANY_TEXT))])
    found = FAMILIES.bounded(given, TOLD_APART, MANY_GROWTHS + 1)
    assert found == (join([ORDER_VALUE, money, MORE]), (container,), WIDENED)


def test_of_too_many_alternatives_no_more_is_known_however_often_it_grew() -> None:
    many = lists(MOST_ALTERNATIVES + 1)
    assert FAMILIES.bounded(join([ORDER_VALUE, *many]), TOLD_APART, 0) == (
        join([ORDER_VALUE, MORE]),
        tuple(many),
        WIDENED,
    )


def test_whatever_is_put_in_a_cell_grows_a_bounded_number_of_times() -> None:
    heap = Heap(FAMILIES)
    heap.reader = Activation(None, lambda: NOTHING)
    growths = 0
    for number in range(300):
        before = heap.read("owner", "name") or INT
        thing = Thing("redis.Client", (("url", Plain(str(number))),))
        inner = Tuple((thing, before))
        name = External(f"numpy.a{number}.b")
        heap.write("owner", "name", join([inner, Items(inner), Partial(name, (before,)), name]))
        growths += heap.read("owner", "name") != before
    assert growths <= MANY_GROWTHS + 3
    assert len(alternatives(heap.read("owner", "name") or NOTHING)) <= MOST_ALTERNATIVES


def stages(count: int) -> str:
    """Classes that hand on, each to the next, what a library makes of what they got."""
    return "".join(
        f"""
class Stage{n}:
    def __init__(self):
        self.kept = {{}}

    def step(self, frame, keys):
        for name in keys:
            frame = frame.loc[name].iloc.values + frame.columns
            self.kept[name] = (frame, keys, self)
        Stage{(n + 1) % count}().step(self.kept.get(name), [*keys, name, frame, self.step])
        Stage{(n * 7 + 3) % count}().step((frame, self), self.kept)
        return self.kept
"""
        for n in range(count)
    )


@pytest.mark.parametrize("size", [10])
def test_the_work_is_in_proportion_to_the_code(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    steps: list[int] = []
    real = CoarseMachine.end

    def counting(machine: Machine) -> None:
        steps.append(machine.steps)
        real(machine)

    monkeypatch.setattr(CoarseMachine, "end", counting)
    monkeypatch.setattr(collecting, "DETAILS", (COARSE,))
    for count in (size, 4 * size):
        code = f"import numpy as np\n{stages(count)}\n"
        body = "Stage0().step(np.nan, [1])\nawait self.publish(Order(id=1, amount=2))"
        assert published(handler(body, code)) == ["Order"]
    assert steps[1] < 5 * steps[0]
