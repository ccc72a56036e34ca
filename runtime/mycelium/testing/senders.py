"""Everybody else, as a service under test sees them: who publishes what it subscribes to."""

from __future__ import annotations

from collections.abc import Callable

from mycelium.envelope import Envelope
from mycelium.manifest import Manifest, Restart, ServiceSpec
from mycelium.protocol.message import Message
from mycelium.protocol.registry import Registry

_EVERYBODY = "everybody"


class Senders:
    """Stamps messages as their publishers would.

    With the system's ``manifest`` a message comes from a service that declares it; without, from
    any source.
    """

    def __init__(
        self, spec: ServiceSpec, manifest: Manifest | None, now: Callable[[], int]
    ) -> None:
        self.manifest = manifest or _of(spec)
        self._spec = spec
        self._inputs = tuple(s.message for s in spec.subscribes)
        self._now = now
        self._sequences: dict[tuple[int, type[Message]], int] = {}
        self._time = 0

    def envelope(self, message: Message, source: str | int | None, *, retained: bool) -> Envelope:
        """The message as its publisher sends it next, or as its last value.

        Raises:
            ValueError: the service does not subscribe to it, or the source does not publish it
        """
        kind = type(message)
        self._check(message, retained=retained)
        number = self._source(kind, source)
        last = self._sequences.get((number, kind), 0)
        # a last value was sent before all that is counted here
        sequence = last if retained and last else last + 1
        if not retained:
            self._sequences[number, kind] = sequence
        self._time = max(self._now(), self._time + 1)
        return Envelope(message, number, sequence, self._time, retained)

    def _check(self, message: Message, *, retained: bool) -> None:
        kind = type(message)
        if kind not in self._inputs:
            known = ", ".join(m.__name__ for m in self._inputs) or "nothing"
            raise ValueError(
                f"expected what {self._spec.name} subscribes to ({known}), found {kind.__name__}"
            )
        if retained and not kind.RETAIN:
            raise ValueError(f"expected a message that is retained, found {kind.__name__}")

    def _source(self, kind: type[Message], source: str | int | None) -> int:
        others = [s for s in self.manifest.publishers(kind) if s.name != self._spec.name]
        found: ServiceSpec | None
        if source is None:
            found = others[0] if others else None
        elif isinstance(source, str) and isinstance(self.manifest, _Anybody):
            raise ValueError(
                f"expected manifest= of run_service, so that {source!r} has an id, found none; "
                "without it source= is an id"
            )
        elif isinstance(source, str):
            found = self.manifest.service(source)
        elif self.manifest.may_publish(source, kind.TYPE_ID):
            return source
        else:
            found = None
        if found is None or found not in others:
            names = ", ".join(f"{s.name} ({s.source})" for s in others) or "nobody"
            raise ValueError(f"expected a publisher of {kind.__name__} ({names}), found {source!r}")
        return found.source


class _Anybody(Manifest):
    """Every source but the service's own may publish what the service subscribes to."""

    __slots__ = ("_inputs", "_own")

    def __init__(self, spec: ServiceSpec, others: ServiceSpec) -> None:
        messages = dict.fromkeys((*others.publishes, *spec.publishes))
        super().__init__(spec.name, Registry(spec.name, messages), (spec, others))
        self._own = spec.source
        self._inputs = {message.TYPE_ID for message in others.publishes}

    def may_publish(self, source: int, type_id: int) -> bool:
        if source == self._own:
            return super().may_publish(source, type_id)
        return type_id in self._inputs


def _of(spec: ServiceSpec) -> Manifest:
    """The service's own part of its system, with one name for all others."""
    inputs = tuple(subscription.message for subscription in spec.subscribes)
    source = 1 if spec.source != 1 else 2
    return _Anybody(spec, ServiceSpec(_EVERYBODY, source, inputs, (), Restart(), True, ""))
