"""A process as a publisher: it listens, greets subscribers' processes, and keeps what they need."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from mycelium.topology import LinkKind, ProcessPlan, Topology
from mycelium.transports import Joint, Port
from mycelium.transports.errors import HandshakeError, TransportError
from mycelium.transports.shared.offer import Offer, needed
from mycelium.transports.shared.saying import Rarely
from mycelium.transports.stream import control, proofs
from mycelium.transports.stream.limits import Limits
from mycelium.transports.stream.listening import Listener, tcp_socket, unix_socket
from mycelium.transports.stream.serving import Served, Subscriber, stop_all

_LOG: Final = logging.getLogger("mycelium.transports")


class Publishing:
    """The publishers' side of one process."""

    def __init__(
        self,
        topology: Topology,
        plan: ProcessPlan,
        port: Port,
        joint: Joint,
        limits: Limits,
        *,
        instance: str,
        changed: Callable[[], None],
        counts: defaultdict[str, Counter[str]],
    ) -> None:
        self._topology = topology
        self._plan = plan
        self._port = port
        self._joint = joint
        self._instance = instance
        self._changed = changed
        self._counts = counts
        self._offer = Offer.of(plan, port.manifest)
        self._limits = replace(limits, max_control=max(limits.max_control, self._offer.hello_size))
        self._others = {
            other.name: topology.kind_of(plan.name, other.name)
            for other in topology.processes
            if other is not plan
        }
        self._subscribers: dict[tuple[str, bool], Subscriber] = {}
        self._listeners: list[Listener] = []
        self._rarely = Rarely(_LOG)

    async def start(self) -> None:
        """Listens where subscribers' processes dial.

        Raises:
            TransportError: an address or a certificate cannot be used
        """
        if not self._offer.messages:
            return
        kinds = set(self._others.values())
        if LinkKind.UNIX in kinds:
            self._listen_unix()
        if LinkKind.TCP in kinds:
            self._listen_tcp()

    def missing(self) -> tuple[str, ...]:
        """The processes that do not subscribe yet to what they should, and to what."""
        found = []
        for name, kind in self._others.items():
            if kind not in (LinkKind.UNIX, LinkKind.TCP):
                continue
            lacking = needed(self._topology.process(name), self._port.manifest)
            lacking &= self._offer.messages.keys()
            for blocking in (True, False):
                subscriber = self._subscribers.get((name, blocking))
                if subscriber is not None and subscriber.connection is not None:
                    lacking -= subscriber.links.keys()
            if lacking:
                messages = sorted(self._offer.messages[t].__name__ for t in lacking)
                found.append(f"{name} ({', '.join(messages)})")
        return tuple(found)

    def leave(self) -> None:
        """The process begins to stop: what others do not get from now on is undelivered."""
        for subscriber in self._subscribers.values():
            subscriber.stopping = True

    async def stop(self, secs: float) -> None:
        """Sends what waits, says the end and waits until it was read."""
        listeners, self._listeners = self._listeners, []
        if self._plan.unix is not None and listeners:
            # while it listens: later another process may have taken the path over
            self._plan.unix.unlink(missing_ok=True)
        for listener in listeners:
            await listener.close()
        await stop_all(self._subscribers.values(), secs)

    def _listen_unix(self) -> None:
        path = self._plan.unix
        if path is None:
            raise TransportError(f"expected a Unix socket's path for {self._plan.name}, found none")
        shared = any(other.uid is not None for other in self._topology.processes)
        self._listeners.append(
            Listener(unix_socket(path, shared=shared), self._limits, None, self._greet)
        )

    def _listen_tcp(self) -> None:
        plan, tls = self._plan, self._topology.tls
        address = plan.listen or plan.tcp
        if address is None:
            raise TransportError(f"expected a TCP address for {plan.name}, found none")
        if tls is None and not (address.loopback or self._topology.insecure):
            raise TransportError(
                f"{address}: expected TLS, or insecure = true, off this machine, found neither"
            )
        context = None
        if tls is not None:
            from mycelium.transports.shared.securing import server_context

            context = server_context(tls)
        self._listeners.append(
            Listener(tcp_socket(address, self._limits), self._limits, context, self._greet)
        )

    async def _greet(self, connection: Served) -> None:
        """Answers a hello.

        Raises:
            HandshakeError, ConnectionLostError: the process is not let in, or went away
        """
        hello = await connection.hello
        try:
            self._check(connection, hello)
        except HandshakeError as error:
            name = hello.process if hello.process in self._others else "unknown"
            self._counts[name]["refusals"] += 1
            self._rarely.warn(name, f"{name} is refused: {error}")
            connection.refuse(str(error))
            raise
        key = (hello.process, hello.blocking)
        subscriber = self._subscribers.get(key)
        if subscriber is None:
            subscriber = self._subscribers[key] = Subscriber(
                hello.process,
                hello.blocking,
                self._port,
                self._joint,
                self._limits,
                offer=self._offer,
                changed=self._changed,
            )
        subscriber.connect(connection, hello, control.Welcome(self._plan.name, self._instance, 0))

    def _check(self, connection: Served, hello: control.Hello) -> None:
        if hello.protocol != control.CONNECTION_PROTOCOL:
            raise HandshakeError(
                f"expected connection protocol {control.CONNECTION_PROTOCOL}, "
                f"found {hello.protocol}"
            )
        system = self._port.manifest.system
        if hello.system != system:
            raise HandshakeError(f"expected the system {system}, found {hello.system!r}")
        if self._others.get(hello.process) not in (LinkKind.UNIX, LinkKind.TCP):
            raise HandshakeError(
                f"expected a process that {self._plan.name} is linked to by Unix sockets or TCP, "
                f"found {hello.process!r}"
            )
        assert connection.transport is not None
        other = self._topology.process(hello.process)
        if (objection := proofs.objection(connection.transport, other)) is not None:
            raise HandshakeError(objection)
        self._offer.check(hello.needs, hello.schemas)
