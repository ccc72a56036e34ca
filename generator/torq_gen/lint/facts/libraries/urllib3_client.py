"""urllib3: pools of connections, and requests."""

from __future__ import annotations

from torq_gen.lint.facts.library import Function, Library, Type
from torq_gen.lint.facts.outside.effects import HTTP_CLIENT, connecting, dialling, each

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
_DIAL_URLLIB3 = Function(dialling("urllib3"))

LIBRARY = Library(
    "urllib3",
    ("urllib3",),
    {
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
    },
    (_POOLS,),
)
