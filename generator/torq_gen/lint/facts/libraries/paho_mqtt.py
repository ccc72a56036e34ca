"""MQTT clients: paho-mqtt, and aiomqtt, which stands on it."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.libraries._topics import (
    at,
    publishes,
    publishing,
    subscribes,
    subscribing,
)
from torq_gen.lint.facts.library import Argument, Call, Function, Library, Type
from torq_gen.lint.facts.model import Fact
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import Container, Items, Tuple, Unknown, Value

_NAME = "paho"
_CLIENT = "paho.Client"
_TOPIC, _PAYLOAD = at(0, "topic"), at(1, "payload")


def _filters(value: Value, call: Call, seen: set[Value] | None = None) -> Value:
    """The topics of ``"t"``, ``("t", qos)``, ``[("t", qos), …]`` and ``["t", …]``.

    Each list is looked into once: it may hold itself.
    """
    seen = set() if seen is None else seen
    found: list[Value] = []
    for one in alternatives(value):
        match one:
            case Tuple(items=(topic, *_)):
                found.append(topic)
            case Container() | Items():
                if one not in seen:
                    seen.add(one)
                    found.append(_filters(call.elements(one), call, seen))
            case _:
                found.append(one)
    return join(found)


def _subscribe(call: Call) -> Iterator[Fact]:
    topic = _TOPIC.of(call)
    found = Argument(_filters(topic.value, call), topic.span) if topic else None
    yield from subscribes(call, found, _NAME)


def _multiple(call: Call) -> Iterator[Fact]:
    """`publish.multiple` takes dictionaries with a key ``topic``, or tuples that begin with it."""
    given = at(0, "msgs").of(call)
    for one in alternatives(call.elements(given.value)) if given else ():
        topic, payload = _entry(one, call)
        span = given.span if given else call.span
        yield from publishes(
            call, Argument(topic, span), _NAME, Argument(payload, span) if payload else None
        )


def _entry(one: Value, call: Call) -> tuple[Value, Value | None]:
    if isinstance(one, Tuple) and one.items:
        return one.items[0], one.items[1] if len(one.items) > 1 else None
    entries = call.entries(one)
    if entries is None:
        return Unknown("the messages are put together elsewhere"), None
    return entries.get("topic", Unknown()), entries.get("payload")


_PAHO = Type(
    _CLIENT,
    "an MQTT client",
    ("paho.mqtt.client.Client",),
    {
        "publish": Function(publishing(_NAME, _TOPIC, _PAYLOAD)),
        "will_set": Function(publishing(_NAME, _TOPIC, _PAYLOAD)),
        "subscribe": Function(_subscribe),
        "message_callback_add": Function(None, "", (1, "callback"), _CLIENT),
        "topic_callback": Function(None, "paho.Callback"),
    },
    enter=_CLIENT,
    assigned=dict.fromkeys(
        (
            *("on_connect", "on_connect_fail", "on_disconnect", "on_log", "on_message"),
            *("on_pre_connect", "on_publish", "on_subscribe", "on_unsubscribe"),
        ),
        Function(None, "", (0, ""), _CLIENT),
    ),
)
_AIOMQTT = Type(
    "aiomqtt.Client",
    "an MQTT client",
    ("aiomqtt.Client", "aiomqtt.client.Client", "asyncio_mqtt.Client"),
    {
        "publish": Function(publishing("aiomqtt", _TOPIC, _PAYLOAD)),
        "subscribe": Function(_subscribe),
    },
    enter="aiomqtt.Client",
)


def _decorated(call: Call) -> Value:
    """A decorator for a callback gives back the function."""
    function = call.argument(0)
    return function.value if function is not None else Unknown()


LIBRARY = Library(
    _NAME,
    ("paho", "aiomqtt", "asyncio_mqtt"),
    {
        "paho.mqtt.client.Client": Function(None, _CLIENT),
        **dict.fromkeys(_AIOMQTT.annotations, Function(None, "aiomqtt.Client")),
        "paho.mqtt.publish.single": Function(publishing(_NAME, _TOPIC, _PAYLOAD)),
        "paho.mqtt.publish.multiple": Function(_multiple),
        "paho.mqtt.subscribe.simple": Function(subscribing(_NAME, at(0, "topics"))),
        "paho.mqtt.subscribe.callback": Function(
            subscribing(_NAME, at(1, "topics")), "", (0, "callback"), _CLIENT
        ),
    },
    (
        _PAHO,
        _AIOMQTT,
        Type(
            "paho.Callback",
            called=Function(None, _decorated, (0, ""), _CLIENT),
        ),
    ),
)
