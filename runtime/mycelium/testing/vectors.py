"""Golden vectors, and bytes made of them, for the contract tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from mycelium.protocol.message import Message

_VERSION_AT = 2


def load_golden(path: Path) -> dict[str, Any]:
    """The golden vectors of one domain, by message."""
    messages: dict[str, Any] = json.loads(path.read_bytes())["messages"]
    return messages


def from_json(kind: type[Message], values: Mapping[str, Any]) -> Message:
    """As ``Message.from_json``, without asking the rules: golden values need not keep them."""
    found = {f.attribute: f.kind.from_json(values[f.name]) for f in kind.FIELDS if f.name in values}
    return kind(**found)


def digest(vectors: list[Any]) -> str:
    """What torq.lock.yaml remembers of a released version's vectors."""
    text = json.dumps(vectors, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def damaged(value: bytes, data: st.DataObject) -> Iterator[bytes]:
    """The value with one byte changed, one of them to something small, and with one more."""
    if value:
        at = data.draw(st.integers(0, len(value) - 1))
        for byte in (value[at] ^ data.draw(st.integers(1, 255)), 0, 1, 2, 255):
            yield value[:at] + bytes([byte]) + value[at + 1 :]
    yield value + b"\0"


def written_by(version: int, message: Message) -> bytes:
    """The message's TLV as the given version, which has the same fields, states it."""
    tlv = bytearray(message.to_tlv())
    tlv[_VERSION_AT] = version
    return bytes(tlv)
