"""What an AsyncAPI document says about services: a channel a topic, an operation a direction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from torq_gen.model import Message, Service, Status, System
from torq_gen.targets._shared.documents import NOTE
from torq_gen.targets._shared.json_schema import definitions, message_schema

CONTENT_TYPE = "application/vnd.torq-gen.tlv"
_ABOUT = (
    "On the wire a message is a TLV in a frame, little-endian and without padding; the payload "
    "schemas describe its JSON form. The version is a digest of the layouts of all messages here: "
    "it changes when one of them does."
)
_REFS = "#/components/schemas/"
_PARAMETER = re.compile(r"\{([A-Za-z0-9_-]+)\}")

Json = dict[str, Any]


class Scope(NamedTuple):
    """The services that a document is about, and what it calls itself."""

    title: str
    about: str
    services: Sequence[Service]


class _Flow(NamedTuple):
    """What one service sends to a topic, or receives from it."""

    service: Service
    action: str
    topic: str
    messages: tuple[Message, ...]


def asyncapi(system: System, scope: Scope) -> Json:
    """The document about the services of the scope."""
    flows = [flow for service in scope.services for flow in _flows(system, service)]
    messages = _unique(message for flow in flows for message in flow.messages)
    channels = _names(_unique_topics(messages))
    return {
        "asyncapi": "3.0.0",
        "info": _info(scope, messages),
        "defaultContentType": CONTENT_TYPE,
        "channels": {
            name: _channel(topic, [m for m in messages if m.topic == topic])
            for topic, name in channels.items()
        },
        "operations": {_operation_name(f, channels): _operation(f, channels) for f in flows},
        "components": {
            "messages": {m.name: _message(system, m) for m in messages},
            "schemas": {
                **definitions(messages, _REFS),
                **{m.name: message_schema(m, _REFS) for m in messages},
            },
        },
    }


def _flows(system: System, service: Service) -> Iterable[_Flow]:
    sent = [system.messages[p.message] for p in service.publishes]
    received = [system.messages[s.message] for s in service.subscribes]
    for action, messages in (("send", sent), ("receive", received)):
        for topic in _unique_topics(messages):
            yield _Flow(service, action, topic, tuple(m for m in messages if m.topic == topic))


def _info(scope: Scope, messages: Iterable[Message]) -> Json:
    layouts = sorted(f"{m.type_id} {m.name} {m.version} {m.layout_at(m.version)}" for m in messages)
    version = sha256("\n".join(layouts).encode()).hexdigest()[:12]
    text = " ".join(filter(None, (scope.about, _ABOUT)))
    return {"title": scope.title, "version": version, "description": text, "x-generated-by": NOTE}


def _channel(topic: str, messages: Iterable[Message]) -> Json:
    channel: Json = {"address": topic}
    if names := _PARAMETER.findall(topic):
        said = "What the setting or environment variable of this name holds."
        channel["parameters"] = {name: {"description": said} for name in names}
    refs = {m.name: {"$ref": f"#/components/messages/{m.name}"} for m in messages}
    return {**channel, "messages": refs}


def _operation(flow: _Flow, channels: dict[str, str]) -> Json:
    channel = f"#/channels/{channels[flow.topic]}"
    operation: Json = {"action": flow.action, "channel": {"$ref": channel}}
    if flow.service.description:
        operation["summary"] = flow.service.description
    tags = [{"name": flow.service.name}]
    if flow.service.status is Status.PLANNED:
        tags.append({"name": "planned"})
    operation["tags"] = tags
    operation["messages"] = [{"$ref": f"{channel}/messages/{m.name}"} for m in flow.messages]
    return operation


def _operation_name(flow: _Flow, channels: dict[str, str]) -> str:
    return f"{flow.service.name}.{flow.action}.{channels[flow.topic]}"


def _message(system: System, message: Message) -> Json:
    found: Json = {"name": message.name, "title": message.name}
    if message.doc:
        found["summary"] = message.doc
    return {
        **found,
        "contentType": CONTENT_TYPE,
        "tags": [{"name": message.domain}],
        "payload": {"$ref": f"{_REFS}{message.name}"},
        "x-torq": {
            "type": message.type_id,
            "version": message.version,
            "domain": system.domains[message.domain].id,
            "layout": message.layout_at(message.version),
            "size": message.size_at(message.version),
        },
    }


def _unique(messages: Iterable[Message]) -> list[Message]:
    return sorted({m.name: m for m in messages}.values(), key=lambda m: m.type_id)


def _unique_topics(messages: Iterable[Message]) -> list[str]:
    return list(dict.fromkeys(m.topic for m in messages))


def _names(topics: Iterable[str]) -> dict[str, str]:
    """A name for each topic's channel that a reference can carry as it is."""
    found: dict[str, str] = {}
    for topic in topics:
        base = re.sub(r"[^A-Za-z0-9._-]+", "_", topic).strip("_") or "topic"
        name, number = base, 2
        while name in found.values():
            name, number = f"{base}_{number}", number + 1
        found[topic] = name
    return found
