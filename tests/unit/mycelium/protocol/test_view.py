"""The pure codec's view is as frozen and as bound to its frame as the native one."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from mycelium.protocol.view import PureView
from torq_contracts.messages import EmergencyStop

STOP = EmergencyStop("all", True, "")
FRAME = STOP.to_frame(source=1, sequence=2, timestamp=3)


def test_it_has_the_messages_fields_and_no_others() -> None:
    view: Any = PureView(STOP, FRAME)
    assert (view.scope, view.to_message(), bytes(view)) == ("all", STOP, FRAME)
    with pytest.raises(AttributeError, match="EmergencyStopView has no attribute 'unknown'"):
        view.unknown  # noqa: B018
    with pytest.raises(AttributeError, match="immutable type: 'EmergencyStop'"):
        view.scope = "one"


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_not_copied(duplicate: Callable[[object], object]) -> None:
    for view in (PureView(STOP, FRAME), EmergencyStop.view(FRAME)):
        with pytest.raises(TypeError, match="cannot pickle 'EmergencyStopView' object"):
            duplicate(view)
