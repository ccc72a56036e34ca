"""Why a connection was not made, or could not be kept."""

from __future__ import annotations

from mycelium.errors import MyceliumError


class TransportError(MyceliumError):
    """A process cannot be reached, or prove who it is, as its topology says."""


class HandshakeError(MyceliumError):
    """The other end is not who it should be, or reads messages in another way."""


class ConnectionLostError(MyceliumError):
    """The other end went away without a word, or said something that is no frame."""
