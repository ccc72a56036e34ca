"""Where requests of HTTP clients go."""

from __future__ import annotations

import pytest

from tests.unit.lint.libraries.outside_calls import (
    WHOLE,
    called,
    destinations,
    made,
    merged,
    method,
    span,
    text,
    touched,
)
from torq_gen.lint.facts.libraries import (
    aiohttp_client,
    httpx_client,
    requests_client,
    urllib3_client,
    websockets_client,
)
from torq_gen.lint.facts.library import Library
from torq_gen.lint.facts.model import Bypass, Connection, Unproven
from torq_gen.lint.facts.stdlib import urllib_http
from torq_gen.lint.facts.text import Hole
from torq_gen.lint.facts.values import Literal, Thing, Union, Unknown

HTTPX = httpx_client.LIBRARY
AIOHTTP = aiohttp_client.LIBRARY
URLLIB = merged(urllib_http.LIBRARY, urllib3_client.LIBRARY)


@pytest.mark.parametrize(
    ("library", "path", "arguments"),
    [
        (HTTPX, "httpx.get", ("https://a.example",)),
        (HTTPX, "httpx.request", ("GET", "https://a.example")),
        (HTTPX, "httpx.Request", ("GET", "https://a.example")),
        (AIOHTTP, "aiohttp.request", ("GET", "https://a.example")),
        (requests_client.LIBRARY, "requests.post", ("https://a.example",)),
        (requests_client.LIBRARY, "requests.request", ("GET", "https://a.example")),
        (URLLIB, "urllib.request.urlopen", ("https://a.example",)),
        (URLLIB, "urllib.request.Request", ("https://a.example",)),
        (URLLIB, "urllib3.request", ("GET", "https://a.example")),
        (websockets_client.LIBRARY, "websockets.connect", ("https://a.example",)),
        (websockets_client.LIBRARY, "websocket.create_connection", ("https://a.example",)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_function_connects_to_its_url(
    library: Library, path: str, arguments: tuple[str, ...]
) -> None:
    facts, _ = called(library, path, *arguments)
    (fact,) = facts
    assert isinstance(fact, Connection)
    assert (str(fact.to), fact.span, fact.call) == (
        "https://a.example",
        span(len(arguments) - 1),
        WHOLE,
    )


def test_each_alternative_is_a_connection_and_none_is_no_url() -> None:
    both = Union((text("https://a.example"), text("https://b.example"), Literal(None)))
    facts, _ = called(HTTPX, "httpx.get", both)
    assert destinations(facts) == ["https://a.example", "https://b.example"]


def test_what_is_unknown_keeps_its_reason() -> None:
    facts, _ = called(HTTPX, "httpx.get", Unknown("it comes from json.loads"))
    assert isinstance(facts[0], Connection)
    assert facts[0].to == Unproven("it comes from json.loads")


def test_a_url_object_stands_for_its_text() -> None:
    url = made(called(HTTPX, "httpx.URL", "https://a.example"))
    assert destinations(called(HTTPX, "httpx.get", url)[0]) == ["https://a.example"]
    assert method(HTTPX, url, "__str__")[1] == text("https://a.example")


def test_a_proxy_is_a_connection_too() -> None:
    facts, _ = called(HTTPX, "httpx.AsyncClient", proxy="http://proxy.example:8080")
    assert destinations(facts) == ["http://proxy.example:8080"]


@pytest.mark.parametrize(
    ("base", "url", "expected"),
    [
        ("https://a.example/v1", "/pairs", "https://a.example/v1/pairs"),
        ("https://a.example/v1/", "pairs", "https://a.example/v1/pairs"),
        ("https://a.example", "", "https://a.example"),
        ("https://a.example/v1", "https://b.example/x", "https://b.example/x"),
        (text("https://", Hole("HOST")), "/pairs", "https://{HOST}/pairs"),
        (text(Hole("RATES")), text("/pairs/", Hole()), "{RATES}/pairs/{}"),
        (None, "/pairs", "/pairs"),
    ],
)
def test_httpx_puts_the_url_below_the_base(base: object, url: object, expected: str) -> None:
    client = made(called(HTTPX, "httpx.AsyncClient", base_url=base))
    assert destinations(method(HTTPX, client, "get", url)[0]) == [expected]
    assert destinations(method(HTTPX, client, "stream", "GET", url)[0]) == [expected]


@pytest.mark.parametrize(
    ("base", "url", "expected"),
    [
        ("https://a.example/v1/", "pairs", "https://a.example/v1/pairs"),
        ("https://a.example/v1", "pairs", "https://a.example/pairs"),
        ("https://a.example/v1/", "/pairs", "https://a.example/pairs"),
        ("https://a.example", "pairs", "https://a.example/pairs"),
        ("https://a.example", "//b.example/x", "https://b.example/x"),
        (text(Hole("RATES")), "/pairs", "{RATES}/pairs"),
        (text("https://a.example/", Hole(), "/"), "pairs", "https://a.example/{}/pairs"),
    ],
)
def test_aiohttp_resolves_the_url_like_a_link(base: object, url: object, expected: str) -> None:
    session = made(called(AIOHTTP, "aiohttp.ClientSession", base))
    assert destinations(method(AIOHTTP, session, "get", url)[0]) == [expected]
    assert destinations(method(AIOHTTP, session, "ws_connect", url)[0]) == [expected]


def test_a_url_that_may_be_whole_is_not_taken_for_one_below_the_base() -> None:
    client = made(called(HTTPX, "httpx.Client", base_url="https://a.example"))
    facts, _ = method(HTTPX, client, "get", text(Hole()))
    assert destinations(facts) == [
        "(it may be a whole URL, to which the client's base URL is not added)"
    ]


def test_a_client_that_only_an_annotation_tells_has_an_unknown_base() -> None:
    client = Thing("httpx.Client")
    assert destinations(method(HTTPX, client, "get", "/pairs")[0]) == [
        "(the base URL of the client is not known here)"
    ]
    whole = "https://a.example/pairs"
    assert destinations(method(HTTPX, client, "get", whole)[0]) == [whole]


def test_a_request_is_checked_where_it_is_made() -> None:
    client = made(called(HTTPX, "httpx.Client", base_url="https://a.example"))
    facts, request = method(HTTPX, client, "build_request", "GET", "/pairs")
    assert destinations(facts) == ["https://a.example/pairs"]
    assert method(HTTPX, client, "send", request)[0] == ()
    assert destinations(method(HTTPX, client, "send", Unknown())[0]) == [
        "(the request is made where the analysis does not see it)"
    ]


def test_a_file_url_reads_a_file() -> None:
    facts, _ = called(URLLIB, "urllib.request.urlopen", "file:///etc/hosts")
    assert touched(facts) == ["read /etc/hosts"]


@pytest.mark.parametrize("port", [8080, "8080"])
def test_a_connection_of_http_client_goes_to_host_and_port(port: object) -> None:
    facts, _ = called(URLLIB, "http.client.HTTPSConnection", "a.example", port)
    assert destinations(facts) == ["a.example:8080"]


def test_unix_sockets_go_around_the_bus() -> None:
    for library, path, named in (
        (HTTPX, "httpx.AsyncHTTPTransport", {"uds": "/run/x.sock"}),
        (AIOHTTP, "aiohttp.UnixConnector", {"path": "/run/x.sock"}),
    ):
        assert called(library, path, **named)[0] == (Bypass(WHOLE, "a Unix socket"),)


def test_servers_of_client_libraries_listen() -> None:
    assert called(websockets_client.LIBRARY, "websockets.serve", Unknown(), "", 80)[0] == (
        Bypass(WHOLE, "a listening socket"),
    )
    assert called(AIOHTTP, "aiohttp.web.run_app", Unknown())[0] == (
        Bypass(WHOLE, "a listening socket"),
    )


@pytest.mark.parametrize(
    ("base", "url", "expected"),
    [
        ("https://a.example/v1/", "prices", "https://a.example/v1/prices"),
        ("https://a.example/v1", "prices", "https://a.example/prices"),
        ("https://a.example/v1/", "/prices", "https://a.example/prices"),
        ("https://a.example", "prices", "https://a.example/prices"),
        ("https://a.example/v1/", "https://b.example/x", "https://b.example/x"),
        ("https://a.example/v1/", text("prices/", Hole()), "https://a.example/v1/prices/{}"),
        ("https://a.example/v1/", text(Hole(), "/x"),
         "(the link may be a whole URL, to which the base is not added)"),
        (Unknown("nobody knows"), "/x", "(nobody knows)"),
        (text("https://a.example", Hole()), "/x", "https://a.example{}/x"),
        (text("https://a.example:", Hole()), "x", "https://a.example:{}/x"),
        (text("https://a.example/v", Hole()), "/x", "https://a.example/x"),
        (text("https://a.example/v", Hole()), "x", "https://a.example/v{}/x"),
        (text("https://a.example/v", Hole(), "/pairs/"), "x", "https://a.example/v{}/pairs/x"),
        (text("https://a.example/v", Hole(), "/pairs"), "x", "https://a.example/v{}/x"),
    ],
)  # fmt: skip
def test_a_link_is_joined_to_its_base(base: object, url: object, expected: str) -> None:
    joined = called(URLLIB, "urllib.parse.urljoin", base, url)[1]
    assert destinations(called(HTTPX, "httpx.get", joined)[0]) == [expected]


def test_a_link_without_a_base_or_a_base_without_a_link_is_any_text() -> None:
    assert called(URLLIB, "urllib.parse.urljoin", "https://a.example")[1] == text(Hole())
    assert called(URLLIB, "urllib.parse.urljoin", url="/x")[1] == text(Hole())


def test_what_is_quoted_is_a_part_of_a_path() -> None:
    assert called(URLLIB, "urllib.parse.quote", "usd")[1] == text("usd")
    assert called(URLLIB, "urllib.parse.quote", "a/b")[1] == text(Hole())
    assert called(URLLIB, "urllib.parse.quote", Unknown())[1] == text(Hole())
