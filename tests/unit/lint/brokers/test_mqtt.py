"""Every form in which MQTT clients publish and subscribe is seen, with its topic."""

from __future__ import annotations

import pytest

from tests.unit.lint.brokers.analysed import published, subscribed

PAHO = """import paho.mqtt.client as mqtt
from paho.mqtt import publish, subscribe
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
"""


@pytest.mark.parametrize(
    ("call", "topics"),
    [
        ('client.publish("a/b", "x")', ["a/b"]),
        ('client.publish(topic="a", payload="x", qos=1)', ["a"]),
        ('client.will_set("a", "gone")', ["a"]),
        ('publish.single("a", "x")', ["a"]),
        ('publish.multiple([{"topic": "a", "payload": 1}, ("b", 2)])', ["a", "b"]),
        ('getattr(client, "publish")("a")', ["a"]),
        ("client.loop_start()", []),
    ],
)
def test_publishes(call: str, topics: list[str]) -> None:
    assert published(f"{PAHO}{call}\n") == topics


@pytest.mark.parametrize(
    ("call", "topics"),
    [
        ('client.subscribe("a/#")', ["a/#"]),
        ('client.subscribe(topic="a", qos=1)', ["a"]),
        ('client.subscribe(("a", 1))', ["a"]),
        ('client.subscribe([("a", 0), ("b", 1)])', ["a", "b"]),
        ('subscribe.simple("a")', ["a"]),
        ('subscribe.simple(["a", "b"])', ["a", "b"]),
        ('subscribe.callback(print, "a")', ["a"]),
        ('client.message_callback_add("a", print)', []),
    ],
)
def test_subscribes(call: str, topics: list[str]) -> None:
    assert subscribed(f"{PAHO}{call}\n") == topics


@pytest.mark.parametrize(
    "take",
    [
        "client.on_connect = take",
        'client.message_callback_add("a", take)',
        '@client.topic_callback("a")\ndef other(client, userdata, message): take(client, 1, 2)',
    ],
)
def test_a_callback_gets_the_client(take: str) -> None:
    code = f"""{PAHO}
def take(client, userdata, *rest):
    client.subscribe("b")

{take}
"""
    assert subscribed(code) == ["b"]


def test_a_class_of_the_project_may_be_a_client() -> None:
    code = """
import paho.mqtt.client as mqtt

class Feed(mqtt.Client):
    def on_connect(self, client, userdata, flags, reason):
        self.subscribe("a")

    def send(self):
        self.publish("b", "x")
"""
    assert (subscribed(code), published(code)) == (["a"], ["b"])


def test_aiomqtt() -> None:
    code = """
import aiomqtt

async def main():
    async with aiomqtt.Client("localhost") as client:
        await client.subscribe("a/+")
        await client.publish("b", payload="x")
        async for message in client.messages:
            print(message.payload)
"""
    assert (subscribed(code), published(code)) == (["a/+"], ["b"])


def test_a_list_that_holds_itself_is_read_to_its_end() -> None:
    code = f'{PAHO}topics = [("a", 1)]\ntopics.append(topics)\nclient.subscribe(topics)\n'
    assert subscribed(code) == ["a"]
