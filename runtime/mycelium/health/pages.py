"""The pages: /health, /ready and /metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

import msgspec

from mycelium.errors import MissingLibraryError
from mycelium.health.http import Answer, Page
from mycelium.health.latency import Latencies
from mycelium.health.vitals import Report, Vitals

_JSON: Final = "application/json"


def pages_of(vitals: Vitals, latencies: Latencies) -> Mapping[str, Page]:
    """The pages of a process."""
    return {
        "/health": _judging(vitals.health),
        "/ready": _judging(vitals.ready),
        "/metrics": _metrics(vitals, latencies),
    }


def _judging(judge: Callable[[], Report]) -> Page:
    def page(_: Mapping[str, str]) -> Answer:
        report = judge()
        status = HTTPStatus.OK if report.good else HTTPStatus.SERVICE_UNAVAILABLE
        content = {
            "status": "ok" if report.good else "failing",
            "process": report.process,
            "problems": report.problems,
            "services": report.services,
        }
        return Answer(status, msgspec.json.encode(content) + b"\n", _JSON)

    return page


def _metrics(vitals: Vitals, latencies: Latencies) -> Page:
    try:
        from mycelium.health.metrics import exposition
    except ModuleNotFoundError:
        return _missing

    return exposition(vitals, latencies)


def _missing(_: Mapping[str, str]) -> Answer:
    error = MissingLibraryError("/metrics", "prometheus-client")
    return Answer(HTTPStatus.NOT_IMPLEMENTED, f"{error}\n".encode())
