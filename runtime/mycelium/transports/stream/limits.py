"""How much a connection may ask for."""

from __future__ import annotations

from dataclasses import dataclass

from mycelium.protocol.frame import DEFAULT_MAX_FRAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bytes and seconds.

    - ``max_frame``: bytes of a frame
    - ``max_control``: bytes of a frame that controls the connection, the handshake's among them
    - ``handshake_secs``: for connecting and the whole handshake
    - ``max_handshakes``: connections that have not said yet who they are; one more ends the oldest
    - ``high_bytes``: above this a publisher waits for a blocking subscriber, and what does not
      block drops; ``low_bytes``: from here on it goes on
    - ``socket_bytes``: what the system keeps of a TCP connection at each end, which is what a cut
      loses; the system may double it
    - ``linger_secs``: how long what is published waits for a subscriber that was cut off
    - ``beat_secs``: at least this often each side says something; after four times that in silence
      the connection is given up
    - ``confirm_secs``: how often a subscribers' process says how much it has handled
    - ``patience_secs``: for so long it is no warning that a process which has not been there yet
      does not answer
    - ``first_retry_secs``, ``retry_secs``: the pauses between attempts to connect double from the
      first to the second, each with jitter
    """

    max_frame: int = DEFAULT_MAX_FRAME
    max_control: int = 1 << 16
    handshake_secs: float = 5.0
    max_handshakes: int = 64
    high_bytes: int = 1 << 18
    low_bytes: int = 1 << 16
    socket_bytes: int = 1 << 18
    linger_secs: float = 5.0
    beat_secs: float = 5.0
    confirm_secs: float = 0.1
    patience_secs: float = 10.0
    first_retry_secs: float = 0.05
    retry_secs: float = 10.0
