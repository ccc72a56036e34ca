"""AsyncAPI 3 to a draft: channels are topics, operations are what the application does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torq_gen.drafting.model import (
    Draft,
    DraftDomain,
    DraftEdge,
    DraftField,
    DraftMessage,
    DraftSchema,
    DraftService,
)
from torq_gen.drafting.names import domain_name, message_name, package_name, service_name
from torq_gen.scaffolding.imported import (
    FIRST_ID,
    Imported,
    ImportFailedError,
    Losses,
    last_id,
)
from torq_gen.scaffolding.jsonschema import Types
from torq_gen.scaffolding.references import Node, References

_PARTS = {
    "servers": "config/*.toml says where a system runs",
    "defaultContentType": "the wire format is torq-gen's own",
}
_OF_CHANNEL = ("bindings", "servers", "parameters", "tags", "externalDocs")
_OF_MESSAGE = (
    *("headers", "correlationId", "bindings", "traits", "contentType"),
    *("tags", "externalDocs", "examples"),
)
_OF_OPERATION = ("reply", "security", "bindings", "traits", "tags", "externalDocs")
_JSON = ("application/schema", "application/vnd.aai.asyncapi", "application/vnd.oai.openapi")


def read(file: str, document: Any, load: Callable[[str], Any], name: str = "") -> Imported:
    """The draft of an AsyncAPI document.

    ``load`` reads a file that the document refers to; ``name`` names the system in place of the
    document's title.

    Raises:
        ImportFailedError: it is no AsyncAPI 3 document, or a reference leads nowhere.
    """
    root = Node(file, (), document)
    version = document.get("asyncapi") if isinstance(document, Mapping) else None
    if not isinstance(version, str):
        raise ImportFailedError(f"{file}: expected an AsyncAPI document, found no key 'asyncapi'")
    if not version.startswith("3."):
        raise ImportFailedError(
            f"{file}: expected AsyncAPI 3, found {version}",
            "`npx @asyncapi/cli convert` turns AsyncAPI 2 into 3",
        )
    return _Reader(root, References(root, load)).read(name)


@dataclass(slots=True)
class _Message:
    """A message and the topic that carries it."""

    name: str
    node: Node
    topic: str
    sent: bool = False
    received: bool = False
    fields: tuple[DraftField, ...] = ()


@dataclass(slots=True)
class _Reader:
    root: Node
    references: References
    losses: Losses = field(default_factory=Losses)
    names: set[str] = field(default_factory=set)
    messages: dict[tuple[int, str], _Message] = field(default_factory=dict)

    def read(self, name: str) -> Imported:
        info = self.references.follow(self.root.child("info"))
        title = str(info.mapping().get("title") or "application")
        for key, why in _PARTS.items():
            if key in self.root.mapping():
                self.losses.add(self.root.child(key).place, f"left out: {why}")
        channels = self._channels()
        self._operations(channels)
        if not self.messages:
            raise ImportFailedError(
                f"{self.root.file}: expected at least one message in its channels, found none"
            )
        types = Types(self.references, self.losses, self.names)
        for message in self.messages.values():
            message.fields = self._fields(message, types)
        service = service_name(title, set(), self.names)
        system = name or service
        domain = domain_name(system)
        drafted = tuple(
            DraftMessage(m.name, number, m.fields, m.topic, _doc(m.node))
            for number, m in enumerate(self.messages.values(), FIRST_ID)
        )
        schema = DraftSchema(domain, drafted, tuple(types.made))
        draft = Draft(
            system,
            package_name(system),
            (DraftDomain(domain, 1, FIRST_ID, last_id(len(drafted))),),
            tuple(self._services(service, _doc(info))),
            schemas=(schema,),
            head=(f"Drafted from {self.root.file}, which describes one application: {title}.",),
        )
        return Imported(draft, tuple(self.losses.found))

    def _channels(self) -> dict[int, tuple[Node, list[_Message]]]:
        found: dict[int, tuple[Node, list[_Message]]] = {}
        for key in self.root.child("channels").mapping():
            channel = self.references.follow(self.root.child("channels", key))
            self._left(channel, _OF_CHANNEL)
            address = str(channel.mapping().get("address") or key)
            topic = _topic(address, channel.place, self.losses)
            inside = [
                self._message(channel.child("messages", name), str(name), topic)
                for name in channel.child("messages").mapping()
            ]
            found[id(channel.value)] = (channel, inside)
        return found

    def _message(self, node: Node, key: str, topic: str) -> _Message:
        message = self.references.follow(node)
        known = self.messages.get((id(message.value), topic))
        if known is not None:
            return known
        self._left(message, _OF_MESSAGE)
        stated = message.mapping().get("name") or self.references.name_of(node) or key
        made = _Message(message_name(str(stated), self.names), message, topic)
        self.messages[id(message.value), topic] = made
        return made

    def _operations(self, channels: dict[int, tuple[Node, list[_Message]]]) -> None:
        for key in self.root.child("operations").mapping():
            operation = self.references.follow(self.root.child("operations", key))
            self._left(operation, _OF_OPERATION)
            channel = self.references.follow(operation.child("channel"))
            if id(channel.value) not in channels:
                place = operation.child("channel").place
                raise ImportFailedError(f"{place}: expected one of the document's channels")
            inside = channels[id(channel.value)][1]
            wanted = operation.mapping().get("messages")
            if isinstance(wanted, list):
                nodes = [
                    self.references.follow(operation.child("messages", i))
                    for i in range(len(wanted))
                ]
                inside = [m for m in inside if any(m.node.value is n.value for n in nodes)]
            for message in inside:
                message.sent |= operation.mapping().get("action") == "send"
                message.received |= operation.mapping().get("action") == "receive"

    def _fields(self, message: _Message, types: Types) -> tuple[DraftField, ...]:
        payload = message.node.child("payload")
        if payload.value is None:
            self.losses.add(message.node.place, "no payload is described")
            return (DraftField("payload", "bytes", "its payload is described nowhere"),)
        found = self.references.follow(payload)
        form = found.value.get("schemaFormat") if isinstance(found.value, Mapping) else None
        if isinstance(form, str):
            if not form.startswith(_JSON):
                self.losses.add(found.place, f"a payload in {form}: kept as bytes")
                return (DraftField("payload", "bytes", form),)
            found = found.child("schema")
        return types.fields(found, message.name)

    def _services(self, name: str, doc: str) -> list[DraftService]:
        """The application, and whoever stands at the other end of its channels."""
        sent = [m for m in self.messages.values() if m.sent]
        received = [m for m in self.messages.values() if m.received]
        own = DraftService(
            name,
            1,
            planned=True,
            description=doc,
            publishes=tuple(DraftEdge(m.name) for m in sent),
            subscribes=tuple(
                DraftEdge(m.name, left_out="it publishes this itself (TQ148)" if m.sent else "")
                for m in received
            ),
        )
        for message in self.messages.values():
            if message.sent and message.received:
                what = "sent and received by one application: only its sending is declared"
                self.losses.add(message.node.place, what)
            elif not message.sent and not message.received:
                self.losses.add(message.node.place, "no operation sends or receives it")
        others = DraftService(
            service_name(f"others_of_{name}", {name}, self.names),
            2,
            planned=True,
            description="Whoever is at the other end: the document does not say. Split it.",
            publishes=tuple(DraftEdge(m.name) for m in received if not m.sent),
            subscribes=tuple(DraftEdge(m.name, on_full="drop_oldest") for m in sent),
        )
        return [own, others]

    def _left(self, node: Node, keys: tuple[str, ...]) -> None:
        self.losses.keys(node.place, (k for k in keys if node.mapping().get(k)), "no counterpart")


def _topic(address: str, place: str, losses: Losses) -> str:
    """The address as a topic: what a topic cannot hold is replaced."""
    found = "".join(
        c if c.isascii() and (c.isalnum() or c in "_.:/+#*>$@{}-") else "-" for c in address
    )
    if found != address:
        losses.add(place, f"the address '{address}' is '{found}' here")
    return found


def _doc(node: Node) -> str:
    value = node.value if isinstance(node.value, Mapping) else {}
    text = value.get("summary") or value.get("description") or ""
    return " ".join(str(text).split())
