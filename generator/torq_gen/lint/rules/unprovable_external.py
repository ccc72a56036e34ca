"""TQ404: nobody can tell what a service calls outside."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Connection, Unproven
from torq_gen.lint.facts.outside.effects import CAPABILITIES
from torq_gen.lint.rules import _escapes
from torq_gen.lint.rules._addresses import judge
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

RULE = Rule(
    "TQ404",
    "unprovable-external",
    "A service connects to an address that nobody can tell from the code.",
    why="""\
A URL that comes out of a message, a file or arithmetic can be any. Then system.yaml cannot say
what the service depends on, and whoever writes the message or the file decides where data goes.""",
    fix="""\
Write the host into the code and only what follows it as a variable, with a `/` between them; or
take the whole URL from a setting and declare that as `urls: ["{NAME}"]`. Otherwise suppress the
finding with the reason why the address can only be a declared one.""",
    bad=(
        Sample(
            """\
import httpx

from shop_contracts.messages import Quote
from shop_contracts.services import TraderBase


class Trader(TraderBase):
    \"\"\"Asks whoever it is told to.\"\"\"

    async def on_quote(self, message: Quote) -> None:
        \"\"\"The host is data.\"\"\"
        httpx.get(«f"https://{message.venue}.example/v1"»)
""",
            title="a host out of a message",
        ),
        Sample(
            """\
import json

import requests


def follow(text: str) -> str:
    \"\"\"A link out of an answer.\"\"\"
    return requests.get(«json.loads(text)["next"]», timeout=3).text
""",
            title="a link out of an answer",
        ),
        Sample(
            """\
import httpx

BASE = "https://rates.example"


def fetch(suffix: str) -> bytes:
    \"\"\"Nothing closes the host: ``.evil.example`` may follow.\"\"\"
    return httpx.get(«f"{BASE}{suffix}"»).content
""",
            title="a host that nothing closes",
        ),
        Sample(
            """\
import asyncio


async def dial(address: tuple[str, int]) -> None:
    \"\"\"An address that came from anywhere.\"\"\"
    await asyncio.open_connection(«address[0]», address[1])
""",
            title="an address that came from anywhere",
        ),
        Sample(
            """\
import httpx


class Rates:
    \"\"\"Has got a client from elsewhere.\"\"\"

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def pairs(self) -> bytes:
        \"\"\"Below a base URL that is not known.\"\"\"
        return (await self._client.get(«"/pairs"»)).content
""",
            title="below a base URL that is not known",
        ),
        Sample(
            """\
import asyncio
from functools import partial

import requests


async def fetch(urls: list[str]) -> None:
    \"\"\"In threads.\"\"\"
    get = partial(requests.get, timeout=3)
    await asyncio.gather(*(asyncio.to_thread(get, «url») for url in urls))
""",
            title="handed on through partial and a thread",
        ),
        Sample(
            """\
import httpx
import redis


def connect() -> None:
    \"\"\"A library gets the client.\"\"\"
    client = httpx.Client()
    redis.register(«client»)
""",
            title="a client in the hands of a library",
        ),
    ),
    good=(
        Sample(
            """\
import httpx

from shop_contracts.messages import Quote
from shop_contracts.services import TraderBase


class Trader(TraderBase):
    \"\"\"Asks one host.\"\"\"

    async def on_quote(self, message: Quote) -> None:
        \"\"\"Only what follows the host is data.\"\"\"
        httpx.get(f"https://rates.example/v1/{message.venue}")
""",
            title="only the path is data",
        ),
        Sample(
            """\
from urllib.parse import quote, urljoin

import httpx


def rates(pair: str) -> object:
    \"\"\"Constants that are joined.\"\"\"
    return httpx.get(urljoin("https://rates.example/v1/", f"pairs/{quote(pair)}")).json()
""",
            title="a link that is joined to a constant base",
        ),
        Sample(
            """\
import httpx

HOSTS = {1: "https://rates.example/v1", 2: "https://rates.example/v1/old"}


def fetch(version: int) -> bytes:
    \"\"\"Any of two, both declared.\"\"\"
    return httpx.get(HOSTS[version]).content
""",
            title="one of a table",
        ),
        Sample(
            """\
import httpx


def fetch(url: str) -> bytes:
    \"\"\"Called with a constant alone.\"\"\"
    return httpx.get(url).content


RATES = fetch("https://rates.example/v1")
""",
            title="a parameter whose callers are known",
        ),
        Sample(
            """\
import httpx


def fetch(old: bool) -> bytes:
    \"\"\"Either way declared.\"\"\"
    url = "https://rates.example/v1/old" if old else "https://rates.example/v1"
    return httpx.get(url, params={"old": old}).content
""",
            title="a conditional expression",
        ),
        Sample(
            """\
from urllib.request import Request, urlopen


def post(body: bytes) -> bytes:
    \"\"\"The request was made with its URL.\"\"\"
    request = Request("https://rates.example/v1", data=body)
    with urlopen(request) as answer:
        return answer.read()
""",
            title="a request that was made with its URL",
        ),
        Sample(
            """\
def pick(table: dict[str, str], key: str) -> str | None:
    \"\"\"No client in sight.\"\"\"
    return table.get(key)
""",
            title="a receiver that is no client",
        ),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each connection that cannot be judged, and each client that goes out of sight."""
    urls = [url for name in view.service.externals for url in view.system.externals[name].urls]
    for found in view.of(Connection):
        if isinstance(found.to, Unproven):
            yield _finding(view, found, "an address that nobody can tell", found.to.reason)
        elif reason := judge(found.to, urls).reason:
            yield _finding(view, found, f"{found.to}, which nobody can judge", reason)
    help_ = "make the calls in the service's own code"
    yield from _escapes.findings(RULE, view, CAPABILITIES, "calls", help_)


def _finding(view: ServiceView, found: Connection, to: str, reason: str) -> Diagnostic:
    return RULE.at(
        found.span,
        f"{view.service.name} connects with {found.library} to {to}: {reason}",
        help="write the host as a constant and a / after it, or take the URL from a setting "
        'and declare that: urls: ["{NAME}"]',
        service=view.service.name,
    )
