"""What listens on a port for others, who are no part of the bus."""

from __future__ import annotations

from torq_gen.lint.facts.library import Function, Library
from torq_gen.lint.facts.outside.effects import LISTENING, UNIX_SOCKET, bypassing, each

_LISTEN = Function(bypassing(LISTENING))
_UNIX = Function(bypassing(UNIX_SOCKET))

LIBRARY = Library(
    "servers",
    ("http", "socketserver", "xmlrpc", "wsgiref"),
    {
        **each(("HTTPServer", "ThreadingHTTPServer", "test"), _LISTEN, "http.server."),
        **each(
            (
                "TCPServer",
                "UDPServer",
                "ThreadingTCPServer",
                "ThreadingUDPServer",
                "ForkingTCPServer",
                "ForkingUDPServer",
            ),
            _LISTEN,
            "socketserver.",
        ),
        **each(
            (
                "UnixStreamServer",
                "UnixDatagramServer",
                "ThreadingUnixStreamServer",
                "ThreadingUnixDatagramServer",
            ),
            _UNIX,
            "socketserver.",
        ),
        **each(("SimpleXMLRPCServer", "DocXMLRPCServer"), _LISTEN, "xmlrpc.server."),
        **each(("make_server", "WSGIServer"), _LISTEN, "wsgiref.simple_server."),
    },
)
