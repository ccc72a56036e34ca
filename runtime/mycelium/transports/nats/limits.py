"""How much may be on its way over NATS, and how long things may take."""

from __future__ import annotations

from dataclasses import dataclass

from mycelium.protocol.frame import DEFAULT_MAX_FRAME


@dataclass(frozen=True, slots=True, kw_only=True)
class NatsLimits:
    """Frames, bytes and seconds.

    - ``max_frame``: bytes of a frame; the server's ``max_payload`` may be less
    - ``window_frames``, ``window_bytes``: what may be on its way to a blocking subscriber that is
      no service on JetStream; a publisher waits once there is more
    - ``batch_bytes``: frames of one subject that wait are sent together up to this
    - ``high_bytes``: what waits to be written, above which a publisher waits; ``low_bytes``: from
      here on it goes on
    - ``linger_secs``: how long frames wait for a server that is away, before they are dropped
    - ``beat_secs``: how often a process says that it is there; after five times that in silence
      it counts as gone
    - ``connect_secs``: for connecting; ``first_retry_secs``, ``retry_secs``: the pauses between
      attempts double from the first to the second, each with jitter
    - ``request_secs``: for an answer of JetStream, before it is asked again
    - ``ack_secs``: a message whose handler's process is silent for so long is given again
    - ``stream_bytes``: of a new stream; publishers wait when it is full
    - ``window_ids``: how many handled messages a service remembers
    """

    max_frame: int = DEFAULT_MAX_FRAME
    window_frames: int = 4096
    window_bytes: int = 1 << 22
    batch_bytes: int = 1 << 16
    high_bytes: int = 1 << 20
    low_bytes: int = 1 << 18
    linger_secs: float = 5.0
    beat_secs: float = 1.0
    connect_secs: float = 5.0
    first_retry_secs: float = 0.05
    retry_secs: float = 10.0
    request_secs: float = 2.0
    ack_secs: float = 15.0
    stream_bytes: int = 1 << 28
    window_ids: int = 100_000

    def window(self, size: int) -> int:
        """How many frames of so many bytes may be on their way."""
        return min(self.window_frames, max(1, self.window_bytes // size))
