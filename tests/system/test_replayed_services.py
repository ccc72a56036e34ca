"""Each service alone publishes from a recording what it published in the whole system."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mycelium.recording import RecordingWriter
from mycelium.service import Service
from mycelium.testing import replay_service
from services.flash_arbitrage.service import FlashArbitrage
from services.signal_relay.service import SignalRelay
from tests.system.running import FLASH_ARBITRAGE, run_services, settings
from torq_contracts.manifest import MANIFEST

NAMES = ("polygon_adapter", "flash_arbitrage", "signal_relay")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the system published over the recorded day."""
    path = tmp_path_factory.mktemp("day") / "day.torq"
    with RecordingWriter(path) as writer:
        for frame in run_services(settings(), *NAMES):
            writer.append(frame)
    return path


@pytest.mark.parametrize(
    ("service", "table", "at_least"),
    [(FlashArbitrage, FLASH_ARBITRAGE, 5000), (SignalRelay, {}, 50)],
)
async def test_a_service_alone_publishes_what_it_did_among_the_others(
    day: Path, service: type[Service], table: Mapping[str, Any], at_least: int
) -> None:
    replayed = await replay_service(service, day, table, manifest=MANIFEST)
    replayed.assert_same()
    assert replayed.fed >= at_least
    assert replayed.recorded
    assert not replayed.unreadable
