"""Whatever the schema and the bytes: what the native codec takes, the pure one takes alike."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mycelium import _native
from mycelium.protocol import DEFAULT_MAX_FRAME, Message, Registry, encode_frame
from mycelium.protocol.accelerated import layout_of
from tests.unit.mycelium.native.codecs import (
    DECLINED,
    HEADER,
    decoder_of,
    encoder_of,
    needs_native,
    outcome,
    pure_frame,
)
from tests.unit.targets.random_schemas import specs
from tests.unit.targets.test_random_schemas import generated, imported
from torq_gen.targets import golden

pytestmark = needs_native

_relaxed = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@_relaxed
@given(spec=specs(), data=st.data())
def test_both_codecs_agree_about_random_schemas(
    spec: tuple[dict[str, Any], dict[str, Any]], data: st.DataObject
) -> None:
    with generated(spec) as (system, folder), imported(folder) as package:
        registry: Registry = package.REGISTRY
        for message in system.messages.values():
            kind = registry.messages[message.type_id]
            for vector in golden.vectors_of(message, message.version):
                given = vector["values"]
                values = {f.attribute: f.kind.from_json(given[f.name]) for f in kind.FIELDS}
                check_message(registry, kind(**values))
                check_damaged(registry, kind, bytes.fromhex(vector["tlv"]), data)


def check_message(registry: Registry, message: Message) -> None:
    """A sound message is never declined, and both codecs have the same bytes and objects."""
    frame = encoder_of(type(message))(message, **HEADER)
    assert frame == pure_frame(message)
    found = decoder_of(registry)(frame)
    pure = registry.decode_any(frame)
    assert found != DECLINED
    assert repr(found) == repr(pure)  # which sees -0.0 and NaN too
    view: Any = type(message).view(frame)
    for field in message.FIELDS:
        assert repr(getattr(view, field.attribute)) == repr(getattr(message, field.attribute))
    assert repr(type(message).from_frame(frame)) == repr(message)


def check_damaged(registry: Registry, kind: type[Message], tlv: bytes, data: st.DataObject) -> None:
    """Bytes that are changed, cut or lengthened behind a sound checksum: one opinion."""
    for damaged in _damaged(tlv, data):
        frame = encode_frame(damaged, domain=kind.DOMAIN, **HEADER)
        pure = outcome(registry.decode_any, frame)
        found = decoder_of(registry)(frame)
        assert found == DECLINED or repr(found) == repr(pure)
        assert repr(outcome(registry.decode_frame, frame)) == repr(pure)
        opened = outcome(kind.from_frame, frame)
        viewed = outcome(lambda data: kind.view(data).to_message(), frame)
        assert repr(viewed) == repr(opened)
        messages = [] if isinstance(pure, tuple) else pure.messages
        assert gathered(kind, frame) == sum(isinstance(m, kind) for m in messages)


def gathered(kind: type[Message], frame: bytes) -> int:
    """How many messages go into columns, and into records where messages of the class have any."""
    codec = _native.codec
    assert codec is not None
    found = set()
    for as_records in {False, kind.SIZE is not None}:
        gatherer = codec.Gatherer({kind.TYPE_ID: layout_of(kind)}, as_records)
        gatherer.feed(frame, 0, DEFAULT_MAX_FRAME, len(frame), 0)
        found.add(gatherer.take()[kind.TYPE_ID][0])
    (count,) = found
    return int(count)


def _damaged(tlv: bytes, data: st.DataObject) -> list[bytes]:
    at = data.draw(st.integers(0, len(tlv) - 1))
    byte = data.draw(st.sampled_from((0, 1, 2, 127, 128, 255)))
    cut = data.draw(st.integers(8, len(tlv)))
    sized = tlv[:4] + (cut - 8).to_bytes(4, "little") + tlv[8:cut]
    version = bytes([data.draw(st.integers(1, 4))])
    return [
        tlv[:at] + bytes([byte]) + tlv[at + 1 :],
        tlv[:2] + version + tlv[3:],
        sized,
        tlv + b"\0",
        tlv + tlv,
    ]
