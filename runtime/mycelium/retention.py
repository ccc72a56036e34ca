"""The last value of each key of a message, for late and restarted subscribers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from mycelium.envelope import Envelope
from mycelium.protocol.message import Message


class Retention:
    """Keeps the last envelope of each of the ``RETAIN`` keys that were written most recently.

    A message without a key has one value.
    """

    __slots__ = ("_attribute", "_last", "_limit")

    def __init__(self, message: type[Message]) -> None:
        self._limit = message.RETAIN
        self._attribute = _key_attribute(message)
        self._last: OrderedDict[Hashable, Envelope] = OrderedDict()

    def keep(self, envelope: Envelope) -> None:
        """Takes the value in place of the key's older one; one that came late is not taken."""
        key = self._key(envelope)
        kept = self._last.get(key)
        if kept is None or kept.source != envelope.source or kept.timestamp <= envelope.timestamp:
            self._put(key, envelope)

    def renew(self, envelope: Envelope) -> bool:
        """Takes a value that somebody else kept; False when it, or a later one, is known here."""
        key = self._key(envelope)
        kept = self._last.get(key)
        if kept is not None and kept.timestamp >= envelope.timestamp:
            return False
        self._put(key, envelope)
        return True

    def _key(self, envelope: Envelope) -> Hashable:
        attribute = self._attribute
        key: Hashable = None if attribute is None else getattr(envelope.message, attribute)
        return key

    def _put(self, key: Hashable, envelope: Envelope) -> None:
        last = self._last
        last[key] = envelope
        last.move_to_end(key)
        if len(last) > self._limit:
            last.popitem(last=False)

    def values(self) -> tuple[Envelope, ...]:
        """The kept envelopes, the longest unchanged first."""
        return tuple(self._last.values())


def _key_attribute(message: type[Message]) -> str | None:
    if message.KEY is None:
        return None
    attributes = {field.name: field.attribute for field in message.FIELDS}
    return attributes.get(message.KEY, message.KEY)
