"""What a connection proves about the process at its other end.

TLS: the certificate names every service of the process (DNS names of the subject's alternatives; of
the subject's common name when there are none). A Unix socket: the process runs as the user that
the topology states for it. Anything else proves nothing.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Mapping
from typing import Any, Final

from mycelium.topology import ProcessPlan

_CREDENTIALS: Final = struct.Struct("3i")  # process, user, group


def objection(transport: asyncio.BaseTransport, plan: ProcessPlan) -> str | None:
    """Why the other end is not the process that it says it is, or None."""
    certificate = transport.get_extra_info("peercert")
    if certificate is not None:
        return _objection_to_names(certificate_names(certificate), plan)
    peer = transport.get_extra_info("socket")
    if plan.uid is not None and peer is not None and peer.family == socket.AF_UNIX:
        return _objection_to_user(peer, plan.uid)
    return None


def certificate_names(certificate: Mapping[str, Any]) -> frozenset[str]:
    """The names that a certificate proves, as `ssl.SSLSocket.getpeercert` shows it."""
    alternatives = [value for kind, value in certificate.get("subjectAltName", ()) if kind == "DNS"]
    if alternatives:
        return frozenset(alternatives)
    subject = (part for parts in certificate.get("subject", ()) for part in parts)
    return frozenset(value for kind, value in subject if kind == "commonName")


def _objection_to_names(names: frozenset[str], plan: ProcessPlan) -> str | None:
    lacking = [service for service in plan.services if service not in names]
    if not lacking:
        return None
    found = ", ".join(sorted(names)) or "no names"
    return f"expected a certificate that names {', '.join(lacking)}, found {found}"


def _objection_to_user(peer: socket.socket, uid: int) -> str | None:
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return "expected a system whose Unix sockets tell the user, found none: leave out uid"
    _, found, _ = _CREDENTIALS.unpack(peer.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size))
    return None if found == uid else f"expected the user {uid}, found {found}"
