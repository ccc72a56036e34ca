"""Block headers from a recording: one JSON object a line, with Ethereum ETL's keys."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from services.polygon_adapter.source import RecordingError, numbered_lines


@dataclass(frozen=True, slots=True)
class Header:
    """What a block's header says of gas; ``base_fee`` is in wei, None before London."""

    base_fee: int | None
    gas_used: int | None
    gas_limit: int | None


NO_HEADER = Header(None, None, None)


def read_headers(path: Path) -> dict[int, Header]:
    """The headers by block number.

    Raises:
        RecordingError: the file cannot be read, or a line is not a header
    """
    headers = {}
    for number, line in numbered_lines(path):
        place = f"{path}:{number}"
        try:
            value = json.loads(line)
        except ValueError as error:
            raise RecordingError(place, "JSON", error) from None
        if not isinstance(value, dict) or (block := _count(place, value, "number")) is None:
            raise RecordingError(place, "an object with a block number", value)
        headers[block] = Header(
            _count(place, value, "base_fee_per_gas"),
            _count(place, value, "gas_used"),
            _count(place, value, "gas_limit"),
        )
    return headers


def _count(place: str, value: dict[str, object], key: str) -> int | None:
    found = value.get(key)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int) or found < 0:
        raise RecordingError(f"{place}: {key}", "an integer of 0 or more", repr(found))
    return found
