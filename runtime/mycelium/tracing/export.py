"""Where spans go: to a collector, to standard output, or to what the program set up."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from threading import Thread
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from mycelium.errors import MissingLibraryError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

Export: TypeAlias = Literal["otlp", "console", "program"]
_NAME: Final = "mycelium"
_END_SECS: Final = 5.0
_LOG: Final = logging.getLogger("mycelium.tracing")


async def _nothing() -> None:
    """There is nothing of ours to end."""


def open_tracer(
    system: str, process: str, export: Export = "otlp", endpoint: str = "", sample: float = 1.0
) -> tuple[Tracer, Callable[[], Awaitable[None]]]:
    """A tracer, and what sends the last spans and ends it.

    ``sample`` is the share of the traces begun here; others keep what their beginner decided.
    ``endpoint`` is a collector's address for OTLP over HTTP, else OpenTelemetry's environment
    variables say it. The provider becomes the program's, unless that has one: spans that services
    make themselves then go the same way.

    Raises:
        MissingLibraryError: a library that this needs is not installed
    """
    try:
        from opentelemetry import trace
    except ModuleNotFoundError:
        raise MissingLibraryError("tracing", "opentelemetry-api") from None
    if export == "program":
        return trace.get_tracer(_NAME), _nothing
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
    except ModuleNotFoundError:
        raise MissingLibraryError("tracing", "opentelemetry-sdk") from None
    names = {"service.namespace": system, "service.name": process}
    provider = TracerProvider(
        resource=Resource.create(names),
        sampler=ParentBased(TraceIdRatioBased(sample)),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(_exporter(export, endpoint)))
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        trace.set_tracer_provider(provider)
    return provider.get_tracer(_NAME), lambda: _end(provider)


async def _end(provider: TracerProvider) -> None:
    """Sends what waits; a collector that does not answer must not keep the process from ending."""
    ended: Future[None] = Future()
    ended.set_running_or_notify_cancel()  # so that who waits no longer does not cancel it

    def end() -> None:
        try:
            provider.shutdown()
        finally:
            ended.set_result(None)

    Thread(target=end, name="last spans", daemon=True).start()
    try:
        async with asyncio.timeout(_END_SECS):
            await asyncio.wrap_future(ended)
    except TimeoutError:
        _LOG.warning("the last spans could not be sent within %g s", _END_SECS)


def _exporter(export: Export, endpoint: str) -> SpanExporter:
    if export == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter(out=sys.stdout)
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ModuleNotFoundError:
        library = "opentelemetry-exporter-otlp-proto-http"
        raise MissingLibraryError("tracing to a collector", library) from None
    return OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces" if endpoint else None)
