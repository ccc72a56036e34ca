"""Clients of other protocols: each is a connection to the host that it is made with."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.library import Call, Effect, Function, Library, Type
from torq_gen.lint.facts.model import Fact, Unproven
from torq_gen.lint.facts.outside.effects import (
    LISTENING,
    addresses,
    bypassing,
    connected,
    connecting,
    dialling,
    each,
    texts,
)
from torq_gen.lint.facts.text import Hole, Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import NONE, Container, Thing, Tuple, Value

_REGION = Text((Hole("AWS_DEFAULT_REGION"),))


def _grpc(call: Call) -> Iterator[Fact]:
    """A target is ``host:port``, perhaps behind the name of a resolver (``dns:///``)."""
    argument = call.argument(0, "target")
    if argument is None:
        return
    for target in texts(argument.value):
        found = target
        if isinstance(target, Text):
            for resolver in ("dns:///", "dns:", "passthrough:///", "ipv4:", "ipv6:"):
                if target.prefix.startswith(resolver):
                    rest = target.prefix.removeprefix(resolver)
                    found = Text.of([rest, *target.parts[1:]])
                    break
        yield from connected(call, [found], "grpc", argument)


def _aws(region: int, endpoint: int) -> Effect:
    """A client of a service of AWS: of its endpoint, or of the public one of its region."""

    def effect(call: Call) -> Iterator[Fact]:
        service = call.argument(0, "service_name")
        given = call.argument(endpoint, "endpoint_url")
        if given is not None and given.value != NONE:
            yield from connected(call, texts(given.value), "boto3", given)
        elif service is not None:
            place = call.argument(region, "region_name")
            where_from = place.value if place is not None else _own_region(call.receiver)
            for name in texts(service.value):
                for where in texts(where_from):
                    yield from connected(call, [_endpoint(name, where)], "boto3", service)

    return effect


def _own_region(receiver: Value) -> Value:
    """The region of a session; that of the environment without one."""
    found = [one.get("region") for one in alternatives(receiver) if isinstance(one, Thing)]
    return join(_REGION if one is None or one == NONE else one for one in found or [None])


def _session(call: Call) -> Value:
    region = call.argument(3, "region_name")
    return Thing("boto3.Session", (("region", region.value if region is not None else NONE),))


def _endpoint(service: Text | Unproven, region: Text | Unproven) -> Text | Unproven:
    if isinstance(service, Unproven):
        return service
    if isinstance(region, Unproven):
        return region
    return Text.of(["https://"]) + service + Text.of(["."]) + region + Text.of([".amazonaws.com"])


def _hosts(call: Call) -> Iterator[Fact]:
    """A URL, or a list of URLs."""
    argument = call.argument(0, "hosts")
    for one in alternatives(argument.value) if argument is not None else ():
        several = call.elements(one) if isinstance(one, Container | Tuple) else one
        yield from connected(call, texts(several), "elasticsearch", argument)


def _transport(call: Call) -> Iterator[Fact]:
    """``host:port``, an address, or a socket, whose connection was checked before."""
    argument = call.argument(0, "sock")
    for one in alternatives(argument.value) if argument is not None else ():
        if not isinstance(one, Thing):
            to = addresses(one) if isinstance(one, Tuple) else texts(one)
            yield from connected(call, to, "paramiko", argument)


_SESSION = Type(
    "boto3.Session",
    annotations=("boto3.Session", "boto3.session.Session", "aioboto3.Session"),
    methods=each(("client", "resource", "create_client"), Function(_aws(1, 5))),
)
_SSH = Type(
    "paramiko.SSHClient",
    annotations=("paramiko.SSHClient",),
    methods={"connect": Function(dialling("paramiko"))},
)

_SOCKET_IO = Type(
    "socketio.Client",
    annotations=("socketio.AsyncClient", "socketio.Client"),
    methods={"connect": Function(connecting("socketio", 0, "url"))},
)


LIBRARY = Library(
    "remote",
    (
        "grpc",
        "grpclib",
        "boto3",
        "aioboto3",
        "aiobotocore",
        "botocore",
        "aiosmtplib",
        "paramiko",
        "asyncssh",
        "web3",
        "socketio",
        "gql",
        "hvac",
        "elasticsearch",
        "opensearchpy",
        "influxdb_client",
        "clickhouse_connect",
        "sentry_sdk",
    ),
    {
        **each(("insecure_channel", "secure_channel"), Function(_grpc), "grpc."),
        **each(("insecure_channel", "secure_channel"), Function(_grpc), "grpc.aio."),
        **each(("grpc.server", "grpc.aio.server"), Function(bypassing(LISTENING))),
        "grpclib.client.Channel": Function(dialling("grpclib")),
        "grpclib.server.Server": Function(bypassing(LISTENING)),
        **each(("client", "resource"), Function(_aws(1, 5)), "boto3."),
        **each(
            (
                "boto3.Session",
                "boto3.session.Session",
                "aioboto3.Session",
                "aiobotocore.session.get_session",
                "botocore.session.get_session",
            ),
            Function(None, _session),
        ),
        "aiosmtplib.SMTP": Function(dialling("aiosmtplib", None, None)),
        "aiosmtplib.send": Function(dialling("aiosmtplib", None, None)),
        "asyncssh.connect": Function(dialling("asyncssh")),
        "paramiko.SSHClient": Function(None, _SSH.name),
        "paramiko.Transport": Function(_transport, keeps=True),
        **each(
            ("HTTPProvider", "AsyncHTTPProvider", "WebSocketProvider", "WebsocketProvider"),
            Function(connecting("web3", 0, "endpoint_uri")),
            "web3.",
        ),
        **each(
            (
                "Web3.HTTPProvider",
                "AsyncWeb3.AsyncHTTPProvider",
                "Web3.WebsocketProvider",
                "AsyncWeb3.WebSocketProvider",
                "providers.HTTPProvider",
                "providers.AsyncHTTPProvider",
                "providers.WebSocketProvider",
                "providers.WebsocketProviderV2",
                "providers.persistent.WebSocketProvider",
            ),
            Function(connecting("web3", 0, "endpoint_uri")),
            "web3.",
        ),
        **each(("IPCProvider", "Web3.IPCProvider"), Function(bypassing("a Unix socket")), "web3."),
        **each(
            (
                "gql.transport.aiohttp.AIOHTTPTransport",
                "gql.transport.httpx.HTTPXAsyncTransport",
                "gql.transport.requests.RequestsHTTPTransport",
                "gql.transport.websockets.WebsocketsTransport",
                "hvac.Client",
                "influxdb_client.InfluxDBClient",
            ),
            Function(connecting("a client", 0, "url")),
        ),
        **each(
            (
                "elasticsearch.Elasticsearch",
                "elasticsearch.AsyncElasticsearch",
                "opensearchpy.OpenSearch",
            ),
            Function(_hosts),
        ),
        **each(
            ("get_client", "get_async_client"),
            Function(dialling("clickhouse_connect")),
            "clickhouse_connect.",
        ),
        **each(("AsyncClient", "Client"), Function(None, _SOCKET_IO.name), "socketio."),
        "sentry_sdk.init": Function(connecting("sentry_sdk", 0, "dsn")),
    },
    (_SESSION, _SSH, _SOCKET_IO),
)
