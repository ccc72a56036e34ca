"""The behaviour that every generated message and service has to show.

The generated contract tests inherit from these classes and add the values to try. Nothing here
calls a handler of a service: a handler may touch the world.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mycelium.protocol.errors import (
    DecodeError,
    EncodeError,
    InvalidMessageError,
    UnknownTypeError,
)
from mycelium.protocol.frame import Frame, encode_frame
from mycelium.protocol.message import Message
from mycelium.protocol.registry import Registry
from mycelium.testing.service_contract import ServiceContract as ServiceContract
from mycelium.testing.vectors import damaged as damaged_forms
from mycelium.testing.vectors import digest, from_json, written_by
from mycelium.testing.vectors import load_golden as load_golden

_HEADER: dict[str, int] = {"source": 513, "sequence": 1 << 40, "timestamp": 1_700_000_000 * 10**9}
_TLV_HEADER = struct.Struct("<HBBI")
_MANY_BITS = 4096  # beyond this, every nth bit is flipped: longer frames would take too long

_quick = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)


class MessageContract:
    """Inherit and fill in; every test below then runs for ``MESSAGE``."""

    TEST_KIND: ClassVar = "contract"
    REGISTRY: ClassVar[Registry]
    MESSAGE: ClassVar[type[Message]]
    GOLDEN: ClassVar[Mapping[str, Any]]
    VALUES: ClassVar[st.SearchStrategy[Any]]
    EARLIER: ClassVar[Mapping[int, type[Message]]] = {}
    RELEASED: ClassVar[Mapping[int, str]] = {}
    EDGES: ClassVar[Mapping[str, tuple[object, ...]]] = {}
    MISFITS: ClassVar[Mapping[str, tuple[object, ...]]] = {}
    VALID: ClassVar[Mapping[str, tuple[object, ...]]] = {}
    INVALID: ClassVar[Mapping[str, tuple[object, ...]]] = {}

    @_quick
    @given(data=st.data())
    def test_any_value_comes_back_from_a_frame(self, data: st.DataObject) -> None:
        """Encoding and decoding, by the fast and the general way, give the same value."""
        message = data.draw(self.VALUES)
        frame = message.to_frame(**_HEADER)
        assert self.REGISTRY.decode_frame(frame).messages == (message,)
        assert self.REGISTRY.decode_any(frame).messages == (message,)
        assert self.MESSAGE.from_tlv(message.to_tlv()) == message
        assert frame[32:] == message.to_tlv()

    @_quick
    @given(data=st.data())
    def test_any_value_comes_back_from_json(self, data: st.DataObject) -> None:
        """The JSON form loses nothing; rules are not asked."""
        message = data.draw(self.VALUES)
        assert from_json(self.MESSAGE, json.loads(message.to_json())) == message

    def test_values_at_the_edges_come_back(self) -> None:
        """The smallest and largest values of each field survive."""
        sample = self._sample()
        for field, values in self.EDGES.items():
            for value in values:
                message = msgspec.structs.replace(sample, **{field: value})
                frame = message.to_frame(**_HEADER)
                assert self.REGISTRY.decode_frame(frame).message == message, (field, value)

    def test_values_that_do_not_fit_are_refused_by_name(self) -> None:
        """Encoding says which field a value does not fit; nothing is cut or wrapped."""
        sample = self._sample()
        for field, values in self.MISFITS.items():
            for value in values:
                message = msgspec.structs.replace(sample, **{field: value})
                with pytest.raises(EncodeError) as refusal:
                    message.to_frame(**_HEADER)
                assert refusal.value.field.startswith(self._schema_name(field)), (field, value)

    def test_golden_bytes(self) -> None:
        """Values make the golden bytes, and golden bytes of every version make their values."""
        for version, vectors in self._golden():
            writer = self.EARLIER.get(version, self.MESSAGE)
            for vector in vectors:
                golden = bytes.fromhex(vector["tlv"])
                message = from_json(writer, vector["values"])
                assert writer.from_tlv(golden) == message, (version, vector["name"])
                assert written_by(version, message) == golden, (version, vector["name"])

    def test_golden_bytes_of_every_version_are_read_by_every_reader(self) -> None:
        """What was ever written is read by today's code, and today's bytes by each old reader.

        A reader fills what the writer did not know with its default and skips what it does not know
        itself.
        """
        for version, vectors in self._golden():
            for reader in (*self.EARLIER.values(), self.MESSAGE):
                for vector in vectors:
                    read = reader.from_tlv(bytes.fromhex(vector["tlv"]))
                    expected = from_json(reader, vector["values"])
                    assert read == expected, (version, reader.VERSION, vector["name"])

    def test_released_golden_bytes_are_those_that_were_released(self) -> None:
        """Golden bytes of a released version prove nothing once they are made anew."""
        for version, expected in self.RELEASED.items():
            entry = self.GOLDEN["versions"].get(str(version))
            assert entry is not None, f"version {version} was released, its golden bytes are gone"
            assert digest(entry["vectors"]) == expected, f"version {version} has other golden bytes"

    def test_values_at_the_edges_are_read_by_earlier_readers(self) -> None:
        """The smallest and largest values of today's fields shift nothing for an old reader."""
        sample = self._sample()
        for field, values in self.EDGES.items():
            for value in values:
                message = msgspec.structs.replace(sample, **{field: value})
                for earlier in self.EARLIER.values():
                    read = earlier.from_tlv(message.to_tlv())
                    known = [f.attribute for f in earlier.FIELDS]
                    assert [getattr(read, k) for k in known] == [
                        getattr(message, k) for k in known
                    ], (earlier.VERSION, field, value)

    @_quick
    @given(data=st.data())
    def test_earlier_readers_skip_what_they_do_not_know(self, data: st.DataObject) -> None:
        """A reader of each earlier version reads today's bytes, and today's reads that one's."""
        message = data.draw(self.VALUES)
        for earlier in self.EARLIER.values():
            read = earlier.from_tlv(message.to_tlv())
            known = [f.attribute for f in earlier.FIELDS]
            assert [getattr(read, k) for k in known] == [getattr(message, k) for k in known]
            back = self.MESSAGE.from_tlv(read.to_tlv())
            assert [getattr(back, k) for k in known] == [getattr(message, k) for k in known]

    def test_a_later_version_is_read_as_far_as_it_is_known(self) -> None:
        """Bytes that a later writer appended are skipped."""
        message = self._sample()
        if self.MESSAGE.VERSION == 255:
            pytest.skip("version 255 is the last one")
        tlv = message.to_tlv()
        value = tlv[_TLV_HEADER.size :] + b"appended"
        later = _TLV_HEADER.pack(self.MESSAGE.TYPE_ID, self.MESSAGE.VERSION + 1, 0, len(value))
        assert self.MESSAGE.from_tlv(later + value) == message

    def test_bytes_left_over_are_refused(self) -> None:
        """Today's own version ends where it ends."""
        tlv = self._sample().to_tlv()
        value = tlv[_TLV_HEADER.size :] + b"\0"
        longer = _TLV_HEADER.pack(self.MESSAGE.TYPE_ID, self.MESSAGE.VERSION, 0, len(value))
        with pytest.raises(DecodeError, match="size mismatch"):
            self.MESSAGE.from_tlv(longer + value)

    @_quick
    @given(data=st.data())
    def test_a_damaged_value_is_refused_or_another_value(self, data: st.DataObject) -> None:
        """Behind a sound header too: what is read at all is written back to the same bytes."""
        value = data.draw(self.VALUES).to_tlv()[_TLV_HEADER.size :]
        for damaged in damaged_forms(value, data):
            header = (self.MESSAGE.TYPE_ID, self.MESSAGE.VERSION, 0, len(damaged))
            payload = _TLV_HEADER.pack(*header) + damaged
            frame = encode_frame(payload, domain=self.MESSAGE.DOMAIN, **_HEADER)
            read = [
                _decoded(d, frame) for d in (self.REGISTRY.decode_frame, self.REGISTRY.decode_any)
            ]
            for found in read:
                # a NaN equals nothing, not even itself, and has many forms
                if found is not None and found == found:
                    assert found.to_frame(**_HEADER) == frame
            assert (read[0] is None) == (read[1] is None), "the two decoders disagree"

    def test_a_value_cut_at_any_byte_is_refused(self) -> None:
        """A value that ends early is never read, whatever its header states."""
        value = self._sample().to_tlv()[_TLV_HEADER.size :]
        for cut in range(len(value)):
            tlv = _TLV_HEADER.pack(self.MESSAGE.TYPE_ID, self.MESSAGE.VERSION, 0, cut) + value[:cut]
            with pytest.raises(DecodeError):
                self.MESSAGE.from_tlv(tlv)

    def test_truncation_at_every_byte_is_refused(self) -> None:
        """No prefix of a frame or of a TLV is taken for the whole."""
        message = self._sample()
        frame, tlv = message.to_frame(**_HEADER), message.to_tlv()
        for cut in range(len(frame)):
            with pytest.raises(DecodeError):
                self.REGISTRY.decode_frame(frame[:cut])
        for cut in range(len(tlv)):
            with pytest.raises(DecodeError):
                self.MESSAGE.from_tlv(tlv[:cut])

    def test_any_flipped_bit_is_refused(self) -> None:
        """The checksum and the header checks together see every single bit."""
        frame = self._sample().to_frame(**_HEADER)
        bits = len(frame) * 8
        for bit in range(0, bits, max(1, bits // _MANY_BITS)):
            broken = bytearray(frame)
            broken[bit // 8] ^= 1 << bit % 8
            with pytest.raises(DecodeError):
                self.REGISTRY.decode_frame(broken)

    def test_every_kind_of_buffer_is_read(self) -> None:
        """``bytes``, ``bytearray`` and ``memoryview`` hold the same frame."""
        message = self._sample()
        frame = message.to_frame(**_HEADER)
        for buffer in (frame, bytearray(frame), memoryview(frame)):
            decoded = self.REGISTRY.decode_frame(buffer)
            assert decoded.message == message
            assert decoded.header.source == _HEADER["source"]
            assert decoded.header.domain == self.MESSAGE.DOMAIN
            assert self.MESSAGE.from_frame(buffer) == message

    def test_a_view_has_the_fields_of_the_message(self) -> None:
        """Each field is read from the frame when it is asked for, and is the message's."""
        message = self._sample()
        frame = message.to_frame(**_HEADER)
        view = self.MESSAGE.view(bytearray(frame))
        for field in self.MESSAGE.FIELDS:
            found, expected = (getattr(x, field.attribute) for x in (view, message))
            assert repr(found) == repr(expected), field.attribute  # a NaN equals nothing
        assert view.to_message() == message
        assert bytes(view) == frame
        with pytest.raises(DecodeError):
            self.MESSAGE.view(frame[:-1])

    def test_a_message_cannot_be_changed(self) -> None:
        """Messages are values: frozen, and equal when their fields are."""
        message = self._sample()
        for field in self.MESSAGE.FIELDS:
            with pytest.raises(AttributeError):
                setattr(message, field.attribute, None)
        assert message == self._sample()
        assert hash(message) == hash(self._sample())

    def test_rules_take_valid_values_and_refuse_invalid_ones(self) -> None:
        """``create`` asks the rules of the schema and names the field that breaks one."""
        for field, values in self.VALID.items():
            for value in values:
                assert field not in self._problems(field, value), (field, value)
        for field, values in self.INVALID.items():
            for value in values:
                assert field in self._problems(field, value), (field, value)

    def _problems(self, attribute: str, value: object) -> set[str]:
        """The attributes that ``create`` refuses when one of them is ``value``."""
        fields = msgspec.structs.asdict(self._sample()) | {attribute: value}
        try:
            self.MESSAGE.create(**fields)
        except InvalidMessageError as error:
            return {self._attribute(name) for name, _ in error.problems}
        return set()

    def _sample(self) -> Any:
        vectors = self.GOLDEN["versions"][str(self.MESSAGE.VERSION)]["vectors"]
        return from_json(self.MESSAGE, vectors[0]["values"])

    def _golden(self) -> Iterator[tuple[int, list[Any]]]:
        for version, entry in self.GOLDEN["versions"].items():
            yield int(version), entry["vectors"]

    def _schema_name(self, attribute: str) -> str:
        return next(f.name for f in self.MESSAGE.FIELDS if f.attribute == attribute)

    def _attribute(self, name: str) -> str:
        plain = name.split(".")[0].split("[")[0]
        return next((f.attribute for f in self.MESSAGE.FIELDS if f.name == plain), name)


class RetiredContract:
    """Inherit and fill in: messages of one domain that were released and are gone, by type id."""

    TEST_KIND: ClassVar = "contract"
    REGISTRY: ClassVar[Registry]
    DOMAIN: ClassVar[int]
    TYPES: ClassVar[Mapping[int, str]]

    def test_frames_of_messages_that_are_gone_are_never_taken_for_others(self) -> None:
        """Recordings still hold them: today's code says that it does not know their type."""
        for number in self.TYPES:
            payload = _TLV_HEADER.pack(number, 1, 0, 0)
            frame = encode_frame(payload, domain=self.DOMAIN, **_HEADER)
            with pytest.raises(UnknownTypeError):
                self.REGISTRY.decode_frame(frame)


def _decoded(decode: Callable[[bytes], Frame], frame: bytes) -> Message | None:
    try:
        return decode(frame).message
    except DecodeError:
        return None
