"""Logs: what every line bears, for machines and for people."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from mycelium.bus import Bus
from mycelium.envelope import Envelope
from mycelium.errors import MissingLibraryError
from mycelium.logs import configure_logging
from mycelium.supervisor import Supervisor
from mycelium.worker import Worker
from tests.unit.mycelium.helpers import BRAIN, Meta, Tick, asynchronous, manifest, recorder


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    for line in found:
        assert line.pop("timestamp").endswith("Z")
    return found


def test_a_line_is_a_json_object_with_level_logger_and_process() -> None:
    stream = io.StringIO()
    configure_logging(process="adapters", stream=stream)
    logging.getLogger("anybody").warning("%d of %s", 3, "four", extra={"pool": "0xab"})
    logging.getLogger("anybody").debug("not at this level")
    assert lines(stream) == [
        {
            "event": "3 of four",
            "level": "warning",
            "logger": "anybody",
            "process": "adapters",
            "pool": "0xab",
        }
    ]


def test_structlog_ends_in_the_same_place() -> None:
    stream = io.StringIO()
    configure_logging("debug", stream=stream)
    structlog.get_logger("mine").bind(pool="0xab").debug("seen", price=3)
    (line,) = lines(stream)
    assert line == {
        "event": "seen",
        "level": "debug",
        "logger": "mine",
        "pool": "0xab",
        "price": 3,
    }


def test_errors_bring_their_traceback_in_one_line() -> None:
    stream = io.StringIO()
    configure_logging(stream=stream)
    try:
        raise ValueError("unlucky")
    except ValueError:
        logging.getLogger("anybody").exception("failed")
    (line,) = lines(stream)
    assert line["exception"].startswith("Traceback (most recent call last):\n")
    assert line["exception"].endswith("ValueError: unlucky")


@asynchronous
async def test_what_is_logged_while_a_message_is_handled_says_which() -> None:
    class Brain(recorder(BRAIN)):  # type: ignore[misc]
        async def on_start(self) -> None:
            self.log.info("starts")

        async def keep(self, message: Tick | Meta, /) -> None:
            logging.getLogger("some.library").info("called", extra={"source": "its own"})
            self.log.info("handles")

    stream = io.StringIO()
    system = manifest()
    configure_logging(stream=stream, source_name=system.source_name)
    bus = Bus(system)
    supervisor = Supervisor(bus, [Worker(bus, BRAIN, lambda: Brain({}), 10)])
    await supervisor.start()
    await bus.receive(Envelope(Tick(1), 1, 7, 9))
    await bus.idle()
    await supervisor.stop()
    starts, library, handles = lines(stream)
    assert starts == {
        "event": "starts",
        "level": "info",
        "logger": "mycelium.service.brain",
        "service": "brain",
    }
    in_hand = {"service": "brain", "message": "Tick", "source": "feed", "sequence": 7}
    own = {"logger": "mycelium.service.brain", "event": "handles", "level": "info"}
    assert handles == {**in_hand, **own}
    assert (library["service"], library["source"]) == ("brain", "its own")


def test_a_line_under_a_span_says_which_trace() -> None:
    from opentelemetry import trace
    from opentelemetry.trace import NonRecordingSpan, SpanContext

    stream = io.StringIO()
    configure_logging(stream=stream)
    with trace.use_span(NonRecordingSpan(SpanContext(7, 9, False))):
        logging.getLogger("anybody").warning("seen")
    (line,) = lines(stream)
    assert (line["trace_id"], line["span_id"]) == ("0" * 31 + "7", "0" * 15 + "9")


@pytest.mark.parametrize(
    ("format", "stream", "readable"),
    [
        ("auto", Terminal(), True),
        ("auto", io.StringIO(), False),
        ("text", io.StringIO(), True),
        ("json", Terminal(), False),
    ],
)
def test_a_person_gets_text_and_a_pipe_json(
    format: Any, stream: io.StringIO, readable: bool
) -> None:
    configure_logging(format=format, stream=stream)
    logging.getLogger("anybody").warning("seen")
    assert stream.getvalue().startswith("{") is not readable
    assert ("\x1b[" in stream.getvalue()) == (readable and isinstance(stream, Terminal))


def test_what_cannot_be_json_is_shown_all_the_same() -> None:
    stream = io.StringIO()
    configure_logging(stream=stream)
    logging.getLogger("anybody").warning("seen", extra={"at": {1}, "file": "\udc80"})
    (line,) = lines(stream)
    assert line["at"] == "{1}"


def test_called_again_it_replaces_what_it_did() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure_logging(stream=first)
    configure_logging(stream=second)
    logging.getLogger("anybody").warning("seen")
    assert (first.getvalue(), len(lines(second))) == ("", 1)


def test_without_structlog_lines_are_plain_and_json_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "structlog", None)
    stream = io.StringIO()
    configure_logging(stream=stream)
    logging.getLogger("anybody").warning("seen")
    assert stream.getvalue().endswith(" WARNING anybody: seen\n")
    with pytest.raises(MissingLibraryError) as raised:
        configure_logging(format="json")
    expected = "logs in JSON: expected structlog, found none: pip install 'torq-gen[ops]'"
    assert str(raised.value) == expected
