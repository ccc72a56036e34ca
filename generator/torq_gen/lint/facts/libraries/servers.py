"""Web servers and frameworks: what listens on a port for others, who are no part of the bus."""

from __future__ import annotations

from torq_gen.lint.facts.library import Function, Library, Type
from torq_gen.lint.facts.outside.effects import LISTENING, bypassing, each

_LISTEN = Function(bypassing(LISTENING))

_FLASK = Type("flask.Flask", annotations=("flask.Flask",), methods={"run": _LISTEN})
_TORNADO = Type(
    "tornado.Application",
    annotations=("tornado.web.Application",),
    methods=each(("listen", "bind"), _LISTEN),
)

LIBRARY = Library(
    "servers",
    (
        "uvicorn",
        "hypercorn",
        "waitress",
        "werkzeug",
        "flask",
        "tornado",
        "prometheus_client",
    ),
    {
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
