"""The text of a small system for faults: a feed, a relay and three kinds of subscribers."""

from __future__ import annotations

from typing import Final

SYSTEM: Final = """\
system: {name: lab, package: lab_contracts, schemas: [schemas/*.yaml]}
domains:
  Market: {id: 1, types: [1, 19]}
services:
  feeder:
    id: 1
    publishes: [Quote, State]
    subscribes: []
    restart: {strategy: one_for_one, max_restarts: 1000, window_secs: 1}
  relay:
    id: 2
    publishes: [Passed]
    subscribes: [Quote]
    restart: {strategy: one_for_one, max_restarts: 1000, window_secs: 1}
  taker:
    id: 3
    publishes: []
    subscribes: [Passed, State]
    restart: {strategy: one_for_one, max_restarts: 1000, window_secs: 1}
  sampler:
    id: 4
    publishes: []
    subscribes: [{Quote: {on_full: drop_oldest}}]
    restart: {strategy: one_for_one, max_restarts: 1000, window_secs: 1}
  picker:
    id: 5
    publishes: []
    subscribes: [{Quote: {on_full: fail}}]
    restart: {strategy: one_for_one, max_restarts: 1000, window_secs: 1}
"""

SCHEMA: Final = """\
domain: Market
messages:
  Quote:
    type: 1
    doc: One of a life's numbers.
    fields:
      - life: {type: u64, doc: When its feeder was started.}
      - number: {type: u64, doc: The next of that life.}
  Passed:
    type: 2
    doc: A Quote that the relay has handled.
    fields:
      - life: {type: u64, doc: As in the Quote.}
      - number: {type: u64, doc: As in the Quote.}
  State:
    type: 3
    doc: Which life it is.
    key: feed
    retain: {last: 10}
    fields:
      - feed: {type: u64, doc: Always 1.}
      - life: {type: u64, doc: When its feeder was started.}
"""

LEDGER: Final = '''\
"""What is left of a service when its process is killed: a file for each life, 16 bytes an entry."""

import os
import struct
import time

_ENTRY = struct.Struct("<QQ").pack


class Ledger:
    def __init__(self, settings, service):
        self.life = time.time_ns()
        folder = settings.get("ledger")
        self._file = None
        if folder is not None:
            path = f"{folder}/{service}.{self.life}"
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def add(self, life, number):
        if self._file is not None:
            os.write(self._file, _ENTRY(life, number))
'''

FEEDER: Final = """\
import asyncio
import os
import time

from lab_contracts.messages import Quote, State
from lab_contracts.services import FeederBase
from mycelium.errors import MailboxFullError
from services.feeder.ledger import Ledger


class Feeder(FeederBase):
    async def on_start(self):
        self._ledger = Ledger(self.settings, "feeder")
        await self.publish(State(feed=1, life=self._ledger.life))
        self.spawn(self._feed())

    async def _feed(self):
        rate, count = int(self.settings.get("rate", 0)), int(self.settings.get("count", 1 << 60))
        enough = self.settings.get("enough", "")
        number, began = 0, time.monotonic()
        while number < count and not os.path.exists(enough):
            due = int((time.monotonic() - began) * rate) if rate else number + 64
            while number < min(due, count):
                await self._send(number)
                number += 1
            await asyncio.sleep(0.001 if rate else 0)
        if enough:
            open(f"{enough}.fed", "x").close()

    async def _send(self, number):
        try:
            await self.publish(Quote(life=self._ledger.life, number=number))
        except MailboxFullError:
            pass
        self._ledger.add(self._ledger.life, number)
"""

RELAY: Final = """\
from lab_contracts.messages import Passed
from lab_contracts.services import RelayBase
from services.feeder.ledger import Ledger


class Relay(RelayBase):
    async def on_start(self):
        self._ledger = Ledger(self.settings, "relay")

    async def on_quote(self, message):
        self._ledger.add(message.life, message.number)
        await self.publish(Passed(life=message.life, number=message.number))
"""

TAKER: Final = """\
import asyncio
import os

from lab_contracts.services import TakerBase
from services.feeder.ledger import Ledger


class Taker(TakerBase):
    async def on_start(self):
        self._ledger = Ledger(self.settings, "taker")
        self._pause = float(self.settings.get("pause_secs", 0))
        self._fail_every = int(self.settings.get("fail_every", 0))
        self._go = self.settings.get("go", "/")

    async def on_state(self, message):
        pass

    async def on_passed(self, message):
        while not os.path.exists(self._go):
            await asyncio.sleep(0.01)
        if self._fail_every and message.number % self._fail_every == 0:
            raise ValueError("unlucky")
        if self._pause:
            await asyncio.sleep(self._pause)
        self._ledger.add(message.life, message.number)
"""

LISTENER: Final = """\
import asyncio
import os

from lab_contracts.services import {name}Base
from services.feeder.ledger import Ledger


class {name}({name}Base):
    async def on_start(self):
        self._ledger = Ledger(self.settings, "{service}")
        self._pause = float(self.settings.get("pause_secs", 0))
        self._go = self.settings.get("go", "/")

    async def on_quote(self, message):
        while not os.path.exists(self._go):
            await asyncio.sleep(0.01)
        if self._pause:
            await asyncio.sleep(self._pause)
        self._ledger.add(message.life, message.number)
"""

FILES: Final = {
    "system.yaml": SYSTEM,
    "schemas/market.yaml": SCHEMA,
    "services/feeder/ledger.py": LEDGER,
    "services/feeder/service.py": FEEDER,
    "services/relay/service.py": RELAY,
    "services/taker/service.py": TAKER,
    "services/sampler/service.py": LISTENER.format(name="Sampler", service="sampler"),
    "services/picker/service.py": LISTENER.format(name="Picker", service="picker"),
}
SERVICES: Final = ("feeder", "relay", "taker", "sampler", "picker")
