"""A project of its own for each test, and what is inferred of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from torq_gen.cli import main
from torq_gen.spec import load

ORDERS = """\
import os

from faststream import FastStream
from faststream.nats import NatsBroker
from pydantic import BaseModel
from redis.asyncio import Redis

broker = NatsBroker("nats://localhost")
app = FastStream(broker)
redis = Redis()


class OrderCreated(BaseModel):
    id: int


@broker.subscriber("orders.requested")
async def on_request(request: dict) -> None:
    await redis.set(f"order:{request['id']}", "1")
    await broker.publish(OrderCreated(id=1), "orders.created")
    await broker.publish(b"x", os.environ["AUDIT_TOPIC"])


async def anything(topic: str) -> None:
    await broker.publish(b"", topic)
"""
BILLING = """\
import asyncpg
import httpx
import nats


async def run() -> None:
    nc = await nats.connect()
    db = await asyncpg.connect()

    async def on_order(msg):
        await db.execute("INSERT INTO invoices (id) VALUES ($1)", 1)
        async with httpx.AsyncClient() as client:
            await client.post("https://pay.example/charge")

    await nc.subscribe("orders.*", cb=on_order)
"""
SHOP = {"services/orders/main.py": ORDERS, "services/billing/main.py": BILLING}


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Run:
    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def __call__(self, files: Mapping[str, str], *arguments: str) -> Ran:
        for path, text in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        code = main(["infer", str(self.folder), "--name", "shop", *arguments])
        return Ran(code, *self.capsys.readouterr())

    def spec(self, files: Mapping[str, str]) -> dict[str, Any]:
        """The inferred system.yaml, which loads without an error."""
        ran = self(files)
        assert ran.code == 0, ran.err
        loaded = load(self.folder)
        assert loaded.system is not None
        assert [d for d in loaded.diagnostics if d.severity.value == "error"] == []
        found: dict[str, Any] = yaml.safe_load((self.folder / "system.yaml").read_text())
        return found

    @property
    def text(self) -> str:
        return (self.folder / "system.yaml").read_text()

    @property
    def schema(self) -> str:
        return (self.folder / "schemas/shop.yaml").read_text()


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(tmp_path, capsys)
