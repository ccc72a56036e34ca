"""The trace context of a frame: protocol TLV 65000.

Its value is W3C's ``traceparent`` as bytes: version (0), trace id (16), parent id (8), flags (1).
Who does not know the TLV skips it. ``tracestate`` is not carried.
"""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

from mycelium.protocol.errors import DecodeError
from mycelium.protocol.frame import HEADER_SIZE
from mycelium.protocol.tlv import read_tlv

TRACE_CONTEXT: Final = 65000
SAMPLED: Final = 1

_TLV: Final = Struct("<HBBI")
_VALUE: Final = Struct(">B16s8sB")
_HEADER: Final = _TLV.pack(TRACE_CONTEXT, 1, 0, _VALUE.size)
_INVALID_VERSION: Final = 0xFF


class TraceContext(NamedTuple):
    """Which span a message was published under; ``flags`` says whether it is sampled."""

    trace_id: int
    span_id: int
    flags: int

    @property
    def traceparent(self) -> str:
        """W3C's header of this name."""
        return f"00-{self.trace_id:032x}-{self.span_id:016x}-{self.flags:02x}"

    def to_tlv(self) -> bytes:
        """The TLV that carries it."""
        ids = self.trace_id.to_bytes(16, "big"), self.span_id.to_bytes(8, "big")
        return _HEADER + _VALUE.pack(0, *ids, self.flags)


def of_tlvs(data: bytes, at: int = 0) -> TraceContext | None:
    """The context among the TLVs from byte ``at`` on; None when there is none or it is invalid."""
    try:
        while at < len(data):
            type_id, _, at, end = read_tlv(data, at, len(data))
            if type_id == TRACE_CONTEXT:
                return _of_value(data[at:end])
            at = end
    except DecodeError:  # a trace is no reason to lose a message
        pass
    return None


def of_frame(frame: bytes) -> TraceContext | None:
    """The context that a whole frame carries."""
    return of_tlvs(frame, HEADER_SIZE)


def _of_value(value: bytes) -> TraceContext | None:
    """Later versions may be longer; what version 0 has of them stands first."""
    if len(value) < _VALUE.size or value[0] == _INVALID_VERSION:
        return None
    _, trace, span, flags = _VALUE.unpack_from(value)
    found = TraceContext(int.from_bytes(trace, "big"), int.from_bytes(span, "big"), flags)
    return found if found.trace_id and found.span_id else None
