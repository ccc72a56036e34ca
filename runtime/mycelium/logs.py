"""Structured logs: JSON lines for machines, readable ones on a terminal.

What is logged while a message is handled bears the service, the message, its source and sequence;
under a span, the trace, too. Code that logs needs to know none of this: `logging` and `structlog`
both end here.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, MutableMapping
from typing import TYPE_CHECKING, Any, Final, Literal, TextIO, TypeAlias

from mycelium.envelope import IN_HAND, IN_SERVICE
from mycelium.errors import MissingLibraryError

if TYPE_CHECKING:
    from structlog.typing import Processor

LogFormat: TypeAlias = Literal["auto", "json", "text"]
Event: TypeAlias = MutableMapping[str, Any]

_PLAIN: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def configure_logging(
    level: str = "info",
    format: LogFormat = "auto",
    *,
    process: str = "",
    source_name: Callable[[int], str] = str,
    stream: TextIO | None = None,
) -> None:
    """Sets up the logs of this process; called again, it replaces what it did.

    ``auto`` is text on a terminal and where structlog is not installed, else JSON. ``source_name``
    tells a service's name by its id.

    Raises:
        MissingLibraryError: ``json`` is asked for and structlog is not installed
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    try:
        handler.setFormatter(_formatter(format, stream, process, source_name))
    except ModuleNotFoundError:
        if format == "json":
            raise MissingLibraryError("logs in JSON", "structlog") from None
        handler.setFormatter(logging.Formatter(_PLAIN))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def _formatter(
    format: LogFormat, stream: TextIO, process: str, source_name: Callable[[int], str]
) -> logging.Formatter:
    import structlog

    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _in_context(process, source_name),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_rendering(format, stream),
        ],
    )


def _rendering(format: LogFormat, stream: TextIO) -> list[Processor]:
    from structlog import dev, processors

    terminal = stream.isatty()
    if format == "text" or (format == "auto" and terminal):
        return [dev.ConsoleRenderer(colors=terminal, exception_formatter=dev.plain_traceback)]
    return [processors.format_exc_info, processors.JSONRenderer()]


def _in_context(process: str, source_name: Callable[[int], str]) -> Processor:
    """Adds what is known of where the code runs; what the event says itself stays."""

    def add(_: object, __: str, event: Event) -> Event:
        if process:
            event.setdefault("process", process)
        if service := IN_SERVICE.get():
            event.setdefault("service", service)
        envelope = IN_HAND.get()
        if envelope is not None:
            event.setdefault("message", type(envelope.message).__name__)
            event.setdefault("source", source_name(envelope.source))
            event.setdefault("sequence", envelope.sequence)
        _add_trace(event)
        return event

    return add


def _add_trace(event: Event) -> None:
    """The current span's ids; nothing where nobody traces."""
    module = sys.modules.get("opentelemetry.trace")
    if module is None:
        return
    current = module.get_current_span().get_span_context()
    if current.is_valid:
        event.setdefault("trace_id", f"{current.trace_id:032x}")
        event.setdefault("span_id", f"{current.span_id:016x}")
