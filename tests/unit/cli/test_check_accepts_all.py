"""check from end to end: what the analysis finds can be accepted, and is then clean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project

TAKER = '''\
"""Does what nobody declared."""

from __future__ import annotations

from pathlib import Path

import httpx
from demo_contracts.messages import Quote, Trade
from demo_contracts.services import TakerBase
from redis.asyncio import Redis


class Taker(TakerBase):
    async def on_quote(self, message: Quote, /) -> None:
        redis = Redis()
        limit = await redis.get("limit")
        await redis.set(f"seen:{message.venue}", 1)
        async with httpx.AsyncClient() as client:
            await client.get("https://rates.example/v1")
        Path("reports/last.csv").write_text(str(limit))
        await self.publish(Trade(size=1))
'''


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests themselves may run under CI."""
    monkeypatch.delenv("CI", raising=False)


def test_everything_that_can_be_accepted_is_clean_afterwards(project: Project) -> None:
    extra = "  Trade: {type: 18, fields: [{size: u64}]}\nreserved:"
    project.edit("schemas/market.yaml", "reserved:", extra)
    project.complete()
    project.write("services/taker/service.py", TAKER)
    found = project.run("check")
    assert found.code == 1
    rules = "undeclared-publish undeclared-store undeclared-external undeclared-library"
    for rule in rules.split():
        assert f" {rule}: taker " in found.out, rule
    accepted = project.run("check", "--accept-into-spec")
    assert "accepted " in accepted.err
    project.run("generate")
    after = project.run("check", "--ignore", "unheard-publication")
    assert after.code == 0, after.out
    text = re.sub(r"seen:{\w+}", "seen:{…}", project.files()["system.yaml"].decode())
    assert text.endswith(
        """\
  taker:
    id: 2
    publishes: [Trade]
    subscribes: [Quote]
    stores:
      redis: {keys: [limit, "seen:{…}"], authority: read_write}
      files: {keys: [reports/last.csv], authority: write_only}
    externals: [rates_example]
    libraries: [httpx, redis]
"""
    )
