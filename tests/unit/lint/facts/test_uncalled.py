"""What nobody calls is run from the outside in: so the rest gets what it is called with."""

from __future__ import annotations

import pytest

from tests.unit.lint.brokers.analysed import published

CLASS = """\
from aiokafka import AIOKafkaProducer
import unknown_framework

class Poller:
    def __init__(self, producer: AIOKafkaProducer, topic: str) -> None:
        self.producer, self.topic = producer, topic

    async def poll(self):
        await self.producer.send(self.topic, b"")

"""


@pytest.mark.parametrize("decorator", ["", "@unknown_framework.starts\n"])
def test_a_constructor_is_run_by_the_function_that_nobody_calls(decorator: str) -> None:
    start = "async def start():\n    await Poller(AIOKafkaProducer(), 'orders').poll()\n"
    named = "\nunknown_framework.run('start', start)\n" if not decorator else ""
    assert published(f"{CLASS}{decorator}{start}{named}") == ["orders"]


def test_functions_that_call_each_other_are_run_with_anything() -> None:
    code = """\
from aiokafka import AIOKafkaProducer

P = AIOKafkaProducer()

def one(topic: str):
    P.send(topic, b"")
    other(topic)

def other(topic: str):
    one(topic)
"""
    assert published(code) == ["? its text is only known when the program runs"]
