"""The native codec's own promises: checksums, falling back, memory, threads."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest

from mycelium import _native
from mycelium.protocol import EncodeError, Frame, MalformedValueError, TruncatedError
from mycelium.protocol.frame import HEADER_SIZE, encode_frame
from tests.unit.mycelium.native.codecs import (
    DECLINED,
    HEADER,
    decoder_of,
    encoder_of,
    needs_native,
    pure_frame,
)
from torq_contracts import REGISTRY, decode_frame
from torq_contracts.messages import (
    Address,
    EmergencyStop,
    OrderSide,
    OrderUpdate,
    PoolStateUpdate,
    RiskAlert,
    UsdAmount,
)

pytestmark = needs_native

STATE = PoolStateUpdate(Address(b"p" * 20), 1, 10 << 200, 20, 30)
FRAME = STATE.to_frame(**HEADER)
ALERT = EmergencyStop("all", True, "drawdown: 10 %, über")


def run(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != _native.VARIABLE}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_checksum_is_that_of_zlib() -> None:
    codec = _native.codec
    assert codec is not None
    random = Random(1)
    for size in [*range(300), 1000, 4096, 65_537]:
        frame = random.randbytes(HEADER_SIZE + size)
        expected = zlib.crc32(frame[:28] + frame[HEADER_SIZE:])
        for way in codec.CHECKSUMS:
            assert codec.checksum(frame, way) == expected, (way, size)


@pytest.mark.parametrize("frame", [b"", bytes(31)])
def test_a_checksum_needs_a_header(frame: bytes) -> None:
    assert _native.codec is not None
    with pytest.raises(ValueError, match="expected a header at least"):
        _native.codec.checksum(frame)


def test_the_environment_chooses_the_codec() -> None:
    code = "from mycelium import _native; print(_native.codec is None, _native.reason)"
    assert run(code).stdout == "False the extension is built\n"
    assert run(code, MYCELIUM_CODEC="pure").stdout == "True MYCELIUM_CODEC=pure\n"
    assert run(code, MYCELIUM_CODEC="native").stdout == "False MYCELIUM_CODEC=native\n"
    wrong = run(code, MYCELIUM_CODEC="fast")
    assert "MYCELIUM_CODEC: expected native or pure, found 'fast'" in wrong.stderr


def test_without_the_extension_the_pure_codec_serves() -> None:
    hidden = "import sys; sys.modules['mycelium._native._codec'] = None; "
    code = hidden + "from mycelium import _native; print(_native.codec, _native.reason)"
    assert run(code).stdout.startswith("None the extension is not built for this Python: ")
    wanted = run(code, MYCELIUM_CODEC="native")
    assert "MYCELIUM_CODEC=native: expected the extension, found: " in wanted.stderr


@pytest.mark.parametrize("version", ["m.INTERFACE = 0", "pass"])
def test_an_extension_of_another_version_is_not_used(version: str) -> None:
    stale = (
        f"import sys, types; m = types.ModuleType('mycelium._native._codec'); {version};"
        "m.__file__ = 'old.so'; sys.modules[m.__name__] = m; "
        "from mycelium import _native; print(_native.codec, _native.reason)"
    )
    assert run(stale).stdout.endswith(": it is of another version: old.so\n")


def test_headers_may_be_given_in_any_order() -> None:
    backwards = dict(reversed(HEADER.items()))
    assert encoder_of(PoolStateUpdate)(STATE, **backwards) == FRAME


@pytest.mark.parametrize("header", [{}, {"source": 1}, {**HEADER, "more": 1}])
def test_wrong_arguments_are_the_generated_methods_matter(header: dict[str, int]) -> None:
    with pytest.raises(TypeError, match=r"to_frame\(\)"):
        STATE.to_frame(**header)


def test_the_method_is_bound_like_any_other() -> None:
    bound = STATE.to_frame
    assert bound(**HEADER) == FRAME
    assert PoolStateUpdate.to_frame(STATE, **HEADER) == FRAME


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reserve0": -1}, "PoolStateUpdate.reserve0"),
        ({"reserve0": 1 << 256}, "PoolStateUpdate.reserve0"),
        ({"block_number": 1 << 64}, "PoolStateUpdate.block_number"),
        ({"venue_id": "1"}, "PoolStateUpdate.venue_id"),
        ({"pool_address": b"short"}, "PoolStateUpdate.pool_address"),
    ],
)
def test_what_does_not_fit_is_declined_and_then_named(changes: dict[str, Any], error: str) -> None:
    values = {name: getattr(STATE, name) for name in PoolStateUpdate.__struct_fields__}
    wrong = PoolStateUpdate(**(values | changes))
    assert encoder_of(PoolStateUpdate)(wrong, **HEADER) == DECLINED
    with pytest.raises(EncodeError, match=error):
        wrong.to_frame(**HEADER)


@pytest.mark.parametrize("source", [0, 65_536, -1, "7"])
def test_a_source_that_does_not_fit_is_named(source: Any) -> None:
    with pytest.raises(EncodeError, match=r"PoolStateUpdate\.source: expected an integer from 1"):
        STATE.to_frame(source=source, sequence=1, timestamp=1)


def test_values_of_kindred_classes_are_packed_by_the_pure_codec() -> None:
    class Address20(bytes):
        pass

    kindred = PoolStateUpdate(Address(Address20(b"p" * 20)), 1, 10 << 200, 20, 30)
    assert encoder_of(PoolStateUpdate)(kindred, **HEADER) == DECLINED
    assert kindred.to_frame(**HEADER) == FRAME


def test_texts_of_every_width_come_back() -> None:
    for text in ("", "a", "é", "€", "😀", "\0", "x" * 5000, "ü" * 5000):
        message = EmergencyStop(text, False, text)
        frame = encoder_of(EmergencyStop)(message, **HEADER)
        assert frame == pure_frame(message)
        assert decoder_of(REGISTRY)(frame).message == message
    with pytest.raises(EncodeError, match="text without lone surrogates"):
        EmergencyStop("\ud800", False, "").to_frame(**HEADER)


@pytest.mark.parametrize(
    "text",
    [b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xff", b"\xe2\x82", b"a" * 9 + b"\x80"],
)
def test_text_that_is_no_utf8_is_malformed_in_every_reading(text: bytes) -> None:
    value = len(text).to_bytes(4, "little") + text + b"\0" + bytes(4)
    tlv = EmergencyStop.TYPE_ID.to_bytes(2, "little") + b"\1\0"
    tlv += len(value).to_bytes(4, "little") + value
    frame = encode_frame(tlv, domain=EmergencyStop.DOMAIN, **HEADER)
    assert decoder_of(REGISTRY)(frame) == DECLINED
    for read in (decode_frame, EmergencyStop.from_frame, EmergencyStop.view):
        with pytest.raises(MalformedValueError, match="expected UTF-8 text, found byte"):
            read(frame)


def test_a_view_is_lazy_frozen_and_whole() -> None:
    view: Any = PoolStateUpdate.view(bytearray(FRAME))
    assert (view.reserve0, view.pool_address) == (STATE.reserve0, STATE.pool_address)
    assert view.reserve0 is not view.reserve0  # made anew, each time
    assert view.to_message() == STATE
    assert bytes(view) == FRAME
    with pytest.raises(AttributeError):
        view.reserve0 = 1
    with pytest.raises(AttributeError):
        view.unknown  # noqa: B018
    with pytest.raises(TruncatedError):
        PoolStateUpdate.view(FRAME[:-1])


def test_a_field_of_one_view_reads_no_other() -> None:
    field = vars(type(PoolStateUpdate.view(FRAME)))["reserve0"]
    other = EmergencyStop.view(ALERT.to_frame(**HEADER))
    for wrong in (other, STATE, 1):
        with pytest.raises(TypeError, match="expected a view of the field's own message"):
            field.__get__(wrong, type(wrong))
    empty = type(PoolStateUpdate.view(FRAME))()
    with pytest.raises(TypeError, match="expected a view"):
        empty.reserve0  # noqa: B018
    with pytest.raises(TypeError, match=r"expected a view that Message\.view made"):
        empty.to_message()


def test_a_frame_of_several_messages_is_decoded_at_once() -> None:
    payload = ALERT.to_tlv() + b"\xe8\xfd\x01\x00\x02\x00\x00\x00ab" + ALERT.to_tlv()
    frame = encode_frame(payload, domain=EmergencyStop.DOMAIN, **HEADER)
    found = decoder_of(REGISTRY)(frame)
    assert found == REGISTRY.decode_any(frame)
    assert found.messages == (ALERT, ALERT)


def test_layouts_that_are_no_layouts_are_refused() -> None:
    codec = _native.codec
    assert codec is not None
    fields: tuple[Any, ...] = (("source", ("uint", 8), 1),)
    good = ("struct", Frame, fields)
    codec.Layout(1, 1, 1, good)
    deep: Any = ("uint", 1)
    for _ in range(60):
        deep = ("items", deep, 2)
    bad: list[Any] = [
        (),
        ("nothing",),
        ("uint", 8),
        ("struct", int, ()),
        ("struct", Frame, (("missing", ("uint", 8), 1),)),
        ("struct", Frame, (("source", ("uint", 3), 1),)),
        ("struct", Frame, (("source", ("uint", 64), 1),)),
        ("struct", Frame, (("source", ("bytes", 1 << 31), 1),)),
        ("struct", Frame, (("source", ("items", ("bytes", 1 << 29), 4), 1),)),
        ("struct", Frame, (("source", deep, 1),)),
        ("struct", Frame, (("source", ("reserved",), 1),)),
        ("struct", Frame, ((None, ("uint", 1), 1),)),
        ("struct", Frame, ((1, ("uint", 1), 1),)),
        ("struct", Frame, ("source",)),
    ]
    for tree in bad:
        with pytest.raises((TypeError, ValueError, OverflowError, RecursionError, AttributeError)):
            codec.Layout(1, 1, 1, tree)


def work(decode: Any) -> None:
    """Everything that makes and drops objects, also on the way out of an error."""
    cut = [FRAME[:-1], FRAME[:50], b"", FRAME + b"\0"]
    update = OrderUpdate(1, 3, None, "why not")
    for _ in range(20):
        for message in (STATE, ALERT, update, RiskAlert(1, 9, UsdAmount(1), UsdAmount(-1), "é")):
            frame = message.to_frame(**HEADER)
            decode(frame)
            view: Any = type(message).view(frame)
            for field in message.FIELDS:
                getattr(view, field.attribute)
            view.to_message()
            type(message).from_frame(frame)
            for at in range(40, len(frame)):  # what is malformed stands behind what is not
                payload = frame[32:at] + b"\xff" + frame[at + 1 :]
                decode(encode_frame(payload, domain=message.DOMAIN, **HEADER))
        for frame in cut:
            decode(frame)
        encoder_of(PoolStateUpdate)(PoolStateUpdate(Address(b"p" * 20), 1, -1, 2, 3), **HEADER)


def test_no_reference_is_lost_or_kept() -> None:
    decode = decoder_of(REGISTRY)
    singletons = (None, True, False, OrderSide.BUY, STATE.pool_address, ())
    work(decode)
    before = [sys.getrefcount(s) for s in singletons]
    work(decode)
    after = [sys.getrefcount(s) for s in singletons]
    assert all(abs(a - b) < 20 for a, b in zip(after, before, strict=True)), (before, after)


def test_no_memory_is_lost() -> None:
    """As much is in use after many rounds as after a few."""
    decode = decoder_of(REGISTRY)
    tracemalloc.start()
    try:
        work(decode)
        gc.collect()
        first = tracemalloc.get_traced_memory()[0]
        for _ in range(3):
            work(decode)
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - first < 4096
    finally:
        tracemalloc.stop()


def test_threads_share_a_registry_and_a_class() -> None:
    code = (
        "from torq_contracts import REGISTRY, decode_frame\n"
        "from torq_contracts.messages import EmergencyStop\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "m = EmergencyStop('all', True, 'x' * 100)\n"
        "def work(_):\n"
        "    for n in range(500):\n"
        "        f = m.to_frame(source=1, sequence=n, timestamp=n)\n"
        "        assert decode_frame(f).message == m == EmergencyStop.view(f).to_message()\n"
        "with ThreadPoolExecutor(8) as pool: list(pool.map(work, range(16)))\n"
        "print('well')\n"
    )
    done = run(code)
    assert done.stdout == "well\n", done.stderr


def test_decoding_while_others_write_to_the_buffer_is_safe() -> None:
    data = bytearray(ALERT.to_frame(**HEADER))

    def spoil(_: int) -> None:
        for at in range(len(data)):
            data[at] ^= 0xFF
            data[at] ^= 0xFF

    def read(_: int) -> None:
        decode, whole = decoder_of(REGISTRY), decode_frame(ALERT.to_frame(**HEADER))
        for _ in range(300):
            assert decode(bytes(data)) in (DECLINED, whole)
            assert decode(memoryview(data)) in (DECLINED, whole)  # type: ignore[arg-type]

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(each, 0) for each in (spoil, read) * 2]:
            done.result()
