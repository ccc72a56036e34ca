from __future__ import annotations

import asyncio

import pytest

from mycelium.errors import NoMessageInHandError, NotRunningError, UndeclaredPublishError
from tests.unit.mycelium.helpers import Feed, Signal, Tick, asynchronous


@asynchronous
async def test_an_undeclared_message_is_refused_without_a_bus() -> None:
    with pytest.raises(UndeclaredPublishError) as caught:
        await Feed().publish(Signal(1))  # type: ignore[arg-type]
    assert str(caught.value) == "feed publishes Signal, which it does not declare (Tick, Meta)"
    assert caught.value.declared == ("Tick", "Meta")


def test_a_service_that_declares_nothing_says_so() -> None:
    error = UndeclaredPublishError("feed", "Tick", ())
    assert str(error) == "feed publishes Tick, which it does not declare (nothing)"


@asynchronous
async def test_publishing_without_a_bus_is_refused() -> None:
    with pytest.raises(NotRunningError, match="feed publishes Tick, but no bus runs it"):
        await Feed().publish(Tick(1))


@asynchronous
async def test_spawning_without_a_bus_is_refused_and_leaves_no_coroutine_behind() -> None:
    with pytest.raises(NotRunningError, match="feed spawns a task"):
        Feed().spawn(asyncio.sleep(0))


def test_there_is_no_envelope_outside_of_a_handler() -> None:
    with pytest.raises(NoMessageInHandError, match="while a message is handled"):
        _ = Feed().envelope


def test_settings_cannot_be_changed_and_default_to_none() -> None:
    given = {"pools": 4}
    service = Feed(given)
    given["pools"] = 5
    assert service.settings["pools"] == 4
    assert Feed().settings == {}
    with pytest.raises(TypeError):
        service.settings["pools"] = 6  # type: ignore[index]


def test_the_log_is_named_after_the_service() -> None:
    assert Feed().log.name == "mycelium.service.feed"


@asynchronous
async def test_starting_and_stopping_need_not_be_overridden() -> None:
    service = Feed()
    await service.on_start()
    await service.on_stop()
