"""TLS 1.3, both ends with certificates of the topology's authority."""

from __future__ import annotations

import ssl

from mycelium.topology import Tls
from mycelium.transports.errors import TransportError


def server_context(tls: Tls) -> ssl.SSLContext:
    """For the publishers' end.

    Raises:
        TransportError: a file cannot be used
    """
    return _loaded(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), tls)


def client_context(tls: Tls) -> ssl.SSLContext:
    """For the subscribers' end. Certificates name services, so hosts are not compared.

    Raises:
        TransportError: a file cannot be used
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    return _loaded(context, tls)


def _loaded(context: ssl.SSLContext, tls: Tls) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_verify_locations(tls.ca)
    except OSError as error:
        raise TransportError(f"{tls.ca}: expected certificates to trust, found: {error}") from None
    try:
        context.load_cert_chain(tls.certificate, tls.key, password="")  # never ask
    except OSError as error:  # ssl.SSLError is one
        raise TransportError(
            f"{tls.certificate}, {tls.key}: expected a certificate and its key, found: {error}"
        ) from None
    return context
