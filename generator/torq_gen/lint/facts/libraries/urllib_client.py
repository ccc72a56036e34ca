"""urllib.request, http.client and urllib3; xmlrpc.client goes the same way."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.libraries._outside import (
    HTTP_CLIENT,
    connected,
    connecting,
    dialling,
    each,
    texts,
)
from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.model import Access, Fact, FileAccess
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.values import Thing


def _opened(call: Call) -> Iterator[Fact]:
    """A URL, or a Request that was checked where it was made; ``file:`` reads a file."""
    argument = call.argument(0, "url", "fullurl")
    if argument is None or argument.value == Thing(_REQUEST.name):
        return
    for url in texts(argument.value):
        path = url.exact if isinstance(url, Text) else None
        if path is not None and path.startswith("file:"):
            found = Text.of([path.removeprefix("file:").removeprefix("//")])
            yield FileAccess(argument.span, call.span, Access.READ, found)
        else:
            yield from connected(call, [url], "urllib", argument)


_REQUEST = Type("urllib.Request", annotations=("urllib.request.Request",))
_OPENER = Type(
    "urllib.Opener",
    capability=HTTP_CLIENT,
    annotations=("urllib.request.OpenerDirector",),
    methods={"open": Function(_opened)},
)
_POOLS = Type(
    "urllib3.PoolManager",
    capability=HTTP_CLIENT,
    annotations=("urllib3.PoolManager",),
    methods={
        **each(
            ("request", "urlopen", "request_encode_url", "request_encode_body"),
            Function(connecting("urllib3", 1, "url")),
        ),
        "connection_from_url": Function(connecting("urllib3", 0, "url")),
        "connection_from_host": Function(dialling("urllib3")),
    },
)
_DIAL_HTTP = Function(dialling("http.client"))
_DIAL_URLLIB3 = Function(dialling("urllib3"))

LIBRARY = Library(
    "urllib",
    ("urllib", "http", "urllib3", "xmlrpc"),
    {
        **each(("urlopen", "urlretrieve"), Function(_opened), "urllib.request."),
        "urllib.request.Request": Function(connecting("urllib", 0, "url"), _REQUEST.name),
        **each(
            ("build_opener", "OpenerDirector", "URLopener", "FancyURLopener"),
            Function(None, _OPENER.name),
            "urllib.request.",
        ),
        **each(("HTTPConnection", "HTTPSConnection"), _DIAL_HTTP, "http.client."),
        **each(("HTTPConnectionPool", "HTTPSConnectionPool"), _DIAL_URLLIB3, "urllib3."),
        **each(
            ("connectionpool.HTTPConnectionPool", "connectionpool.HTTPSConnectionPool"),
            _DIAL_URLLIB3,
            "urllib3.",
        ),
        "urllib3.PoolManager": Function(None, _POOLS.name),
        "urllib3.poolmanager.PoolManager": Function(None, _POOLS.name),
        "urllib3.ProxyManager": Function(connecting("urllib3", 0, "proxy_url"), _POOLS.name),
        "urllib3.proxy_from_url": Function(connecting("urllib3", 0, "url"), _POOLS.name),
        "urllib3.request": Function(connecting("urllib3", 1, "url")),
        "urllib3.connection_from_url": Function(connecting("urllib3", 0, "url")),
        **each(
            ("ServerProxy", "Server"), Function(connecting("xmlrpc", 0, "uri")), "xmlrpc.client."
        ),
    },
    (_REQUEST, _OPENER, _POOLS),
)
