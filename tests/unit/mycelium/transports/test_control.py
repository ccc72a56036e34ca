from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.manifest import OnFull
from mycelium.protocol import DecodeError, MalformedValueError
from mycelium.transports.stream import control
from tests.unit.mycelium.helpers import REGISTRY, Tick

EVERY: list[control.Control] = [
    control.Hello(1, "sample", "a", "1", True, {16: OnFull.BLOCK}, {16: ("ab",)}),
    control.Welcome("b", "2", 3),
    control.Refuse("no"),
    control.Want(1, {16: OnFull.DROP_OLDEST, 17: OnFull.FAIL}, {}),
    control.Have(1, 0),
    control.Bye(),
    control.End(),
    control.Beat(),
]


@pytest.mark.parametrize("said", EVERY, ids=lambda said: type(said).__name__)
def test_a_control_is_a_frame_that_no_message_can_be_taken_for(said: control.Control) -> None:
    data = control.encode(said)
    assert control.is_control(data)
    assert control.decode(data) == said
    with pytest.raises(MalformedValueError, match="a source from 1 to 65535"):
        REGISTRY.decode_frame(data)


def test_a_message_is_no_control() -> None:
    assert not control.is_control(Tick(1).to_frame(source=1, sequence=1, timestamp=1))


@given(st.data())
def test_whatever_is_changed_is_refused_or_means_the_same(data: st.DataObject) -> None:
    said = data.draw(st.sampled_from(EVERY))
    sent = bytearray(control.encode(said))
    place = data.draw(st.integers(0, len(sent) - 1))
    sent[place] ^= data.draw(st.integers(1, 255))
    try:
        assert control.decode(bytes(sent)) == said
    except DecodeError:
        return
    assert place in (6, 7), "only the source is not looked at: is_control has done so"
