"""Where spans go, and what is said when a library for it is missing."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from mycelium.errors import MissingLibraryError
from mycelium.tracing import export
from mycelium.tracing.export import Export, open_tracer
from tests.unit.mycelium.helpers import asynchronous


@pytest.fixture(autouse=True)
def own_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the program own one already, which is left alone."""
    provider = trace.NoOpTracerProvider()
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)


@asynchronous
async def test_spans_of_the_program_go_where_the_program_says() -> None:
    tracer, end = open_tracer("sample", "main", "program")
    assert isinstance(tracer, trace.NoOpTracer)
    await end()


def test_console_prints_spans_with_the_names_of_system_and_process(
    capsys: pytest.CaptureFixture[str],
) -> None:
    @asynchronous
    async def test() -> None:
        tracer, end = open_tracer("sample", "main", "console")
        tracer.start_span("alone").end()
        await end()

    test()
    span = json.loads(capsys.readouterr().out)
    assert span["name"] == "alone"
    named = span["resource"]["attributes"]
    assert (named["service.namespace"], named["service.name"]) == ("sample", "main")


@asynchronous
async def test_the_share_that_is_not_sampled_is_not_exported() -> None:
    tracer, end = open_tracer("sample", "main", "console", sample=0.0)
    assert not tracer.start_span("alone").is_recording()
    await end()


def test_a_collector_gets_them_when_the_process_ends() -> None:
    asked: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    async def run(port: int) -> None:
        tracer, end = open_tracer("sample", "main", "otlp", f"http://127.0.0.1:{port}/")
        tracer.start_span("alone").end()
        await end()

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        asyncio.run(run(server.server_port))
        server.shutdown()
        thread.join()
    assert [path for path, _ in asked] == ["/v1/traces"]


class Silent(SpanExporter):
    """A collector that does not answer before the test lets it."""

    def __init__(self) -> None:
        self.answer = Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.answer.wait()
        return SpanExportResult.SUCCESS


def test_a_collector_that_does_not_answer_does_not_hold_the_end_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    silent = Silent()
    monkeypatch.setattr(export, "_END_SECS", 0.05)
    monkeypatch.setattr(export, "_exporter", lambda *_: silent)
    before = set(threading.enumerate())

    async def run() -> None:
        tracer, end = open_tracer("sample", "main", "otlp", "http://127.0.0.1:1")
        tracer.start_span("alone").end()
        await end()

    try:
        asyncio.run(run())
    finally:
        silent.answer.set()  # no thread outlives the test
        for thread in set(threading.enumerate()) - before:
            thread.join()
    assert "the last spans could not be sent within 0.05 s" in caplog.text


@pytest.mark.parametrize(
    ("kind", "module", "message"),
    [
        ("program", "opentelemetry", "tracing: expected opentelemetry-api"),
        ("console", "opentelemetry.sdk.resources", "tracing: expected opentelemetry-sdk"),
        (
            "otlp",
            "opentelemetry.exporter.otlp.proto.http.trace_exporter",
            "tracing to a collector: expected opentelemetry-exporter-otlp-proto-http",
        ),
    ],
)
def test_a_missing_library_is_named(
    monkeypatch: pytest.MonkeyPatch, kind: Export, module: str, message: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingLibraryError) as raised:
        open_tracer("sample", "main", kind)
    assert str(raised.value) == f"{message}, found none: pip install 'torq-gen[ops]'"
