"""Topics of brokers to messages: what is sent on a topic, by the classes that the code tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from torq_gen.diagnostics import Span
from torq_gen.drafting.names import message_name
from torq_gen.inference.sites import Flow, Sites
from torq_gen.lint.rules._wildcards import takes_in

_TOPIC = re.compile(r"[A-Za-z0-9_.:/+#*>$@{}-]+")


@dataclass(slots=True)
class Topic:
    """A topic with the messages on it: by the name of each, the class that is sent, or nothing."""

    name: str
    library: str
    messages: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def of(self, payload: str) -> list[str]:
        """The messages of a class; all of them where the class is not known."""
        found = [name for name, known in self.messages.items() if known == payload and payload]
        return found or list(self.messages)


@dataclass(slots=True)
class Topics:
    """Every topic of a system by name; ``tasks`` are the places of those that are Celery's."""

    found: dict[str, Topic]
    tasks: dict[str, Span] = field(default_factory=dict)

    def task_of(self, topic: Topic) -> Span | None:
        """Where the task is defined that a topic stands for."""
        return self.tasks.get(topic.name)

    def messages_of(self, flow: Flow) -> list[str]:
        """The messages of a flow; a subscription with wildcards has those of what it takes in."""
        assert flow.topic is not None
        own = flow.topic.template
        if own in self.found:
            return self.found[own].of(flow.payload)
        taken = (t for t in self.found.values() if takes_in(flow.library, flow.topic, t.name))
        return list(dict.fromkeys(name for t in taken for name in t.of(flow.payload)))


def usable(flow: Flow) -> bool:
    """Whether the topic can stand in a schema as it is."""
    return flow.topic is None or _TOPIC.fullmatch(flow.topic.template) is not None


def gather(sites: Iterable[Sites], taken: set[str]) -> Topics:
    """The topics of all services; the messages' names are noted in ``taken``."""
    flows = [f for s in sites for f in s.flows if f.topic is not None and not f.message]
    flows = [f for f in flows if usable(f)]
    names = {f.topic.template: f for f in flows if f.publishes and f.topic is not None}
    for flow in flows:
        assert flow.topic is not None
        caught = any(takes_in(flow.library, flow.topic, known) for known in names)
        if not caught:
            names.setdefault(flow.topic.template, flow)
    topics = {name: Topic(name, flow.library) for name, flow in names.items()}
    for topic in topics.values():
        mine = [f for f in flows if f.topic is not None and f.topic.template == topic.name]
        for payload, note in _payloads(mine):
            name = message_name(_hint(topic, payload, taken), taken)
            topic.messages[name] = payload
            if note:
                topic.notes[name] = note
    tasks = {
        f.topic.template: f.span
        for f in flows
        if f.library == "celery" and not f.publishes and f.topic is not None
    }
    return Topics(topics, tasks)


def _payloads(flows: list[Flow]) -> Iterator[tuple[str, str]]:
    """The classes on one topic; two services may each have their own of one and the same thing."""
    sent = list(dict.fromkeys(f.payload for f in flows if f.publishes and f.payload))
    read = list(dict.fromkeys(f.payload for f in flows if not f.publishes and f.payload))
    known = {_last(p) for p in sent}
    others = [p for p in read if _last(p) not in known]
    if len(sent) == 1 and len(others) == 1 == len(read):
        yield sent[0], f"guess: it is read as {others[0]}"
        return
    for payload in (*sent, *others) or ("",):
        yield payload, ""


def _hint(topic: Topic, payload: str, taken: set[str]) -> str:
    """What a message is called after: its class, else its topic; a task by its own name."""
    if payload:
        name = _last(payload)
        return name if name not in taken else f"{topic.name} {name}"
    bare = topic.name.replace("{", " ").replace("}", " ")
    bare = bare.lower() if bare.isupper() else bare  # AUDIT_TOPIC
    short = bare.rpartition(".")[2] if topic.library == "celery" else bare
    return short if message_name(short, set()) not in taken else bare


def _last(qualified: str) -> str:
    return qualified.rpartition(".")[2]
