"""The samples of undeclared-external."""

from __future__ import annotations

from torq_gen.rule import Sample

_SETTINGS_SYSTEM = """\
system: {name: shop, package: shop_contracts, schemas: [schemas/*.yaml]}
domains:
  Market: {id: 1, types: [1, 19]}
  Trading: {id: 2, types: [20, 39], money: true}
externals:
  rates: {urls: ["{RATES_URL}", "https://{REGION}.rates.example/"], protocol: http}
  mail: {urls: ["smtp://mail.example:587"], protocol: smtp}
services:
  trader:
    id: 1
    publishes: [Order]
    subscribes: [Quote]
    externals: [rates, mail]
    libraries: [httpx]
  feed: {id: 2, publishes: [Quote], subscribes: []}
  auditor: {id: 3, publishes: [Alert], subscribes: [Order]}
  desk: {id: 4, publishes: [], subscribes: [Alert, Quote]}
"""

BAD = (
    Sample(
        """\
import httpx


async def pairs() -> bytes:
    \"\"\"Another host.\"\"\"
    async with httpx.AsyncClient() as client:
        return (await client.get(«"https://pairs.example/v1"»)).content
""",
        title="another host",
    ),
    Sample(
        """\
import requests

BASE = "https://rates.example"


def admin() -> str:
    \"\"\"Beside the declared path.\"\"\"
    return requests.get(«f"{BASE}/admin/keys"», timeout=3).text
""",
        title="another path of a declared host",
    ),
    Sample(
        """\
import httpx

client = httpx.Client(base_url="https://pairs.example/v1")
fetch = client.get


def pair(name: str) -> object:
    \"\"\"The base URL stands elsewhere, and the method has another name.\"\"\"
    return fetch(«f"/pairs/{name}"»).json()
""",
        title="by a client's base URL",
    ),
    Sample(
        """\
import aiohttp


class Rates:
    \"\"\"Keeps its session.\"\"\"

    host = "pairs.example"

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def stream(self) -> None:
        \"\"\"Listens.\"\"\"
        async with self._session.ws_connect(«f"wss://{self.host}/stream"») as ws:
            await ws.receive()
""",
        title="a websocket of a session that came as a parameter",
    ),
    Sample(
        """\
import asyncio


async def quotes() -> bytes:
    \"\"\"Host and port.\"\"\"
    reader, _ = await asyncio.open_connection(«"rates.example"», 9000)
    return await reader.read()
""",
        title="another port of a declared host",
    ),
    Sample(
        """\
import asyncio
from urllib.request import urlopen as fetch


async def page() -> bytes:
    \"\"\"In a thread.\"\"\"
    answer = await asyncio.to_thread(fetch, «"http://pairs.example"»)
    return answer.read()
""",
        title="a function that is called elsewhere",
    ),
    Sample(
        """\
import os

import httpx


def rates() -> object:
    \"\"\"The setting is known, and no external names it.\"\"\"
    return httpx.get(«os.environ["PAIRS_URL"]»).json()
""",
        title="a setting that no external names",
        files={"system.yaml": _SETTINGS_SYSTEM},
    ),
    Sample(
        """\
import logging.config
import logging.handlers

logging.getLogger().addHandler(logging.handlers.SysLogHandler(«("logs.example", 514)»))
logging.config.dictConfig(
    «{"handlers": {"far": {"class": "logging.handlers.SocketHandler", "host": "far.example"}}}»
)
""",
        title="handlers of logging",
    ),
    Sample(
        """\
import smtplib


def warn(text: str) -> None:
    \"\"\"By mail.\"\"\"
    with smtplib.SMTP(«"mail.example"», 587) as server:
        server.sendmail("a@shop.example", "b@shop.example", text)
""",
        title="a mail server",
    ),
)
GOOD = (
    Sample(
        """\
import httpx

PAIRS = "https://rates.example/v1"


async def pair(name: str) -> bytes:
    \"\"\"Below the declared path.\"\"\"
    async with httpx.AsyncClient() as client:
        return (await client.get(f"{PAIRS}/pairs/{name}")).content
""",
        title="below the declared path",
    ),
    Sample(
        """\
import httpx


class Rates:
    \"\"\"Keeps its client.\"\"\"

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(base_url="https://rates.example/v1/")

    async def pair(self, name: str) -> bytes:
        \"\"\"One pair.\"\"\"
        return (await self._client.get(f"/pairs/{name}")).content
""",
        title="below a client's base URL",
    ),
    Sample(
        """\
import websockets


async def stream() -> None:
    \"\"\"The scheme is not compared.\"\"\"
    async with websockets.connect("wss://RATES.example:443/v1/stream") as ws:
        await ws.recv()
""",
        title="another scheme, and the port that goes with it",
    ),
    Sample(
        """\
import os

import httpx


def rates() -> object:
    \"\"\"The external names the setting.\"\"\"
    return httpx.get(f"{os.environ['RATES_URL']}/v1/pairs").json()
""",
        title="a setting that the external names",
        files={"system.yaml": _SETTINGS_SYSTEM},
    ),
    Sample(
        """\
import os
import smtplib

import httpx


def rates() -> object:
    \"\"\"A part of the host is a setting.\"\"\"
    smtplib.SMTP("mail.example", 587).quit()
    return httpx.get(f"https://{os.getenv('REGION')}.rates.example/v1").json()
""",
        title="a host with a setting in it, and a host with its port",
        files={"system.yaml": _SETTINGS_SYSTEM},
    ),
    Sample(
        """\
class Client:
    \"\"\"Not one of a library.\"\"\"

    def get(self, url: str) -> str:
        \"\"\"Only looks like it.\"\"\"
        return url


PAGE = Client().get("https://pairs.example/")
""",
        title="a class that only has such methods",
    ),
    Sample(
        """\
import httpx

LINK = httpx.URL("https://pairs.example/")
LIMITS = httpx.Limits(max_connections=3)
""",
        title="a URL that nobody calls",
    ),
)
