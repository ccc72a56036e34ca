"""What listens on a port for others, who are no part of the bus."""

from __future__ import annotations

from torq_gen.lint.facts.libraries._outside import LISTENING, UNIX_SOCKET, bypassing, each
from torq_gen.lint.facts.library import Function, Library, Type

_LISTEN = Function(bypassing(LISTENING))
_UNIX = Function(bypassing(UNIX_SOCKET))

_FLASK = Type("flask.Flask", annotations=("flask.Flask",), methods={"run": _LISTEN})
_TORNADO = Type(
    "tornado.Application",
    annotations=("tornado.web.Application",),
    methods=each(("listen", "bind"), _LISTEN),
)

LIBRARY = Library(
    "servers",
    (
        "http",
        "socketserver",
        "xmlrpc",
        "wsgiref",
        "uvicorn",
        "hypercorn",
        "waitress",
        "werkzeug",
        "flask",
        "tornado",
        "prometheus_client",
    ),
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
        **each(("run", "Server"), _LISTEN, "uvicorn."),
        **each(("asyncio.serve", "trio.serve"), _LISTEN, "hypercorn."),
        **each(("serve", "create_server"), _LISTEN, "waitress."),
        "werkzeug.serving.run_simple": _LISTEN,
        **each(("start_http_server", "start_wsgi_server"), _LISTEN, "prometheus_client."),
        "flask.Flask": Function(None, _FLASK.name),
        "tornado.web.Application": Function(None, _TORNADO.name),
        "tornado.httpserver.HTTPServer": _LISTEN,
    },
    (_FLASK, _TORNADO),
)
