"""What a process knows of the others, by what they say of themselves."""

from __future__ import annotations

from collections.abc import Mapping

from mycelium.transports.nats.control import Here

BEATS_MISSED = 5


class Peer:
    """One other process.

    ``here`` is what it said last; None before that and when it is gone. ``given`` are the types
    whose last values its present instance has got. ``knows`` is the number of our subscriptions
    that it has confirmed. ``ended`` is whether nothing is on its way from there once we leave.
    """

    __slots__ = (
        "ended",
        "given",
        "heard",
        "here",
        "instance",
        "knows",
        "name",
        "objection",
        "subscribes",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.instance = ""
        self.here: Here | None = None
        self.heard = 0.0
        self.given: set[int] = set()
        self.knows = 0
        self.subscribes = False
        self.ended = False
        self.objection = ""

    def is_lost(self, now: float, beat_secs: float) -> bool:
        """Whether it has been silent for too long."""
        return self.here is not None and now - self.heard > BEATS_MISSED * beat_secs

    def meet(self, here: Here, now: float) -> None:
        """It says who it is; another instance than before knows and has nothing."""
        if here.instance != self.instance:
            self.instance = here.instance
            self.given.clear()
            self.knows = 0
            self.ended = True
        self.here = here
        self.heard = now

    def forget(self) -> None:
        """It is gone, or cannot be heard."""
        self.here = None
        self.knows = 0
        self.given.clear()
        self.subscribes = False
        self.ended = True


def lacking(
    expected: Mapping[str, frozenset[int]], peers: Mapping[str, Peer], names: Mapping[int, str]
) -> tuple[str, ...]:
    """The processes that do not subscribe yet to what they should, and to what, in words."""
    found = []
    for name, types in expected.items():
        peer = peers[name]
        if peer.here is not None and peer.subscribes:
            types = types - peer.here.needs.keys() - set(peer.here.kept)
        if types:
            messages = ", ".join(sorted(names[type_id] for type_id in types))
            why = f": {peer.objection}" if peer.objection else ""
            found.append(f"{name} ({messages}{why})")
    return tuple(found)
