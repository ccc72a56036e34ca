"""Sockets, event loops, servers and clients of other protocols."""

from __future__ import annotations

import pytest

from tests.unit.lint.libraries.outside_calls import (
    WHOLE,
    called,
    destinations,
    made,
    merged,
    method,
    of,
    span,
    text,
)
from torq_gen.lint.facts.libraries import event_loops, remote_clients
from torq_gen.lint.facts.libraries import servers as frameworks
from torq_gen.lint.facts.model import Bypass, Connection
from torq_gen.lint.facts.stdlib import asyncio_connections, mail, servers, sockets
from torq_gen.lint.facts.text import Hole
from torq_gen.lint.facts.values import DATA, External, Thing, Tuple, Unknown

SOCKETS = sockets.LIBRARY
LOOP = merged(asyncio_connections.LIBRARY, event_loops.LIBRARY)
REMOTE = merged(mail.LIBRARY, remote_clients.LIBRARY)
SERVERS = merged(servers.LIBRARY, frameworks.LIBRARY)
LISTENS = (Bypass(WHOLE, "a listening socket"),)
UNIX = (Bypass(WHOLE, "a Unix socket"),)


def address(host: object, port: object) -> Tuple:
    return Tuple((of(host), of(port)))


def test_an_outgoing_socket_connects_to_host_and_port() -> None:
    facts, line = called(SOCKETS, "socket.socket")
    assert facts == ()
    assert isinstance(line, Thing)
    (fact,) = method(SOCKETS, line, "connect", address("a.example", 9000))[0]
    assert isinstance(fact, Connection)
    assert (str(fact.to), fact.span, fact.library) == ("a.example:9000", span(0), "socket")
    assert destinations(method(SOCKETS, line, "sendto", b"x", 0, address("b.example", 1))[0]) == [
        "b.example:1"
    ]


def test_a_port_that_is_not_known_is_a_hole_and_an_unknown_address_is_unproven() -> None:
    line = Thing("socket.Socket")
    assert destinations(method(SOCKETS, line, "connect", address("a.example", DATA))[0]) == [
        "a.example:{}"
    ]
    facts, _ = method(SOCKETS, line, "connect", Unknown("it comes from a message"))
    assert destinations(facts) == ["(it comes from a message)"]


def test_binding_listens_and_unix_sockets_are_no_connection() -> None:
    line = Thing("socket.Socket")
    assert method(SOCKETS, line, "bind", address("", 7000))[0] == LISTENS
    assert method(SOCKETS, line, "connect", "/run/x.sock")[0] == UNIX
    assert called(SOCKETS, "socket.socket", External("socket.AF_UNIX"))[0] == UNIX
    assert called(SOCKETS, "socket.socket", type=External("socket.SOCK_RAW"))[0] == (
        Bypass(WHOLE, "a raw socket"),
    )


def test_a_wrapped_socket_is_the_socket() -> None:
    line = Thing("socket.Socket")
    context = made(called(SOCKETS, "ssl.create_default_context"))
    assert method(SOCKETS, context, "wrap_socket", line)[1] == line


@pytest.mark.parametrize(
    ("path", "arguments", "expected"),
    [
        ("asyncio.open_connection", ("a.example", 443), ["a.example:443"]),
        ("asyncio.open_connection", (), []),
        ("anyio.connect_tcp", ("a.example", 443), ["a.example:443"]),
        ("trio.open_tcp_stream", ("a.example", 443), ["a.example:443"]),
    ],
)
def test_asynchronous_connections(
    path: str, arguments: tuple[object, ...], expected: list[str]
) -> None:
    assert destinations(called(LOOP, path, *arguments)[0]) == expected


def test_the_event_loop_connects_listens_and_sends() -> None:
    loop = made(called(LOOP, "asyncio.get_running_loop"))
    facts, _ = method(LOOP, loop, "create_connection", Unknown(), "a.example", 443)
    assert destinations(facts) == ["a.example:443"]
    assert method(LOOP, loop, "create_server", Unknown(), port=80)[0] == LISTENS
    assert method(LOOP, loop, "create_unix_server", Unknown())[0] == UNIX
    facts, pair = method(
        LOOP, loop, "create_datagram_endpoint", Unknown(), local_addr=address("", 7)
    )
    assert facts == LISTENS
    assert isinstance(pair, Tuple)
    assert isinstance(pair.items[0], Thing)
    sent, _ = method(LOOP, pair.items[0], "sendto", b"x", address("a.example", 7))
    assert destinations(sent) == ["a.example:7"]


@pytest.mark.parametrize(
    "path", ["http.server.HTTPServer", "socketserver.TCPServer", "uvicorn.run"]
)
def test_servers_listen(path: str) -> None:
    assert called(SERVERS, path, Unknown())[0] == LISTENS


@pytest.mark.parametrize(
    ("path", "given", "named", "expected"),
    [
        ("grpc.aio.insecure_channel", ("a.example:50051",), {}, "a.example:50051"),
        ("grpc.insecure_channel", ("dns:///a.example:50051",), {}, "a.example:50051"),
        ("smtplib.SMTP", ("mail.example", 587), {}, "mail.example:587"),
        ("ftplib.FTP", ("files.example",), {}, "files.example"),
        ("boto3.client", ("s3", "eu-west-1"), {}, "https://s3.eu-west-1.amazonaws.com"),
        ("boto3.client", ("s3",), {}, "https://s3.{AWS_DEFAULT_REGION}.amazonaws.com"),
        (
            "boto3.client",
            ("s3",),
            {"endpoint_url": "http://minio.example:9000"},
            "http://minio.example:9000",
        ),
        ("web3.HTTPProvider", (text(Hole("RPC_URL")),), {}, "{RPC_URL}"),
        ("paramiko.Transport", (address("a.example", 22),), {}, "a.example:22"),
        ("elasticsearch.Elasticsearch", ("https://a.example",), {}, "https://a.example"),
    ],
)
def test_clients_of_other_protocols_connect_to_their_host(
    path: str, given: tuple[object, ...], named: dict[str, object], expected: str
) -> None:
    assert destinations(called(REMOTE, path, *given, **named)[0]) == [expected]


def test_a_mail_client_without_a_host_connects_later() -> None:
    facts, server = called(REMOTE, "smtplib.SMTP")
    assert facts == ()
    assert isinstance(server, Thing)
    facts, _ = method(REMOTE, server, "connect", "mail.example", 25)
    assert destinations(facts) == ["mail.example:25"]


def test_grpc_over_a_unix_socket_goes_around_the_bus() -> None:
    assert called(REMOTE, "grpc.insecure_channel", "unix:/run/x.sock")[0] == UNIX
    assert called(REMOTE, "grpc.server", Unknown())[0] == LISTENS


def test_a_session_of_aws_has_its_region() -> None:
    session = made(called(REMOTE, "boto3.Session", region_name="eu-west-1"))
    facts, _ = method(REMOTE, session, "client", "sqs")
    assert destinations(facts) == ["https://sqs.eu-west-1.amazonaws.com"]
    facts, _ = method(REMOTE, Thing("boto3.Session"), "client", "sqs", "us-east-1")
    assert destinations(facts) == ["https://sqs.us-east-1.amazonaws.com"]
