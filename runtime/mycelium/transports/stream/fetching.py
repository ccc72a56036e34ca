"""A process as a subscriber: whom it dials, how, and what it lets them say."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from mycelium.protocol.message import Message
from mycelium.topology import Address, LinkKind, ProcessPlan, Topology
from mycelium.transports import Lane, Port
from mycelium.transports.errors import HandshakeError, TransportError
from mycelium.transports.shared.offer import Needs, Offer
from mycelium.transports.shared.schemas import Schemas
from mycelium.transports.stream import control, proofs
from mycelium.transports.stream.dialing import Dialer, Publishers
from mycelium.transports.stream.inflow import Inflow
from mycelium.transports.stream.limits import Limits


def publishers_of(
    topology: Topology,
    plan: ProcessPlan,
    port: Port,
    limits: Limits,
    *,
    instance: str,
    changed: Callable[[], None],
    counts: defaultdict[str, Counter[str]],
) -> tuple[Publishers, ...]:
    """What dials each other process that the topology links to this one; nothing is dialled yet.

    Raises:
        TransportError: an address or a certificate cannot be used
    """

    def hello(blocking: bool, needs: Needs, schemas: Schemas) -> control.Hello:
        return control.Hello(
            control.CONNECTION_PROTOCOL,
            port.manifest.system,
            plan.name,
            instance,
            blocking,
            needs,
            schemas,
        )

    found = []
    context = _context(topology, plan)
    for other in topology.processes:
        kind = topology.kind_of(other.name, plan.name)
        if kind not in (LinkKind.UNIX, LinkKind.TCP):
            continue
        offer = Offer.of(other, port.manifest)
        if not offer.messages:
            continue
        calling = _Calling(topology, other, kind, offer, port, limits, context)
        dialers = [
            Dialer(
                other.name,
                blocking,
                limits,
                hello=hello,
                connect=calling.connect,
                changed=changed,
                counts=counts[other.name],
            )
            for blocking in (True, False)
        ]
        found.append(Publishers(tuple(offer.messages.values()), dialers))
    return tuple(found)


class _Calling:
    """How one other process is reached, recognised and heard."""

    def __init__(
        self,
        topology: Topology,
        other: ProcessPlan,
        kind: LinkKind,
        offer: Offer,
        port: Port,
        limits: Limits,
        context: ssl.SSLContext | None,
    ) -> None:
        self._other = other
        self._offer = offer
        self._port = port
        self._limits = limits
        self._ways = _ways(topology, other, kind, context, limits)

    async def connect(self, on_have: Callable[[int], None], attempt: int) -> Inflow:
        """A connection whose hello has not been said.

        Raises:
            OSError, TimeoutError: nobody answers
            HandshakeError: who does cannot prove to be the other process
        """
        connection = Inflow(
            self._limits, self._port, lane_of=self._lane, check=self._check, on_have=on_have
        )
        await self._ways[attempt % len(self._ways)](lambda: connection)
        transport = connection.transport
        if transport is not None:  # before the hello: nobody else may take this for a subscriber
            objection = proofs.objection(transport, self._other)
            if objection is not None:
                connection.fail(HandshakeError(objection))
                raise HandshakeError(objection)
        return connection

    def _check(self, welcome: control.Welcome) -> None:
        """Whether who answers is who was called."""
        if welcome.process != self._other.name:
            raise HandshakeError(f"expected {self._other.name}, found {welcome.process!r}")

    def _lane(self, source: int, message: type[Message]) -> Lane:
        """A lane for what runs there, and none for a source that runs somewhere else."""
        manifest = self._port.manifest
        if source in self._offer.sources or not manifest.may_publish(source, message.TYPE_ID):
            return self._port.lane(source, message)
        publisher, process = manifest.source_name(source), self._other.name
        why = f"{publisher} does not run in {process}, which sent {message.__name__} in its name"
        return self._port.closed_lane(source, message, why)


_Way = Callable[[Callable[[], Inflow]], Awaitable[object]]


def _ways(
    topology: Topology,
    other: ProcessPlan,
    kind: LinkKind,
    context: ssl.SSLContext | None,
    limits: Limits,
) -> list[_Way]:
    if kind is LinkKind.UNIX:
        if other.unix is None:
            raise TransportError(f"expected a Unix socket's path for {other.name}, found none")
        return [partial(_call_unix, str(other.unix))]
    addresses = [address for address in (other.tcp, *other.standbys) if address is not None]
    if not addresses:
        raise TransportError(f"expected a TCP address for {other.name}, found none")
    for address in addresses:
        if context is None and not (address.loopback or topology.insecure):
            raise TransportError(
                f"{address}: expected TLS, or insecure = true, off this machine, found neither"
            )
    return [partial(_call_tcp, address, context, limits.socket_bytes) for address in addresses]


async def _call_unix(path: str, protocol: Callable[[], Inflow]) -> object:
    return await asyncio.get_running_loop().create_unix_connection(protocol, path)


async def _call_tcp(
    address: Address, context: ssl.SSLContext | None, size: int, protocol: Callable[[], Inflow]
) -> object:
    """Connects to the first of the host's addresses that answers."""
    loop = asyncio.get_running_loop()
    failure = OSError(f"{address}: expected a host, found no address")
    for family, _, _, _, where in await loop.getaddrinfo(*address, type=socket.SOCK_STREAM):
        try:
            calling = await _called(family, where, size)
        except OSError as error:
            failure = error
            continue
        name = address.host if context is not None else None
        return await loop.create_connection(
            protocol, sock=calling, ssl=context, server_hostname=name
        )
    raise failure


async def _called(family: int, where: Any, size: int) -> socket.socket:
    """A connected socket; the size of its buffer has to be set before that."""
    calling = socket.socket(family, socket.SOCK_STREAM)
    try:
        calling.setblocking(False)
        calling.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
        await asyncio.get_running_loop().sock_connect(calling, where)
    except BaseException:
        calling.close()
        raise
    return calling


def _context(topology: Topology, plan: ProcessPlan) -> ssl.SSLContext | None:
    if topology.tls is None:
        return None
    kinds = {topology.kind_of(other.name, plan.name) for other in topology.processes}
    if LinkKind.TCP not in kinds:
        return None
    from mycelium.transports.shared.securing import client_context

    return client_context(topology.tls)
