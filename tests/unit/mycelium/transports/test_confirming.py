from __future__ import annotations

from collections.abc import Callable
from typing import cast

from mycelium.transports import Lane
from mycelium.transports.stream.confirming import Progress, Sent


class Handling:
    """A lane whose messages are handled when the test says so."""

    def __init__(self) -> None:
        self.done = False

    def checkpoint(self) -> Callable[[], bool]:
        return lambda: self.done


def test_what_came_is_said_once_it_was_handled_and_once_only() -> None:
    progress, lane = Progress(), Handling()
    lanes = [cast(Lane, lane)]
    assert progress.handled(lanes) is None
    progress.came(16, 3)
    progress.came(17)
    assert progress.handled(lanes) is None
    progress.came(16)  # after the checkpoint
    lane.done = True
    assert progress.handled(lanes) == {16: 3, 17: 1}
    assert progress.open
    assert progress.handled(lanes) == {16: 4, 17: 1}
    assert not progress.open
    assert progress.handled(lanes) is None


def test_what_was_sent_is_counted_from_the_begin_of_a_connection_on() -> None:
    given = {16: 100, 17: 7}
    sent = Sent(given.__getitem__)
    sent.begin([16, 17], {16: 10})
    assert sent.unconfirmed({16: 10}) == {}
    given[16] = 130
    assert sent.unconfirmed({16: 5}) == {16: 35}
    sent.confirm({16: 30})
    assert sent.unconfirmed({16: 5}) == {16: 5}
    sent.confirm({16: 1 << 62})  # whatever the other one says
    assert sent.unconfirmed({}) == {}
    sent.begin([16], {})
    assert sent.unconfirmed({}) == {}


def test_a_type_that_comes_later_counts_from_then_on() -> None:
    given = {16: 100, 17: 7}
    sent = Sent(given.__getitem__)
    sent.begin([16], {})
    given[17] = 9
    sent.change([16, 17])
    given[16], given[17] = 101, 11
    assert sent.unconfirmed({}) == {16: 1, 17: 2}
    sent.confirm({17: 2})
    sent.change([16])
    given[17] = 50
    sent.change([16, 17])
    assert sent.unconfirmed({}) == {16: 1}
