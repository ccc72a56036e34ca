"""A log as ``eth_getLogs`` returns it, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_QUANTITY = re.compile(r"0x(?:0|[1-9a-fA-F][0-9a-fA-F]*)")
_BYTES = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_SHOWN = 80


class MalformedLogError(ValueError):
    """A log that cannot be read: which part, what was expected there, what was found."""

    def __init__(self, part: str, expected: str, found: object) -> None:
        shown = found if isinstance(found, str) and " " in found else repr(found)
        if len(shown) > _SHOWN:
            shown = f"{shown[:_SHOWN]}..."
        # a report has to be sendable, whatever the log holds: lone surrogates are not
        plain = shown.encode("ascii", "backslashreplace").decode()
        super().__init__(f"{part}: expected {expected}, found {plain}")


@dataclass(frozen=True, slots=True)
class Log:
    """One log: the contract's address, up to four 32-byte topics, its data and its place.

    ``time`` is the block's, in seconds since the Unix epoch.
    """

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    time: int
    transaction_hash: bytes
    transaction_index: int
    log_index: int

    @property
    def place(self) -> str:
        """Where it stands on the chain."""
        return f"block {self.block_number}, log {self.log_index}"


def read_log(value: object) -> Log:
    """The log that a JSON value holds.

    Raises:
        MalformedLogError: a key is missing, or its value is not what JSON-RPC says
    """
    if not isinstance(value, Mapping):
        raise MalformedLogError("log", "an object", value)
    if value.get("removed", False) is not False:
        raise MalformedLogError(
            "removed", "false (undone blocks are not followed)", value["removed"]
        )
    return Log(
        address=_bytes(value, "address", 20),
        topics=_topics(value),
        data=_hex(_key(value, "data"), "data"),
        block_number=_quantity(value, "blockNumber", 64),
        time=_quantity(value, "blockTimestamp", 34),
        transaction_hash=_bytes(value, "transactionHash", 32),
        transaction_index=_quantity(value, "transactionIndex", 32),
        log_index=_quantity(value, "logIndex", 24),
    )


def _key(value: Mapping[object, object], key: str) -> object:
    if key not in value:
        raise MalformedLogError(key, "a value", "no such key")
    return value[key]


def _quantity(value: Mapping[object, object], key: str, bits: int) -> int:
    text = _key(value, key)
    if not isinstance(text, str) or _QUANTITY.fullmatch(text) is None:
        raise MalformedLogError(key, "a hex quantity without leading zeros", text)
    number = int(text, 16)
    if number >> bits:
        raise MalformedLogError(key, f"at most {bits} bits", text)
    return number


def _bytes(value: Mapping[object, object], key: str, size: int) -> bytes:
    return _sized(_key(value, key), key, size)


def _topics(value: Mapping[object, object]) -> tuple[bytes, ...]:
    topics = _key(value, "topics")
    if not isinstance(topics, list) or len(topics) > 4:
        raise MalformedLogError("topics", "a list of at most 4", topics)
    return tuple(_sized(topic, f"topics[{i}]", 32) for i, topic in enumerate(topics))


def _sized(text: object, part: str, size: int) -> bytes:
    found = _hex(text, part)
    if len(found) != size:
        raise MalformedLogError(part, f"{size} bytes", f"{len(found)} bytes")
    return found


def _hex(text: object, part: str) -> bytes:
    if not isinstance(text, str) or _BYTES.fullmatch(text) is None:
        raise MalformedLogError(part, "0x and an even number of hex digits", text)
    return bytes.fromhex(text[2:])
