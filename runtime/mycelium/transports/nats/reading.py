"""What comes by NATS to envelopes: who said it, and whether it is read the same here."""

from __future__ import annotations

from typing import Final

from nats.aio.msg import Msg

from mycelium.envelope import Envelope, following
from mycelium.manifest import ServiceSpec
from mycelium.protocol.errors import DecodeError
from mycelium.protocol.frame import HEADER_SIZE, MAGIC_BYTES
from mycelium.protocol.message import Message
from mycelium.transports import Port
from mycelium.transports.nats.control import SCHEMA_HEADER
from mycelium.transports.shared.batches import AT_ONCE, batch_of, first_of_each, opener
from mycelium.transports.shared.schemas import fingerprints, misread

_KEPT: Final = 4096
_SIZE: Final = 24


def said_schema(msg: Msg) -> str:
    """The fingerprints that come with a message, or an empty text."""
    return (msg.headers or {}).get(SCHEMA_HEADER, "")


def frames_of(data: bytes) -> list[bytes]:
    """The frames of a payload; what is none is the last."""
    frames, at = [], 0
    while (end := _end_of(data, at)) < len(data):
        frames.append(data[at:end])
        at = end
    frames.append(data[at:] if at else data)
    return frames


def _end_of(data: bytes, at: int) -> int:
    """Where the frame ends that starts there; the end of all if none does."""
    size = int.from_bytes(data[at + _SIZE : at + HEADER_SIZE - 4], "little")
    end = at + HEADER_SIZE + size
    return end if data[at : at + 4] == MAGIC_BYTES and end <= len(data) else len(data)


def schema_header(message: type[Message]) -> str:
    """The message's fingerprints, as a header says them."""
    return ",".join(fingerprints(message))


class Reader:
    """Reads what a subject's service says; what it should not say is refused."""

    def __init__(self, port: Port, max_frame: int) -> None:
        self._port = port
        self._max_frame = max_frame
        self._batch = batch_of(port.manifest.registry)
        self._open = opener(port.manifest.registry, max_frame)
        self._agreed: dict[tuple[type[Message], str], bool] = {}

    def read(
        self, data: bytes, said: str, service: ServiceSpec, message: type[Message]
    ) -> Envelope | None:
        """The envelope of a frame with a message of this type and said schema, by this service."""
        if self._agree(message, said):
            return self._read(data, service, message)
        name = message.__name__
        why = f"{service.name}, {name}: expected the schema of this process, found another one"
        self._port.refuse(service.name, name, data, why)
        return None

    def read_all(
        self, data: bytes, said: str, service: ServiceSpec, message: type[Message]
    ) -> list[Envelope]:
        """As `read` of each frame of a payload; many at once if the native codec is there."""
        if self._batch is None or not data or not self._agree(message, said):
            read = (self.read(frame, said, service, message) for frame in frames_of(data))
            return [envelope for envelope in read if envelope is not None]
        found: list[Envelope] = []
        at = 0
        while at < len(data):
            made, at, count = self._batch(data, at, 0, self._max_frame, AT_ONCE)
            if len(made) != count:
                made = first_of_each(made)
            found += self._said_by(service, message, made)
            if at < len(data) and count < AT_ONCE:  # what this is is found out with time and care
                end = _end_of(data, at)
                envelope = self._read(data[at:end], service, message)
                found += () if envelope is None else (envelope,)
                at = end
        return found

    def _agree(self, message: type[Message], said: str) -> bool:
        agreed = self._agreed.get((message, said))
        return self._agrees(message, said) if agreed is None else agreed

    def _read(self, data: bytes, service: ServiceSpec, message: type[Message]) -> Envelope | None:
        try:
            envelope = self._open(data)
        except DecodeError as error:
            name = message.__name__
            self._port.refuse(service.name, name, data, f"{service.name}, {name}: {error}")
            return None
        return envelope if self._is_due(envelope, service, message) else None

    def _said_by(
        self, service: ServiceSpec, message: type[Message], made: list[Envelope]
    ) -> list[Envelope]:
        """Those that are the service's to say on this subject."""
        found: list[Envelope] = []
        at = 0
        while at < len(made):
            end = following(made, at, len(made))  # all of one source and type
            if made[at].source == service.source and type(made[at].message) is message:
                found += made[at:end]
            else:
                for envelope in made[at:end]:
                    self._is_due(envelope, service, message)
            at = end
        return found

    def _is_due(self, envelope: Envelope, service: ServiceSpec, message: type[Message]) -> bool:
        """Whether it is the service's to say on this subject; it is refused if not."""
        name, found = message.__name__, type(envelope.message).__name__
        if envelope.source != service.source:
            speaker = self._port.manifest.source_name(envelope.source)
            why = f"{service.name} sent {name} in the name of {speaker}"
            self._port.refuse(speaker, name, envelope.to_frame(), why)
            return False
        if type(envelope.message) is not message:
            why = f"{service.name} sent {found} on the subject of {name}"
            self._port.refuse(service.name, found, envelope.to_frame(), why)
            return False
        return True

    def _agrees(self, message: type[Message], said: str) -> bool:
        stated = {message.TYPE_ID: tuple(said.split(","))}
        agrees = not misread({message.TYPE_ID: message}, stated)
        if len(self._agreed) < _KEPT:
            self._agreed[message, said] = agrees
        return agrees
