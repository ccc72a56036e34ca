"""What comes by NATS to envelopes: who said it, and whether it is read the same here."""

from __future__ import annotations

from typing import Final

from nats.aio.msg import Msg

from mycelium.envelope import Envelope
from mycelium.manifest import ServiceSpec
from mycelium.protocol.errors import DecodeError
from mycelium.protocol.frame import HEADER_SIZE, MAGIC_BYTES
from mycelium.protocol.message import Message
from mycelium.transports import Port
from mycelium.transports.nats.control import SCHEMA_HEADER
from mycelium.transports.shared.schemas import fingerprints, misread

_KEPT: Final = 4096
_SIZE: Final = 24


def said_schema(msg: Msg) -> str:
    """The fingerprints that come with a message, or an empty text."""
    return (msg.headers or {}).get(SCHEMA_HEADER, "")


def frames_of(data: bytes) -> list[bytes]:
    """The frames of a payload; what is none is the last."""
    frames, at = [], 0
    while len(data) - at > HEADER_SIZE:
        end = at + HEADER_SIZE + int.from_bytes(data[at + _SIZE : at + _SIZE + 4], "little")
        if end >= len(data) or data[end : end + 4] != MAGIC_BYTES:
            break
        frames.append(data[at:end])
        at = end
    frames.append(data[at:] if at else data)
    return frames


def schema_header(message: type[Message]) -> str:
    """The message's fingerprints, as a header says them."""
    return ",".join(fingerprints(message))


class Reader:
    """Reads what a subject's service says; what it should not say is refused and gives None."""

    def __init__(self, port: Port, max_frame: int) -> None:
        self._port = port
        self._max_frame = max_frame
        self._decode = port.manifest.registry.decode_frame
        self._agreed: dict[tuple[type[Message], str], bool] = {}

    def read(
        self, data: bytes, said: str, service: ServiceSpec, message: type[Message]
    ) -> Envelope | None:
        """The envelope of a frame with a message of this type and said schema, by this service."""
        name = message.__name__
        agreed = self._agreed.get((message, said))
        if not (self._agrees(message, said) if agreed is None else agreed):
            why = f"{service.name}, {name}: expected the schema of this process, found another one"
            self._port.refuse(service.name, name, data, why)
            return None
        try:
            frame = self._decode(data, self._max_frame)
        except DecodeError as error:
            self._port.refuse(service.name, name, data, f"{service.name}, {name}: {error}")
            return None
        if frame.source != service.source:
            speaker = self._port.manifest.source_name(frame.source)
            why = f"{service.name} sent {name} in the name of {speaker}"
            self._port.refuse(speaker, name, data, why)
            return None
        if type(frame.message) is not message:
            found = type(frame.message).__name__
            why = f"{service.name} sent {found} on the subject of {name}"
            self._port.refuse(service.name, found, data, why)
            return None
        return Envelope(frame.message, frame.source, frame.sequence, frame.timestamp, False, data)

    def _agrees(self, message: type[Message], said: str) -> bool:
        stated = {message.TYPE_ID: tuple(said.split(","))}
        agrees = not misread({message.TYPE_ID: message}, stated)
        if len(self._agreed) < _KEPT:
            self._agreed[message, said] = agrees
        return agrees
