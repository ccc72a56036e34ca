"""Spans of handlers, and the context that goes with what is published under a span."""

from __future__ import annotations

from collections.abc import Callable

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, TraceFlags, Tracer

from mycelium.consumer import Handler
from mycelium.envelope import Envelope, current_envelope
from mycelium.protocol.message import Message
from mycelium.tracing.context import TraceContext, of_frame, of_tlvs

_NEW_TRACE = Context()


class Spans:
    """What a bus is given to trace: how envelopes are made, and what is put around handlers."""

    __slots__ = ("_source_name", "_tracer")

    def __init__(self, tracer: Tracer, source_name: Callable[[int], str]) -> None:
        self._tracer = tracer
        self._source_name = source_name

    def envelope(self, message: Message, source: int, sequence: int, timestamp: int) -> Envelope:
        """An envelope that carries the context of the current span, if there is one."""
        current = trace.get_current_span().get_span_context()
        if not current.is_valid:
            return Envelope(message, source, sequence, timestamp)
        context = TraceContext(current.trace_id, current.span_id, current.trace_flags)
        return Envelope(message, source, sequence, timestamp, False, None, context.to_tlv())

    def around(self, service: str, message: type[Message], handler: Handler) -> Handler:
        """The handler under a span that continues the publisher's trace, or begins one.

        A retained value begins a trace of its own, linked to the one that it was published in:
        that one may have ended long ago.
        """
        tracer, name = self._tracer, f"process {message.__name__}"

        async def traced(message: Message) -> None:
            envelope = current_envelope()
            origin = _origin(envelope)
            links = [Link(origin)] if origin is not None and envelope.retained else None
            parent = _NEW_TRACE
            if origin is not None and links is None:
                parent = trace.set_span_in_context(NonRecordingSpan(origin), _NEW_TRACE)
            attributes = self._attributes(service, envelope)
            with tracer.start_as_current_span(
                name, parent, SpanKind.CONSUMER, attributes, links=links
            ):
                await handler(message)

        return traced

    def _attributes(self, service: str, envelope: Envelope) -> dict[str, str | int | bool]:
        """OpenTelemetry's conventions for messaging, and what they have no name for."""
        message = type(envelope.message)
        return {
            "messaging.system": "mycelium",
            "messaging.operation.type": "process",
            "messaging.destination.name": message.TOPIC or message.__name__,
            "mycelium.service": service,
            "mycelium.message": message.__name__,
            "mycelium.source": self._source_name(envelope.source),
            "mycelium.sequence": str(envelope.sequence),  # may not fit the i64 of an attribute
            "mycelium.retained": envelope.retained,
        }


def _origin(envelope: Envelope) -> SpanContext | None:
    """The span that the message was published under."""
    if envelope.frame is not None:
        found = of_frame(envelope.frame)
    else:
        found = of_tlvs(envelope.extra) if envelope.extra else None
    if found is None:
        return None
    return SpanContext(found.trace_id, found.span_id, True, TraceFlags(found.flags))
